"""What was found -> what became of it, one outcome each, in the order of the input, whoever does the work."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from itertools import chain
from typing import NamedTuple

from ..errors import AllianceError, RunStopped
from ..records import Visit
from .crew import Crew
from .find import Found
from .outcome import Failure, Outcome, failure
from .task import Item, Scorer, Task, make_ready, score_item

Done = tuple[Found, Outcome]

BATCH_VISITS, BATCH_CHARS = 32, 200_000
"""What goes to a worker at once: at most so many visits, and no further one once there is so much text."""
AHEAD = 3
"""Batches on their way for each worker; with them, what is read ahead is bounded."""
BREAK_EVEN_CHARS = 1_500_000
"""Text, some 500 visits, below which workers cost more time than they save: a second to start, half of 5 ms a visit."""
_MAX_DEATHS = 8


class WorkerDied(AllianceError):
    """A visit over which a worker process died, twice."""

    def __init__(self) -> None:
        super().__init__("the process that scored it died twice; it may need more memory than there is.")


def score_here(found: Iterable[Found], scorer: Scorer, task: Task) -> Iterator[Done]:
    """Score one visit after the other in this process."""
    make_ready(scorer)
    for each in found:
        yield each, each.what if isinstance(each.what, Failure) else score_item(_item(each), scorer, task)


def score_by(crew: Crew, found: Iterable[Found], task: Task, output: object = "alliance score") -> Iterator[Done]:
    """Score with a crew; the same outcomes in the same order as `score_here`.

    A worker that dies costs a second try of what was on its way. A visit over which workers die again fails.

    Args:
        crew: who scores.
        found: what there is to score.
        task: what is asked of every visit.
        output: what a sentence about workers that die at once begins with.

    Raises:
        RunStopped: every worker dies.
        BadModel: a worker has another model.
    """
    queue = _Queue(crew, task, str(output))
    for batch in _batches(found):
        queue.send(batch)
        while queue.is_full():
            yield from queue.next_done()
    while queue.waiting:
        yield from queue.next_done()


def look_ahead(found: Iterable[Found], break_even: int = BREAK_EVEN_CHARS) -> tuple[Iterator[Found], bool]:
    """``found`` as it was, and whether there is enough text in it for workers to pay.

    Args:
        found: what there is to score.
        break_even: characters of text.
    """
    found = iter(found)
    first: list[Found] = []
    chars = 0
    while chars < break_even and (each := next(found, None)) is not None:
        first.append(each)
        chars += _chars(each)
    return chain(first, found), chars >= break_even


class _Sent(NamedTuple):
    batch: list[Found]
    future: Future[list[Outcome]] | None
    """None where it has to be sent again."""


class _Queue:
    """Batches on their way, oldest first."""

    def __init__(self, crew: Crew, task: Task, output: str) -> None:
        self.waiting: deque[_Sent] = deque()
        self._crew, self._task, self._output = crew, task, output
        self._deaths = 0

    def send(self, batch: list[Found]) -> None:
        self.waiting.append(_Sent(batch, self._try_to_send(batch)))

    def is_full(self) -> bool:
        return len(self.waiting) >= AHEAD * self._crew.width

    def next_done(self) -> Iterator[Done]:
        batch, future = self.waiting.popleft()
        try:
            outcomes = self._alone(batch) if future is None else self._result(future)
        except self._crew.lost:
            self._renew()
            outcomes = self._alone(batch)
        given = iter(outcomes)
        for each in batch:
            yield each, each.what if isinstance(each.what, Failure) else next(given)

    def _try_to_send(self, batch: list[Found]) -> Future[list[Outcome]] | None:
        try:
            return self._crew.submit(_items(batch), self._task)
        except self._crew.lost:  # it died meanwhile; whoever waits for the oldest batch finds out
            return None

    def _result(self, future: Future[list[Outcome]]) -> list[Outcome]:
        try:
            return future.result()
        except self._crew.gone:
            why = "its workers are out of reach"
            raise RunStopped(self._output, why, "bring them back and go on with --resume") from None

    def _alone(self, batch: list[Found]) -> list[Outcome]:
        """Outcomes of a batch with nothing else on its way; visit by visit where a worker dies over it once more."""
        items = _items(batch)
        try:
            outcomes = self._result(self._crew.submit(items, self._task))
            self._deaths = 0
            return outcomes
        except self._crew.lost:
            self._renew()
        return [outcome for item in items for outcome in self._twice(item)]

    def _twice(self, item: Item) -> list[Outcome]:
        for _ in range(2):
            try:
                outcomes = self._result(self._crew.submit([item], self._task))
                self._deaths = 0
                return outcomes
            except self._crew.lost:
                self._renew()
        self._deaths += 1
        if self._deaths >= _MAX_DEATHS:
            raise RunStopped(self._output, "one worker after the other dies", "go on with --resume --jobs 1")
        return [failure(item.source, item.visit.visit_id, WorkerDied())]

    def _renew(self) -> None:
        """After a death: new workers; what was on its way and has no result is sent again when its turn comes."""
        self.waiting = deque(
            sent if sent.future is not None and _has_result(sent.future) else sent._replace(future=None)
            for sent in self.waiting
        )
        self._crew.renew()


def _has_result(future: Future[list[Outcome]]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _batches(found: Iterable[Found]) -> Iterator[list[Found]]:
    batch: list[Found] = []
    chars = 0
    for each in found:
        batch.append(each)
        chars += _chars(each)
        if len(batch) >= BATCH_VISITS or chars >= BATCH_CHARS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def _items(batch: Sequence[Found]) -> list[Item]:
    return [_item(each) for each in batch if not isinstance(each.what, Failure)]


def _item(found: Found) -> Item:
    assert isinstance(found.what, Visit)
    return Item(found.what, found.source, found.repeats, found.said)


def _chars(found: Found) -> int:
    """Length of the text of a visit and of the transcript beside it."""
    visits = [visit for visit in (found.what, found.said) if isinstance(visit, Visit)]
    return sum(sum(len(turn.text) for turn in visit.turns) + len(visit.text or "") for visit in visits)
