"""A whole run: what `alliance score` was asked to do, put together from the parts of this package."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from ..calibration import Calibration, read_calibration
from ..errors import BadOption
from ..folder import find_folder
from ..read import Roster, read_roster
from ..read.roles import parse_roles
from ..records import SCHEMA_VERSION
from .crew import check_crew, hire
from .find import Earlier, Found, find_visits, read_input
from .inputs import Input, find_files
from .outcome import Failure
from .pairs import Pairs
from .run import Done, look_ahead, score_by, score_here
from .task import Scorer, Task
from .work import Work
from .write import Product


@dataclass(frozen=True)
class Job:
    """What to score, with what, and by whom.

    Args:
        paths: files and folders with visits; ``-`` is standard input.
        leave_out: files not to read, such as what the run writes.
        roster: table of patients' names.
        roles: ``Dana=provider,Martha=patient``.
        text: whether evidence carries its words.
        model: folder of a model other than the default.
        jobs: worker processes.
        cluster: address of a Dask scheduler.
        dask: whether to use the cluster that Dask's configuration names.
        calibration: what ``alliance audit calibrate`` wrote for the model.
        concordance: whether notes are compared with the transcripts of their visits.
    """

    paths: Sequence[Path]
    leave_out: Sequence[Path] = ()
    roster: Path | None = None
    roles: str | None = None
    text: bool = True
    model: Path | None = None
    jobs: int = 1
    cluster: str | None = None
    dask: bool = False
    calibration: Path | None = None
    concordance: bool = False

    @cached_property
    def names(self) -> Roster | None:
        """The roster, read."""
        return None if self.roster is None else read_roster(self.roster)

    def check(self) -> None:
        """See that everything asked for is there, before any work.

        Raises:
            BadOption: a path does not exist, ``roles`` makes no sense, ``jobs`` does not go with a cluster, or
                ``concordance`` not with what can be read only once.
            UnreadableFile: the roster cannot be read.
        """
        self.find()
        parse_roles(self.roles)
        check_crew(self.jobs, self.cluster, dask=self.dask)
        self.names  # noqa: B018
        if self.concordance and not all(path.is_file() or path.is_dir() for path in self.paths):
            remedy = "it reads the visits twice; write what comes by a pipe to a file and give that"
            raise BadOption("--concordance", "", remedy)

    def find(self) -> Iterator[Path | Failure]:
        """The files to read, each once."""
        roster = [] if self.roster is None else [self.roster]
        return find_files(self.paths, leave_out=[*self.leave_out, *roster])

    def shifts(self, scorer: Scorer) -> Calibration | None:
        """The clinic's calibration, read.

        Raises:
            BadCalibration: it is none, or for another model.
        """
        return None if self.calibration is None else read_calibration(self.calibration, scorer.name)

    def facts(self, scorer: Scorer) -> dict[str, Any]:
        """What has to be the same for a run to go on: everything a result depends on, but the input."""
        from .. import __version__

        shifts = self.shifts(scorer)
        roster = None if self.roster is None else hashlib.sha256(self.roster.read_bytes()).hexdigest()
        return {
            "version of alliance_nlp": __version__,
            "model": scorer.meta.get("sha256"),
            "--roster": roster,
            "--roles": self.roles,
            "--text": self.text,
            "--calibration": None if shifts is None else shifts.model_dump(mode="json"),
            "--concordance": self.concordance,
        }

    def open_work(self, products: Sequence[Product], scorer: Scorer, *, resume: bool | None = None) -> Work:
        """Begin a run that writes files, or go on with it.

        Args:
            products: the files; the run's folder stands beside the first.
            scorer: the model.
            resume: as for `alliance_nlp.batch.work.Work`.
        """
        streams = {form.render: form.header() for _, form in products}
        facts = {**self.facts(scorer), "--html": any(render.startswith("page") for render in streams)}
        return Work(products[0].path, streams, facts, self.find, resume=resume)

    def score(
        self,
        inputs: Iterable[Input],
        renders: Iterable[str],
        scorer: Scorer,
        *,
        earlier: Earlier = Earlier(),  # noqa: B008
        output: Path | None = None,
        folder: Path | None = None,
    ) -> Iterator[Done]:
        """Everything found in ``inputs`` with what became of it, in order.

        Args:
            inputs: the list of files; one that can be gone through again where notes are compared.
            renders: names in `alliance_nlp.batch.task.RENDERS`.
            scorer: the model, for what this process does itself.
            earlier: what an earlier run has done.
            output: what sentences about the run begin with.
            folder: where transcripts wait for their notes; None is the system's place for temporary files.
        """
        model = None if self.model is None else str(find_folder(self.model).resolve())
        sha256 = scorer.meta.get("sha256")
        asked = tuple(dict.fromkeys(renders))
        task = Task(asked, self.text, model, sha256, self.shifts(scorer), self.concordance)
        with ExitStack() as stack:
            names, roles = self.names, parse_roles(self.roles)
            if self.concordance:
                pairs = stack.enter_context(Pairs(inputs, partial(read_input, roster=names, roles=roles), folder))
                found = find_visits(inputs, roster=names, roles=roles, earlier=earlier, named=pairs.named)
                found = pairs.joined(found)
            else:
                found = find_visits(inputs, roster=names, roles=roles, earlier=earlier)
            yield from self._score(found, scorer, task, output)

    def _score(self, found: Iterator[Found], scorer: Scorer, task: Task, output: Path | None) -> Iterator[Done]:
        if not check_crew(self.jobs, self.cluster, dask=self.dask):
            yield from score_here(found, scorer, task)
            return
        first, enough = (found, True) if self.jobs == 1 else look_ahead(found)
        if not enough:
            yield from score_here(first, scorer, task)
            return
        with closing(hire(self.jobs, self.cluster, dask=self.dask)) as crew:
            yield from score_by(crew, first, task, output or "alliance score")


def table_facts(scorer: Scorer, model_name: str) -> Mapping[str, str]:
    """What a table says of itself: model, versions."""
    from .. import __version__

    return {
        "model": model_name,
        "model_sha256": str(scorer.meta.get("sha256")),
        "schema_version": SCHEMA_VERSION,
        "alliance_nlp": __version__,
    }
