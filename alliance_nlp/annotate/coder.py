"""Component ``alliance_coder``: the 14 code probabilities of every sentence, once, into ``doc._.alliance_visit``."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from ..codes import CODE_NAMES
from ..errors import BadModel
from ..parse import ensure_parsed
from ..tokens import tokens_of
from .encoder import Encoder
from .layout import lay_out
from .names import find_names
from .ngrams import Vocabulary
from .note_signs import with_signs
from .note_vetoes import vetoed_codes
from .small_encoder import SmallEncoder
from .weights import CoderWeights, code_probabilities
from .words import masked_words, repeated, strings_of

KINDS = ("transcript", "note")


class AllianceCoder:
    """Writes ``p``, ``sizes``, ``repeats``, ``cuts`` and ``rules`` into ``doc._.alliance_visit``; sets no span.

    Names come first: a Doc whose names are not known yet has them found here, as the coder sees a name as one word.
    Without weights of its own (``from_disk``) the component takes those of the default model on its first call.
    """

    def __init__(self, role: str = "provider", weights: dict[str, CoderWeights] | None = None) -> None:
        self.role = role
        self._weights: dict[str, CoderWeights] | None = None
        self._matrices: dict[str, Any] = {}
        if weights is not None:
            self.take(weights)

    @property
    def weights(self) -> dict[str, CoderWeights]:
        """Weights by kind of visit."""
        if self._weights is None:
            self.take(default_weights())
        assert self._weights is not None
        return self._weights

    def __call__(self, doc: Doc) -> Doc:
        state = ensure_parsed(doc, self.role)
        if "names" not in state:
            state["names"] = [list(bounds) for bounds in find_names(doc, self.role).persons]
        weights = self.weights[state["kind"]]
        words, layout = masked_words(doc, state), lay_out(state)
        tokens_of(doc).notes["layout"] = layout
        state["sizes"] = np.bincount(words.sentence, minlength=len(state["sents"])).astype(float)
        state["repeats"] = repeated(words, len(state["sents"]))
        signed = with_signs(doc, state, words) if state["kind"] == "note" else words
        encoded = None
        if isinstance(weights.encoder, Encoder):
            encoded = weights.encoder.log_odds(strings_of(doc, words, len(state["sents"])), layout)
        matrix = self._matrices[state["kind"]]
        state["p"] = code_probabilities(signed, layout, weights, matrix, plain=words, encoded=encoded)
        if state["kind"] == "note":
            _veto(doc, state)
        state["cuts"] = weights.cuts.tolist()
        state["rules"] = weights.rules
        return doc

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Weights of every kind as one ``.npz``, without pickle."""
        buffer = io.BytesIO()
        np.savez(buffer, **pack(self.weights))  # type: ignore[arg-type]
        return buffer.getvalue()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> AllianceCoder:
        """Take the weights `to_bytes` gave."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            self.take(unpack(dict(arrays)))
        return self

    def to_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> None:
        """Write ``coder.npz`` into the folder ``path``."""
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / "coder.npz").write_bytes(self.to_bytes())

    def from_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> AllianceCoder:
        """Read ``coder.npz`` from the folder ``path``."""
        return self.from_bytes((Path(path) / "coder.npz").read_bytes())

    def take(self, weights: dict[str, CoderWeights], matrices: dict[str, Any] | None = None) -> None:
        """Use these weights; ``matrices`` are their `CoderWeights.matrix`, where they are at hand."""
        self._weights = weights
        self._matrices = matrices or {kind: each.matrix() for kind, each in weights.items()}


@Language.factory(
    "alliance_coder", assigns=["doc._.alliance_visit"], default_config={"role": "provider"}, retokenizes=False
)
def make_coder(nlp: Language, name: str, role: str) -> AllianceCoder:
    """Factory; ``role`` is who speaks in a Doc without turns."""
    return AllianceCoder(role)


def _veto(doc: Doc, state: dict[str, Any]) -> None:
    """No probability for what a note's sentence cannot mean: empty templates, agreement that is denied or supposed."""
    tokens = tokens_of(doc)
    text, first, last = tokens.text, tokens.first, tokens.last
    for index, (start, end, _) in enumerate(state["sents"]):
        for code in vetoed_codes(text[first[start] : last[end - 1]]):
            state["p"][index, CODE_NAMES.index(code)] = 0.0


@cache
def default_weights() -> dict[str, CoderWeights]:
    """The shipped model's weights, read once a process."""
    from ..folder import default_folder

    return AllianceCoder().from_disk(default_folder()).weights


def pack(weights: dict[str, CoderWeights]) -> dict[str, np.ndarray[Any, Any]]:
    """Weights as named arrays of numbers and bytes; inverse of `unpack`."""
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    for kind, each in weights.items():
        text = {"words": each.vocabulary.words, "rules": each.rules}
        arrays |= {
            f"{kind}.text": np.frombuffer(json.dumps(text, sort_keys=True).encode(), np.uint8),
            f"{kind}.pairs": each.vocabulary.pairs.astype(np.int32),
            f"{kind}.triples": each.vocabulary.triples.astype(np.int32),
            f"{kind}.idf": each.vocabulary.idf,
            f"{kind}.own": each.own,
            f"{kind}.context_columns": each.context_columns.astype(np.int32),
            f"{kind}.context": each.context,
            **{f"{kind}.{field}": getattr(each, field) for field in _PLAIN},
        }
        if isinstance(each.encoder, SmallEncoder):
            arrays |= {f"small.{name}": array for name, array in each.encoder.arrays().items()}
        elif each.encoder is not None:
            arrays["encoder"] = np.frombuffer(each.encoder.graph, np.uint8)
            arrays["pieces"] = np.frombuffer("\n".join(each.encoder.vocabulary).encode(), np.uint8)
    return arrays


def unpack(arrays: dict[str, np.ndarray[Any, Any]]) -> dict[str, CoderWeights]:
    """Weights from the arrays `pack` made."""
    try:
        encoder = _unpack_encoder(arrays)
        return {kind: _unpack_kind(kind, arrays, encoder) for kind in KINDS}
    except (KeyError, ValueError) as error:
        raise BadModel("coder.npz", f"it lacks or garbles {type(error).__name__} entries") from None


_PLAIN = ("surface", "bias", "ceiling", "second", "second_bias", "cuts")


def _unpack_kind(
    kind: str, arrays: dict[str, np.ndarray[Any, Any]], encoder: Encoder | SmallEncoder | None
) -> CoderWeights:
    text = json.loads(arrays[f"{kind}.text"].tobytes())
    vocabulary = Vocabulary(
        tuple(text["words"]),
        arrays[f"{kind}.pairs"].astype(np.int64),
        arrays[f"{kind}.triples"].astype(np.int64),
        arrays[f"{kind}.idf"],
    )
    return CoderWeights(
        vocabulary=vocabulary,
        own=arrays[f"{kind}.own"],
        context_columns=arrays[f"{kind}.context_columns"].astype(np.int64),
        context=arrays[f"{kind}.context"],
        rules=text["rules"],
        encoder=encoder if encoder and kind in encoder.reads else None,
        **{field: arrays[f"{kind}.{field}"] for field in _PLAIN},
    )


def _unpack_encoder(arrays: dict[str, np.ndarray[Any, Any]]) -> Encoder | SmallEncoder | None:
    """What reads along in a model, one for all kinds of visit that it reads."""
    small = {name.removeprefix("small."): array for name, array in arrays.items() if name.startswith("small.")}
    if small:
        return SmallEncoder.from_arrays(small)
    if "encoder" not in arrays:
        return None
    return Encoder(arrays["encoder"].tobytes(), tuple(arrays["pieces"].tobytes().decode().split("\n")))
