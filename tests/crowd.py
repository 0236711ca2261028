"""A crowd: several processes whose takers all begin at the same moment. Nothing of it outlives its `async with`."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from offers.store.store import Store
from tests.contender import Rush

PROJECT = Path(__file__).resolve().parents[1]
PROCESSES = 4
ANSWER_S = 600.0


@dataclass(slots=True)
class Crowd:
    """`rush` may be called as often as is liked; the processes stay."""

    mongo_uri: str
    size: int = PROCESSES
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        for _ in range(self.size):
            self.processes.append(
                await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "tests.contender", self.mongo_uri),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    cwd=PROJECT,
                )
            )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.processes:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def rush(
        self, store: Store, kind: str, target: str, *, takers: int, cards: Sequence[str] = ()
    ) -> Counter[str]:
        """Let so many takers of all processes rush, and give how they fared; each process has cards of its own."""
        await self.begin(store, kind, target, takers=takers, cards=cards)
        fates: Counter[str] = Counter()
        for process in self.processes:
            fates.update(json.loads(await _hear(process)))
        return fates

    async def begin(self, store: Store, kind: str, target: str, *, takers: int, cards: Sequence[str] = ()) -> None:
        """Let them rush, and do not wait for what becomes of them."""
        share, over = divmod(takers, self.size)
        assert over == 0, "every process has as many takers as the others"
        for number, process in enumerate(self.processes):
            rush = Rush(
                database=store.database.name,
                kind=kind,
                target=target,
                first=number * share,
                count=share,
                cards=list(cards[number :: self.size]),
            )
            await _say(process, json.dumps(asdict(rush)))
        for process in self.processes:
            assert await _hear(process) == "ready"
        for process in self.processes:
            await _say(process, "go")


async def _say(process: asyncio.subprocess.Process, text: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{text}\n".encode())
    await process.stdin.drain()


async def _hear(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(ANSWER_S):
        line = await process.stdout.readline()
    assert line, f"a process of the crowd ended with {process.returncode}"
    return line.decode().strip()
