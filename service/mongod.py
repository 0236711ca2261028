"""The embedded MongoDB: a private mongod on a data folder, started and stopped with Tessera."""

import asyncio
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from service.mongod_binary import command_line, find_binary
from service.mongod_errors import DataFolderInUse, MongoUnavailable
from service.mongod_folder import LOG_LIMIT_BYTES, MongoFolder
from service.mongod_replica import address_of, become_primary

__all__ = ["DataFolderInUse", "EmbeddedMongo", "MongoUnavailable"]

START_TIMEOUT_S = 60.0  # recovery after a crash reads the journal first
STOP_TIMEOUT_S = 20.0
PORT_ATTEMPTS = 3
_POLL_S = 0.02
_TEND_EVERY_S = 5.0
_ROTATE_TIMEOUT_MS = 10_000
_CANNOT_EXECUTE = 127
_PORT_TAKEN = 48  # mongod's own exit codes: a network error at start
_PR_SET_PDEATHSIG = 1


class EmbeddedMongo:
    """`async with EmbeddedMongo(folder) as mongo:` gives `mongo.uri`, a primary that is ready.

    Raises DataFolderInUse and MongoUnavailable. A crash of mongod or of Tessera is mended at the next start.
    Run `tend()` in the service's task group. Keeps nothing of the event loop between entering and leaving.
    """

    def __init__(self, folder: Path, cache_mib: int = 256) -> None:
        self.uri = ""
        self._cache_mib = cache_mib
        self._folder = MongoFolder(path=folder.resolve())
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process number of the running mongod."""
        return self._running().pid

    async def __aenter__(self) -> Self:
        binary = find_binary()
        self._folder.take()
        try:
            await asyncio.to_thread(self._folder.end_orphan)
            self._folder.roll_logs()
            async with asyncio.timeout(START_TIMEOUT_S):
                port = await self._start(binary)
                await become_primary(port)
        except TimeoutError:
            words = self._folder.last_words()
            await self._stop()
            raise MongoUnavailable("too_slow", seconds=f"{START_TIMEOUT_S:.0f}", words=words) from None
        except BaseException:
            await self._stop()
            raise
        self._folder.remember_port(port)
        self.uri = address_of(port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def tend(self) -> None:
        """Keep the log short while Tessera runs; raises MongoUnavailable when mongod ends by itself."""
        process = self._running()
        async with AsyncMongoClient[dict[str, object]](self.uri, timeoutMS=_ROTATE_TIMEOUT_MS) as client:
            while (status := process.poll()) is None:
                if self._folder.log_size() > LOG_LIMIT_BYTES:
                    with contextlib.suppress(PyMongoError):  # a dying mongod: the next look says so
                        await client.admin.command("logRotate")
                    self._folder.forget_old_logs()
                await asyncio.sleep(_TEND_EVERY_S)
        raise MongoUnavailable("ended", status=status, words=self._folder.last_words())

    async def _start(self, binary: Path) -> int:
        """Start on a port that was free a moment ago; another process may still be quicker, so try again."""
        for _ in range(PORT_ATTEMPTS):
            port = self._folder.choose_port()
            said_before = self._folder.log_size()
            self._spawn(command_line(binary, self._folder, port=port, cache_mib=self._cache_mib))
            if await self._listens(said_before):
                return port
        raise MongoUnavailable("no_port", words=self._folder.last_words())

    def _spawn(self, arguments: list[str]) -> None:
        """Not an asyncio subprocess, because that one ends with its event loop."""
        with self._folder.complaints.open("wb") as complaints:
            self._process = subprocess.Popen(  # noqa: S603 - the binary is found by us, the arguments are ours
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                start_new_session=True,  # Ctrl-C reaches Tessera alone, which stops mongod last
                preexec_fn=_end_with_parent(),  # noqa: PLW1509 - one call into libc, loaded before the fork
            )

    async def _listens(self, said_before: int) -> bool:
        """True when mongod says so, False when its port was taken meanwhile.

        Its word is asked for and not the port, which would answer for the other process as well.
        """
        process = self._running()
        while (status := process.poll()) is None:
            if "Waiting for connections" in self._folder.said_since(said_before):
                return True
            await asyncio.sleep(_POLL_S)
        words = self._folder.last_words()
        if status == _CANNOT_EXECUTE or "error while loading shared libraries" in words:
            raise MongoUnavailable("missing_libraries", words=words)
        if status == _PORT_TAKEN:
            return False
        raise MongoUnavailable("ended_at_once", status=status, words=words)

    async def _stop(self) -> None:
        """Ask, wait, insist; then let the folder go. Harmless when nothing runs."""
        process, self._process = self._process, None
        try:
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                async with asyncio.timeout(STOP_TIMEOUT_S):
                    while process.poll() is None:  # noqa: ASYNC110 - processes set no asyncio.Event
                        await asyncio.sleep(_POLL_S)
        except TimeoutError:
            pass
        finally:
            if process is not None and process.poll() is None:
                process.kill()  # the journal makes this safe, only slower at the next start
                process.wait()
            self._folder.release()
            self.uri = ""

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise MongoUnavailable("not_running")
        return self._process


def _end_with_parent() -> Callable[[], None] | None:
    """On Linux, what makes the kernel stop mongod when Tessera is killed; elsewhere the next start does."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    tessera = os.getpid()

    def ask_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != tessera:  # killed between the fork and the call
            os._exit(0)

    return ask_kernel
