"""A fine-tuned network -> the ONNX graph that a model folder keeps: weights of 8 bits, a quarter of the size."""

from __future__ import annotations

import contextlib
import io
import tempfile
import warnings
from pathlib import Path
from typing import Any


def graph_of(net: Any, width: int) -> bytes:
    """ONNX graph of a network that `fit_network` gave.

    Its inputs are ``ids`` (1, pieces) and ``share`` (sentences, pieces), each sentence's weights of its pieces; its
    output is the log-odds (sentences, codes). Weights are rounded to 8 bits by channel, activations as they come
    (dynamic quantisation).

    Args:
        net: the network.
        width: pieces of the example that the graph is traced with.
    """
    import torch

    class Reader(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, ids: Any, share: Any) -> Any:
            hidden = self.net["encoder"](input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0]
            mean = share @ hidden
            return self.net["codes"](torch.cat([mean, hidden[:1].expand(mean.shape[0], -1)], 1))

    example = (torch.full((1, width), 7), torch.full((5, width), 1 / width))
    pieces = torch.export.Dim("pieces", min=3, max=512)
    sizes = ({1: pieces}, {0: torch.export.Dim("sentences", min=1, max=512), 1: pieces})
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), torch.no_grad():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                Reader().eval(),
                example,
                str(whole),
                input_names=["ids", "share"],
                output_names=["log_odds"],
                dynamo=True,
                dynamic_shapes=sizes,
                external_data=False,
            )
        _quantise(whole, small)
        return small.read_bytes()


def with_hidden(graph: bytes) -> bytes:
    """The same graph with a second output: what the network makes of each sentence before it tells the codes."""
    import onnx

    model = onnx.load_from_string(graph)
    (mean,) = (node.output[0] for node in model.graph.node if "share" in node.input and node.op_type == "MatMul")
    model.graph.output.append(onnx.helper.make_tensor_value_info(mean, onnx.TensorProto.FLOAT, ["sentences", None]))
    return bytes(model.SerializeToString())


def _quantise(whole: Path, small: Path) -> None:
    import logging

    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    graph = onnx.load(str(whole))
    del graph.graph.value_info[:]  # the exporter's shapes are those before it folded transposes in
    onnx.save(graph, str(whole))
    logging.disable(logging.WARNING)
    try:
        quantize_dynamic(str(whole), str(small), per_channel=True, weight_type=QuantType.QInt8)
    finally:
        logging.disable(logging.NOTSET)
