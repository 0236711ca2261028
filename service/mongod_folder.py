"""The data folder of the embedded MongoDB: its one holder, its remembered port, its logs, its orphan."""

import contextlib
import fcntl
import os
import random
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from service.mongod_errors import DataFolderInUse

KEPT_LOGS = 4
LOG_LIMIT_BYTES = 32 * 1024 * 1024
ORPHAN_STOP_S = 20.0
ORPHAN_KILL_S = 5.0
_LAST_BYTES = 64 * 1024
_LAST_WORDS = 2000
_POLL_S = 0.02
_PORTS = range(20_000, 32_000)


@dataclass(slots=True, kw_only=True)
class MongoFolder:
    """`take` before anything else; `release` when mongod is down."""

    path: Path
    _lock_fd: int | None = field(default=None, init=False)

    @property
    def database(self) -> Path:
        return self.path / "db"

    @property
    def log(self) -> Path:
        return self.path / "mongod.log"

    @property
    def complaints(self) -> Path:
        """What mongod prints before its log is open, such as a missing library."""
        return self.path / "mongod.err"

    def take(self) -> None:
        """Make the folder and hold it; raises DataFolderInUse while another process does.

        The kernel drops the lock with its process, however that ends, so a lock is never stale.
        """
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.database.mkdir(exist_ok=True, mode=0o700)
        lock_fd = os.open(self.path / "tessera.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock_fd, 32).strip()
            os.close(lock_fd)
            raise DataFolderInUse(folder=self.path, holder_pid=int(holder) if holder.isdigit() else None) from None
        os.ftruncate(lock_fd, 0)
        os.pwrite(lock_fd, f"{os.getpid()}\n".encode(), 0)
        self._lock_fd = lock_fd

    def release(self) -> None:
        if self._lock_fd is not None:
            os.close(self._lock_fd)
            self._lock_fd = None

    def end_orphan(self) -> None:
        """Stop a mongod whose Tessera was killed. Only the holder of the folder may call this."""
        pid = _read_number(self.database / "mongod.lock")
        if pid is None or not self._is_our_mongod(pid):
            return  # an unclean shutdown leaves a number behind; mongod itself recovers from that
        for number, patience_s in ((signal.SIGTERM, ORPHAN_STOP_S), (signal.SIGKILL, ORPHAN_KILL_S)):
            _signal_quietly(pid, number)
            deadline = time.monotonic() + patience_s
            while time.monotonic() < deadline:
                if not self._is_our_mongod(pid):
                    return
                time.sleep(_POLL_S)
        raise DataFolderInUse(folder=self.path, holder_pid=pid)

    def _is_our_mongod(self, pid: int) -> bool:
        """Whether the process is alive and runs on this folder: numbers are given again to strangers."""
        return f"--dbpath {self.database} " in _arguments_of(pid)

    def choose_port(self) -> int:
        """The port of last time while it is free, for the stored replica set names it; else a free one."""
        remembered = self.remembered_port()
        if remembered is not None and _is_free(remembered):
            return remembered
        # Below the ports that systems lend to outgoing connections, which would take this one now and then.
        return next(port for port in random.sample(_PORTS, len(_PORTS)) if _is_free(port))

    def remembered_port(self) -> int | None:
        return _read_number(self.path / "port")

    def remember_port(self, port: int) -> None:
        (self.path / "port").write_text(f"{port}\n")

    def roll_logs(self) -> None:
        """Set a long log aside, and forget all but the newest of those set aside."""
        if self.log_size() > LOG_LIMIT_BYTES:
            stamp = time.strftime("%Y-%m-%dT%H-%M-%S", time.gmtime(self.log.stat().st_mtime))
            self.log.rename(self.log.with_name(f"{self.log.name}.{stamp}"))
        self.forget_old_logs()

    def forget_old_logs(self) -> None:
        for old in sorted(self.path.glob("mongod.log.*"), reverse=True)[KEPT_LOGS:]:
            old.unlink(missing_ok=True)

    def log_size(self) -> int:
        return self.log.stat().st_size if self.log.exists() else 0

    def said_since(self, size: int) -> str:
        """What stands in the log after its first `size` bytes."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(size)
            return log.read().decode(errors="replace")

    def last_words(self) -> str:
        """What mongod last complained about, else what it said last: a few lines for an error message."""
        if self.complaints.exists() and (words := self.complaints.read_text(errors="replace").strip()):
            return words[-_LAST_WORDS:]
        lines = self.said_since(max(0, self.log_size() - _LAST_BYTES)).splitlines()
        complaints = [line for line in lines if '"s":"E"' in line or '"s":"F"' in line]
        return "\n".join((complaints or lines)[-3:])[-_LAST_WORDS:] or "it said nothing"


def _read_number(path: Path) -> int | None:
    try:
        words = path.read_text().strip()
    except FileNotFoundError:
        return None
    return int(words) if words.isdigit() else None


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # mongod binds the same way: connections of a killed mongod, still fading away, do not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def _arguments_of(pid: int) -> str:
    """The command line of a living process, or nothing. A zombie has none either."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    except OSError:
        pass
    if Path("/proc/self/cmdline").exists():
        return ""
    listing = subprocess.run(  # noqa: S603 - fixed words and a number; a system without /proc, such as macOS
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=5
    )
    return listing.stdout


def _signal_quietly(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
