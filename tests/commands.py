"""`tessera` as a real process: started in a folder, read line by line, asked to end by a signal."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

COMMAND = (sys.executable, "-m", "service.cli")
READY_S = 120.0
END_S = 90.0
LOOK_AGAIN_S = 0.05
WIDE = {"COLUMNS": "200", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "default"}


def environment(settings: Mapping[str, str], *, language: str) -> dict[str, str]:
    """Give the environment of a person who speaks the language: their settings and none of ours."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("TESSERA_", "LC_", "PYTEST"))
    }
    return {**inherited, **WIDE, "LANG": f"{language}.UTF-8", **settings}


@dataclass(slots=True)
class Process:
    """A running command. `lines` is what it said so far, both streams."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    started_s: float = field(default_factory=monotonic)
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def output(self) -> str:
        return "".join(self.lines)

    async def listen(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.lines.append(line.decode())
            self._more.set()
        self._more.set()

    async def until(self, is_so: Callable[[str], bool]) -> float:
        """Wait until the output is so, and give the seconds since the start."""
        async with asyncio.timeout(READY_S):
            while not is_so(self.output):
                assert self.process.returncode is None, f"it ended early:\n{self.output}"
                self._more.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN_S):
                        await self._more.wait()
        return monotonic() - self.started_s

    async def end(self, number: signal.Signals) -> int:
        """Send the signal and give the exit code."""
        self.process.send_signal(number)
        async with asyncio.timeout(END_S):
            return await self.process.wait()


@asynccontextmanager
async def started(
    *arguments: str, folder: Path, settings: Mapping[str, str] | None = None, language: str = "en_GB"
) -> AsyncIterator[Process]:
    """Start the command in the folder; it does not outlive the block."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *arguments,
        cwd=folder,
        env=environment(settings or {}, language=language),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    running = Process(process)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(running.listen())
        try:
            yield running
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def said_by(
    *arguments: str, folder: Path, settings: Mapping[str, str] | None = None, language: str = "en_GB"
) -> tuple[int, str]:
    """Run a short command to its end, and give its exit code and what it said."""
    async with started(*arguments, folder=folder, settings=settings, language=language) as command:
        async with asyncio.timeout(END_S):
            code = await command.process.wait()
    return code, command.output


def processes_on(folder: Path) -> list[str]:
    """Give the command lines of living processes that name the folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found
