"""Partitions worked at on a Dask cluster, and trees grown on it by `xgboost.dask`; needs the extra `tessera[dask]`."""

import asyncio
import logging
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt
import structlog
import xgboost as xgb

from scoring.forecast.bins import Singles
from scoring.forecast.boosted import ROUNDS, Grower, grow_here, slopes_of
from scoring.history.errors import CannotScore
from scoring.partitions.machines import Found, Here, Machines, Part, Shared

if TYPE_CHECKING:
    from distributed import Client, Future

ANSWERS_WITHIN_S = 10.0
AHEAD = 2
"""Parts that wait at each worker: one is worked at while the next one travels."""
_ALIKE = ("tessera", "polars", "numpy", "scipy", "xgboost-cpu")
LOOK_AGAIN_S = 0.5
LETS_OTHERS_S = 60.0
"""So long another client's trees are waited for; then they grow here."""
MEETS_WITHIN_S = 20
"""So long workers wait for each other before trees grow, and for an answer of each other while they do."""
_log = structlog.get_logger()
Answer = TypeVar("Answer")
Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[Any]


class CannotGrow(Exception):
    """A worker that trees were growing on is gone, or others do not let go of the workers."""


@contextmanager
def machines_at(address: str, *, threads: int = 1, timeout_s: float = ANSWERS_WITHIN_S) -> Iterator[Machines]:
    """Reach the cluster whose scheduler listens at the address; an empty address means here, in so many threads.

    Raises CannotScore: `no_dask`, `dask_silent`, `dask_idle` (no worker), `dask_differs` (other versions there).
    """
    if not address:
        yield Here(threads=threads)
        return
    with _client(address, timeout_s) as client:
        if not (workers := client.run(_versions)):
            raise CannotScore("dask_idle", address=address)
        here = _here()
        for worker, there in sorted(workers.items()):
            if other := [name for name in here if there[name] != here[name]]:
                told = ", ".join(f"{name} {there[name]} ({here[name]})" for name in other)
                raise CannotScore("dask_differs", worker=worker, versions=told)
        yield DaskMachines(client)


@contextmanager
def _client(address: str, timeout_s: float) -> "Iterator[Client]":
    try:
        # An extra that most installations do without.
        from distributed import Client  # noqa: PLC0415
        from distributed.comm import get_address_host_port  # noqa: PLC0415
    except ImportError as error:
        raise CannotScore("no_dask") from error
    try:
        # A closed port is told at once: a client would go on trying, with a loop and threads of its own.
        socket.create_connection(get_address_host_port(address), timeout_s).close()
        client = Client(address, timeout=timeout_s)
    except (OSError, ValueError) as error:
        raise CannotScore("dask_silent", address=address, reason=str(error).splitlines()[0]) from error
    # A lost scheduler is said in a line here; there it would be a page for each attempt to reach it again.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    with client:
        yield client


@dataclass(frozen=True, slots=True)
class DaskMachines:
    """The workers of a cluster. Parts travel to them and results back, so they need no common folder."""

    client: "Client"
    failed: Event = field(default_factory=Event)
    """Something could not be done there once: who is left may still wait for who is lost."""

    @property
    def grow(self) -> Grower:
        return self._grow

    def map(self, function: Callable[[Part, Shared], Found], parts: Iterable[Part], shared: Shared) -> Iterator[Found]:
        """Work at a few parts for each worker at a time. A part that is lost with its worker is worked at here.

        So are all that are left once the scheduler is lost, or once trees could not grow there.
        """
        waiting: deque[tuple[Part, Future | None]] = deque()
        everywhere = self._unless_lost(lambda: self.client.scatter([shared], broadcast=True, hash=False)[0])

        def submitted(part: Part) -> "Future":
            (there,) = self.client.scatter([part], hash=False)
            return self.client.submit(function, there, everywhere, pure=False)

        try:
            for part in parts:
                waiting.append((part, self._unless_lost(partial(submitted, part))))
                most = AHEAD * max(1, len(self._unless_lost(self._workers) or ()))
                while waiting and (len(waiting) >= most or self.failed.is_set()):
                    yield self._result(function, *waiting.popleft(), shared)
            while waiting:
                yield self._result(function, *waiting.popleft(), shared)
        finally:
            self._unless_lost(lambda: self.client.cancel([future for _, future in waiting if future]))

    def _unless_lost(self, ask: Callable[[], Answer]) -> Answer | None:
        """Ask the cluster; None once it failed, which is said when it does."""
        if self.failed.is_set():
            return None
        try:
            return ask()
        except Exception as failure:  # noqa: BLE001 - a lost scheduler looks like anything
            _log.warning("the cluster is lost and the rest is worked at here", error=repr(failure))
            self.failed.set()
            return None

    @staticmethod
    def _result(
        function: Callable[[Part, Shared], Found], part: Part, future: "Future | None", shared: Shared
    ) -> Found:
        from distributed import KilledWorker  # noqa: PLC0415 - the extra
        from distributed.client import FutureCancelledError  # noqa: PLC0415 - the extra

        if future is None:
            return function(part, shared)
        try:
            found: Found = future.result()
        except (FutureCancelledError, KilledWorker) as lost:
            _log.warning("a part was lost on the cluster and is worked at here", error=repr(lost))
            return function(part, shared)
        return found

    def _workers(self) -> Mapping[str, int]:
        told: Mapping[str, int] = self.client.nthreads()
        return told

    def _grow(
        self, told: Mapping[str, object], values: Singles, outcome: npt.NDArray[np.bool_], margin: Numbers
    ) -> xgb.Booster:
        """Grow trees on rows shared out among the workers; where that cannot be, here: to the bit the same."""
        if self.failed.is_set():
            return grow_here(told, values, outcome, margin)
        try:
            workers = set(self._workers())
            booster: xgb.Booster = self.client.sync(self._grown, workers, told, (values, outcome, margin))
        except Exception as failure:  # noqa: BLE001 - a lost worker looks like anything; rows at fault are raised here
            _log.warning("trees cannot grow on the cluster and grow here", error=repr(failure))
            self.failed.set()
            return grow_here(told, values, outcome, margin)
        return booster

    async def _grown(self, workers: set[str], told: Mapping[str, object], rows: tuple[Rows, ...]) -> xgb.Booster:
        """Grow on the workers. Raises CannotGrow, or whatever it looks like from where it is noticed first."""
        growing = asyncio.ensure_future(self._on_workers(workers, told, rows))
        lost = asyncio.ensure_future(self._until_lost(workers))
        try:
            await asyncio.wait({growing, lost}, return_when=asyncio.FIRST_COMPLETED)
            if lost.done():
                raise CannotGrow from lost.exception()
            return await growing
        finally:
            growing.cancel()
            lost.cancel()

    async def _on_workers(self, workers: set[str], told: Mapping[str, object], rows: tuple[Rows, ...]) -> xgb.Booster:
        from xgboost import dask as on_dask  # noqa: PLC0415 - the extra
        from xgboost.collective import Config  # noqa: PLC0415 - of no use without it

        await self._take_turns(workers)
        values, outcome, margin = [await self._spread(each, len(workers)) for each in rows]
        matrix = await on_dask.DaskQuantileDMatrix(self.client, values, outcome, base_margin=margin)
        # How many threads each worker has is the cluster's own affair.
        wanted = {name: value for name, value in told.items() if name != "nthread"}
        patience = Config(timeout=MEETS_WITHIN_S, tracker_timeout=MEETS_WITHIN_S)
        grown = await on_dask.train(
            self.client, wanted, matrix, num_boost_round=ROUNDS, obj=slopes_of, coll_cfg=patience
        )
        booster: xgb.Booster = grown["booster"]
        return booster

    async def _take_turns(self, workers: set[str]) -> None:
        """Wait for whoever else grows trees there. Raises CannotGrow.

        XGBoost locks its workers and waits for them without end, also for those of a night that was killed.
        """
        from distributed import MultiLock  # noqa: PLC0415 - the extra

        if idle := await self.client.run_on_scheduler(_let_go, set()):
            # Whoever has just locked them is about to bind tasks to them.
            await asyncio.sleep(LOOK_AGAIN_S)
            await self.client.run_on_scheduler(_let_go, idle)
        locks = MultiLock(names=sorted(workers), client=self.client)
        if not await locks.acquire(timeout=LETS_OTHERS_S):
            raise CannotGrow
        await locks.release()

    async def _until_lost(self, workers: set[str]) -> None:
        """Wait until one of these workers is gone: XGBoost's own wait for it may have no end."""
        while workers <= set(await self.client.nthreads()):  # noqa: ASYNC110 - asked
            await asyncio.sleep(LOOK_AGAIN_S)

    async def _spread(self, rows: Rows, workers: int) -> Any:
        from dask import array, delayed  # noqa: PLC0415 - the extra

        each = -(-rows.shape[0] // workers)
        pieces = [rows[begin : begin + each] for begin in range(0, rows.shape[0], each)]
        there = await self.client.scatter(pieces, hash=False)
        return array.concatenate(
            [
                array.from_delayed(delayed(future), shape=piece.shape, dtype=piece.dtype)
                for future, piece in zip(there, pieces, strict=True)
            ]
        )


def _let_go(suspects: set[str], dask_scheduler: Any) -> set[str]:
    """Take their locks from these holders, if no task is bound to what they have locked; gives all such holders.

    Runs on the scheduler, which keeps the locks of a client that was killed.
    """
    bound = {worker for task in dask_scheduler.tasks.values() for worker in task.worker_restrictions or ()}
    locks = dask_scheduler.extensions["multi_locks"]
    idle = {holders[0] for worker, holders in locks.locks.items() if holders and worker not in bound}
    for holder in idle & suspects:
        locks.release(id=holder)
    return idle - suspects


def _here() -> dict[str, str]:
    return _versions()


def _versions() -> dict[str, str]:
    """Say what models and hashes depend on."""
    return {"python": f"{sys.version_info.major}.{sys.version_info.minor}", **{name: version(name) for name in _ALIKE}}
