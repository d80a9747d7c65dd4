"""Who scores: this process, worker processes (joblib's loky) or the workers of a Dask cluster."""

from __future__ import annotations

import logging
import math
import os
import signal
import threading
import time
import warnings
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, Protocol

from ..errors import BadOption, MissingExtra
from .outcome import Outcome
from .task import Item, Task, score_items

Errors = tuple[type[BaseException], ...]

_ANSWER_S = 10.0


class Crew(Protocol):
    """Workers that take several visits at a time."""

    lost: Errors
    """What a result raises whose worker died over it."""
    gone: Errors
    """What a result raises where there will be no more results."""

    @property
    def width(self) -> int:
        """How many visits are scored at once now."""

    def submit(self, items: Sequence[Item], task: Task) -> Future[list[Outcome]]:
        """Have visits scored."""

    def renew(self) -> None:
        """Replace those who died; called when a result raised one of `lost`."""


class Processes:
    """Worker processes of this machine; each loads the model once.

    Args:
        jobs: how many.
    """

    def __init__(self, jobs: int) -> None:
        from joblib.externals.loky.process_executor import BrokenProcessPool

        self._jobs = jobs
        self.lost: Errors = (BrokenProcessPool,)
        self.gone: Errors = ()
        self._start()

    @property
    def width(self) -> int:
        return self._jobs

    def _start(self) -> None:
        from joblib.externals.loky import ProcessPoolExecutor

        one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self._pool = ProcessPoolExecutor(
            max_workers=self._jobs, initializer=_begin_work, initargs=(os.getpid(),), env=one_thread
        )

    def submit(self, items: Sequence[Item], task: Task) -> Future[list[Outcome]]:
        future: Future[list[Outcome]] = self._pool.submit(score_items, items, task)
        return future

    def renew(self) -> None:
        self.close()
        self._start()

    def close(self) -> None:
        """End the processes, whatever they are at."""
        self._pool.shutdown(wait=True, kill_workers=True)


class Cluster:
    """The workers of an existing Dask cluster; they come and go as the cluster likes.

    Args:
        address: of the scheduler, such as ``tcp://10.0.0.1:8786``; None for that of Dask's own configuration, such as
            the variable ``DASK_SCHEDULER_ADDRESS``.

    Raises:
        BadOption: there is no scheduler at the address, or no address at all.
        MissingExtra: dask.distributed is not installed.
    """

    def __init__(self, address: str | None) -> None:
        try:
            import dask
            from distributed import Client, KilledWorker
            from distributed.client import FutureCancelledError
        except ImportError:
            raise MissingExtra("a run on a Dask cluster", "dask") from None
        option = "--dask" if address is None else "--cluster"
        address = address or dask.config.get("scheduler-address", None)
        if address is None:
            raise BadOption(option, "", "set DASK_SCHEDULER_ADDRESS, or give --cluster tcp://HOST:PORT")
        self.lost: Errors = (KilledWorker,)
        self.gone: Errors = (FutureCancelledError, OSError)
        try:
            _hush("distributed", "asyncio", "tornado")
            make: Any = Client
            self._client = make(address, timeout=_ANSWER_S, set_as_default=False)
        except (OSError, ValueError, TimeoutError):
            raise BadOption(option, address, "no Dask scheduler answers there; check the address") from None
        try:
            self._client.wait_for_workers(1, timeout=_ANSWER_S)
        except TimeoutError:
            self.close()
            raise BadOption(option, address, "this cluster has no workers; start some") from None
        self._width, self._asked = 1, -math.inf

    @property
    def width(self) -> int:
        if time.monotonic() > self._asked + _ANSWER_S:
            self._width, self._asked = max(1, sum(self._client.nthreads().values())), time.monotonic()
        return self._width

    def submit(self, items: Sequence[Item], task: Task) -> Future[list[Outcome]]:
        future: Future[list[Outcome]] = self._client.submit(score_items, items, task, pure=False)
        return future

    def renew(self) -> None:
        """Nothing to do: the cluster starts its workers itself."""

    def close(self) -> None:
        """Leave the cluster as it is."""
        self._client.close()


def check_crew(jobs: int, cluster: str | None, *, dask: bool) -> bool:
    """Whether a crew is wanted.

    Raises:
        BadOption: a cluster is asked for together with ``jobs``.
    """
    on_cluster = dask or cluster is not None
    if on_cluster and jobs > 1:
        raise BadOption("--jobs", str(jobs), "a cluster has its own workers; leave --jobs out")
    return on_cluster or jobs > 1


def hire(jobs: int, cluster: str | None, *, dask: bool) -> Processes | Cluster:
    """The crew for a run.

    Args:
        jobs: worker processes of this machine.
        cluster: address of a Dask scheduler.
        dask: whether to use the cluster that Dask's configuration names.

    Raises:
        BadOption: no cluster is there.
        MissingExtra: dask.distributed is not installed.
    """
    return Cluster(cluster) if dask or cluster is not None else Processes(jobs)


def _hush(*libraries: str) -> None:
    """Have libraries log nothing: a lost scheduler is told in one sentence, not in pages."""
    for name in (*libraries, *logging.root.manager.loggerDict):
        if name.partition(".")[0] in libraries:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _begin_work(parent: int) -> None:
    """A worker leaves Ctrl-C to the process that hired it, says nothing, and does not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
