"""An encoder small enough to make in a test: every word piece adds log-odds of its own to its sentence."""

from dataclasses import replace

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from alliance_nlp.annotate.encoder import Encoder
from alliance_nlp.codes import CODES

VOCABULARY = ("[UNK]", "[CLS]", "[SEP]", "doctor", "patient", "family", ":", "john", "10", "zugzwang", "walk", "stairs")


def tiny_encoder(word="zugzwang", code=0, vocabulary=VOCABULARY):
    """An encoder that gives one code to the sentences that hold one word."""
    table = np.full((len(vocabulary), len(CODES)), -6, np.float32)
    table[vocabulary.index(word), code] = 60
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "pieces"])
    share = helper.make_tensor_value_info("share", TensorProto.FLOAT, ["sentences", "pieces"])
    out = helper.make_tensor_value_info("log_odds", TensorProto.FLOAT, ["sentences", len(CODES)])
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["rows"]),
        helper.make_node("Squeeze", ["rows", "first"], ["flat"]),
        helper.make_node("MatMul", ["share", "flat"], ["log_odds"]),
    ]
    held = [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.array([0]), "first")]
    graph = helper.make_graph(nodes, "tiny", [ids, share], [out], held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return Encoder(model.SerializeToString(), tuple(vocabulary))


def with_encoder(weights, encoder):
    """Weights of a coder fitted without an encoder, with one whose log-odds alone its second pass leaves aside."""
    unused = np.zeros((2 * len(CODES), len(CODES)))
    return replace(
        weights,
        encoder=encoder,
        ceiling=np.concatenate([weights.ceiling, np.full((2, len(CODES)), 9.0)]),
        second=np.concatenate([weights.second, unused]),
    )
