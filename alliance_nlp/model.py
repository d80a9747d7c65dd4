"""A model folder <-> `AllianceModel`; its ``score`` is the whole way of a visit. Read this first."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from .abstain import abstention
from .annotate.coder import AllianceCoder
from .annotate.weights import CoderWeights
from .estimate import EstimatorWeights, estimate_row
from .featurise import featurise_doc
from .folder import find_folder, read_folder
from .parse import parse_visit
from .records import Turn, Visit, VisitReport
from .report.build import build_report

PIPELINE = ("alliance_names", "alliance_coder", "alliance_goals", "alliance_tasks", "alliance_bond")
#: Words, or forms of words, after which a thread's pipeline is replaced; about 100 MB.
MAX_WORDS = 150_000


class AllianceModel:
    """Scores visits. Safe to share between threads: each has its own pipeline over the same read-only weights.

    >>> model = load()
    >>> report = model.score(Visit(visit_id="v", turns=[{"role": "provider", "text": "Hi, any pain?"}]))
    >>> report.status, report.abstained_because
    ('abstained', 'too_short')
    """

    def __init__(
        self,
        meta: dict[str, Any],
        config: dict[str, Any],
        coder: dict[str, CoderWeights],
        estimator: dict[str, EstimatorWeights],
    ) -> None:
        self.meta = meta
        self.estimator = estimator
        self._config = config
        self._coder = coder
        self._shared = {kind: weights.matrix() for kind, weights in coder.items()}
        self._local = threading.local()

    @property
    def name(self) -> str:
        """Language, name and version, e.g. ``en_alliance-0.1.0``."""
        return f"{self.meta['lang']}_{self.meta['name']}-{self.meta['version']}"

    @property
    def nlp(self) -> Language:
        """The spaCy pipeline of the calling thread.

        A pipeline remembers every word it has met; one that remembers more than `MAX_WORDS` is replaced by a new one,
        which keeps memory flat and costs less than forgetting the words of every visit (``nlp.memory_zone``).
        """
        mine = self._local
        if not hasattr(mine, "nlp") or max(len(mine.nlp.vocab), len(mine.known)) > MAX_WORDS:
            mine.nlp, mine.known = build_pipeline(self._config, self._coder, self._shared), set()
            mine.nlp.tokenizer.max_cache_size = 2 * MAX_WORDS
        nlp: Language = mine.nlp
        return nlp

    def coder_weights(self) -> dict[str, CoderWeights]:
        """Weights of the sentence coder by kind of visit."""
        return self._coder

    def score(self, visit: Visit, *, text: bool = True) -> VisitReport:
        """Report on one visit.

        Args:
            visit: a transcript or a note.
            text: whether the evidence carries the words themselves, or offsets alone.
        """
        doc = self.annotate(visit)
        row = featurise_doc(doc)
        estimate = estimate_row(row, self.estimator[visit.kind])
        return build_report(visit, doc, row, estimate, abstention(visit, doc), model=self.name, text=text)

    def annotate(self, visit: Visit) -> Doc:
        """The visit parsed, with names, code probabilities and coded stretches."""
        nlp = self.nlp
        doc = parse_visit(visit, nlp, self._local.known)
        for _, component in nlp.pipeline:
            doc = component(doc)
        return doc

    def warm(self) -> None:
        """Read what the first visit would read, such as rules and word lists, so that it is as quick as the next."""
        said = (("provider", "Hi Jo, what would you like to work on?"), ("patient", "I want to climb my stairs."))
        self.score(Visit(visit_id="warm", turns=tuple(Turn(role=role, text=text) for role, text in said)))  # type: ignore[arg-type]

    def to_sklearn(self) -> dict[str, Any]:
        """The fitted estimators as scikit-learn objects, for inspection; needs scikit-learn, scoring does not."""
        from .train.export import to_sklearn

        return to_sklearn(self._coder, self.estimator)


def load(path: Path | str | None = None) -> AllianceModel:
    """Load a model folder, or by its name one that comes with the package; without either the default one.

    Needs no network.

    Raises:
        BadModel: the folder is incomplete, was changed, or has another format.
    """
    return AllianceModel(*read_folder(find_folder(path)))


def build_pipeline(
    config: dict[str, Any], coder: dict[str, CoderWeights], matrices: dict[str, Any] | None = None
) -> Language:
    """A spaCy pipeline by configuration, its coder filled with weights."""
    nlp = spacy.util.get_lang_class(config["nlp"]["lang"]).from_config(config)
    part = nlp.get_pipe("alliance_coder")
    if isinstance(part, AllianceCoder):
        part.take(coder, matrices)
    return nlp


def new_pipeline() -> Language:
    """The package's pipeline without weights, as training starts from."""
    nlp = spacy.blank("en")
    for name in PIPELINE:
        nlp.add_pipe(name)
    return nlp
