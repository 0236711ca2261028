"""`tessera run` from a cold process: until it answers, and the memory it then holds without its mongod."""

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from certs.dev import make_dev_identities
from service.now import now

STARTS = 4
PATIENCE_S = 60.0
SETTLE_S = 6.0


def measure() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        identities = make_dev_identities(folder / "certs", at=now())
        files = identities.pass_files
        environment = {
            **os.environ,
            "TESSERA_DATA_FOLDER": str(folder / "data"),
            "TESSERA_APPLE__CERTIFICATE": str(files.certificate_path),
            "TESSERA_APPLE__KEY": str(files.key_path),
            "TESSERA_APPLE__INTERMEDIATE": str(files.wwdr_path),
            "TESSERA_GOOGLE__SERVICE_ACCOUNT": str(identities.google_path),
            "TESSERA_GOOGLE__ISSUER_ID": "3388000000012345678",
        }
        measured = [start_once(environment) for _ in range(STARTS)]
    first, *later = [seconds for seconds, _ in measured]
    memory = max(mib for _, mib in measured)
    print(
        f"tessera run answers after {statistics.median(later):.2f} s (first start, with an empty folder, {first:.2f} s)"
    )
    print(f"resident memory without mongod {memory:.0f} MiB (aim 300)")


def start_once(environment: dict[str, str]) -> tuple[float, float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "service.cli", "run"]
    started = time.perf_counter()
    with subprocess.Popen(
        command, env={**environment, "TESSERA_WEB__PORT": str(port)}, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_until_ready(port, process)
            seconds = time.perf_counter() - started
            time.sleep(SETTLE_S)
            return seconds, resident_mib(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)


def wait_until_ready(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError("tessera run did not answer; try it by hand to see why")


def resident_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kib) / 1024


if __name__ == "__main__":
    measure()
