"""Parts on a cluster that falls to pieces: a worker is killed, then the scheduler, and every part is worked at."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scoring.partitions.dask_machines import machines_at
from scoring.partitions.machines import Machines
from tests.dask_cluster import opened_cluster

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
PARTS, KILLED_AFTER = 14, 3


def part_work() -> Callable[[int, int], int]:
    """A function that travels whole: a worker does not know this file."""

    def times(part: int, shared: int) -> int:
        time.sleep(0.2)
        return part * shared

    return times


def mapped(machines: Machines, kill: Callable[[], None]) -> Iterator[int]:
    for done, found in enumerate(machines.map(part_work(), range(PARTS), 10)):
        if done == KILLED_AFTER:
            kill()
        yield found


@pytest.mark.timeout(180)
async def test_no_part_is_lost_with_a_worker_or_with_the_scheduler(tmp_path: Path) -> None:
    whole = [10 * part for part in range(PARTS)]
    async with opened_cluster(tmp_path) as cluster:

        def work() -> tuple[list[int], list[int], list[int]]:
            with machines_at(cluster.address) as machines:
                without_a_worker = list(mapped(machines, cluster.workers[0].kill))
                without_a_scheduler = list(mapped(machines, cluster.scheduler.kill))
                return without_a_worker, without_a_scheduler, list(mapped(machines, lambda: None))

        assert await asyncio.to_thread(work) == (whole, whole, whole)
