"""A Dask scheduler and two workers as real processes, which a test may kill."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from distributed import Client

READY_S = 60.0
LOOK_AGAIN_S = 0.02
GROWS_TREES = "fn-"
"""What the tasks of `xgboost.dask` are called by on the cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Each worker has one thread and no nanny: once killed it stays so."""

    address: str
    scheduler: asyncio.subprocess.Process
    workers: tuple[asyncio.subprocess.Process, ...]

    async def until_trees_grow(self) -> None:
        """Wait until every worker is at it."""
        async with asyncio.timeout(READY_S), Client(self.address, asynchronous=True) as client:
            while not all(_grow(keys) for keys in (await client.processing()).values()):
                await asyncio.sleep(LOOK_AGAIN_S)


def _grow(keys: Iterable[object]) -> bool:
    return any(str(key).startswith(GROWS_TREES) for key in keys)


@asynccontextmanager
async def opened_cluster(folder: Path) -> AsyncIterator[Cluster]:
    """Open a cluster on ports of its own choice, with its files in the folder; nothing of it outlives the block."""
    async with AsyncExitStack() as stack:
        told = folder / "scheduler.json"
        place = ("--host", "127.0.0.1")
        scheduler = await _begun(stack, folder, "scheduler", *place, "--port", "0", "--scheduler-file", str(told))
        address = await _address(told)
        each = ("--local-directory", str(folder), "--nthreads", "1", "--no-nanny")
        workers = [await _begun(stack, folder, "worker", address, *place, *each) for _ in range(2)]
        async with Client(address, asynchronous=True) as client:
            await client.wait_for_workers(len(workers), timeout=READY_S)
        yield Cluster(address=address, scheduler=scheduler, workers=tuple(workers))


async def _begun(stack: AsyncExitStack, folder: Path, *words: str) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dask", *words, "--no-dashboard"),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    stack.push_async_callback(_ended, process)
    return process


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


async def _address(told: Path) -> str:
    async with asyncio.timeout(READY_S):
        while True:
            try:
                return str(json.loads(told.read_text(encoding="utf-8"))["address"])
            except (OSError, ValueError):
                await asyncio.sleep(LOOK_AGAIN_S)
