"""Pushes per second through the APNs client to a lean server in a process of its own, beside two other clients.

aioapns (installed for the occasion) says what is usual; h2load, where it is on the path, how quick the server is.
"""

import asyncio
import multiprocessing
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.peers import measured, python_peers
from bench.push_server import serve
from certs.dev import DEV_PASS_TYPE, DevIdentities, make_dev_identities
from certs.identity import load_pass_identity
from wallet.apple.apns import ApnsClient, ApnsSettings
from wallet.apple.push_outcomes import Sent

PUSHES = 5_000
WARM_UP = 200
STREAMS = (1, 20, 200, 1000)
ROUNDS = 3
AIM = 1.3
SCRIPTS = Path(__file__).with_name("peer_scripts")


@dataclass(frozen=True, slots=True)
class Row:
    streams: int
    pushes: int
    wall_s: float
    cpu_s: float  # of the client alone


async def measure(url: str, identities: DevIdentities, streams: int, pushes: int) -> Row:
    identity = load_pass_identity(identities.pass_files, at=datetime.now(UTC))
    topic = identity.pass_type_identifier

    def clock() -> datetime:
        return datetime.now(UTC)

    client = ApnsClient(
        ApnsSettings(url=url, streams=streams),
        identity.client_context(identities.root_path),
        clock=clock,
        chance=random.Random(1),  # noqa: S311 -- jitter, not secrets
    )
    async with client:
        await client.push_many((f"{number:064x}" for number in range(WARM_UP)), topic=topic)
        begun, cpu = time.perf_counter(), time.process_time()
        outcomes = await client.push_many((f"{number:064x}" for number in range(pushes)), topic=topic)
        wall_s, cpu_s = time.perf_counter() - begun, time.process_time() - cpu
    assert len(outcomes) == pushes
    assert all(isinstance(outcome, Sent) for outcome in outcomes.values())
    return Row(streams, pushes, wall_s, cpu_s)


@contextmanager
def serving() -> Iterator[tuple[str, DevIdentities]]:
    """Run the server in a process of its own; gives its address and the identities it knows."""
    with tempfile.TemporaryDirectory() as name:
        identities = make_dev_identities(Path(name), at=datetime.now(UTC))
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(identities, theirs))
        process.start()
        try:
            yield ours.recv(), identities
        finally:
            ours.send(None)
            process.join(timeout=10)
            process.kill()


def run_ours(url: str, identities: DevIdentities, streams: int) -> Row:
    import uvloop  # noqa: PLC0415 -- the service's loop; not on every system

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measure(url, identities, streams, PUSHES if streams > 1 else PUSHES // 10))


def run_aioapns(url: str, identities: DevIdentities, target: Path, streams: int) -> dict[str, Any] | None:
    """Push as many through aioapns, on the same loop, over one connection like ours."""
    address = urlsplit(url)
    both = identities.folder / "both.pem"
    both.write_bytes(b"".join((identities.folder / name).read_bytes() for name in ("pass.pem", "wwdr.pem", "pass.key")))
    topic = load_pass_identity(identities.pass_files, at=datetime.now(UTC)).pass_type_identifier
    command = [sys.executable, str(SCRIPTS / "aioapns_pushes.py"), str(address.hostname), str(address.port), str(both)]
    command += [str(identities.root_path), topic, str(PUSHES), str(streams)]
    packages = os.pathsep.join([str(target), *(each for each in sys.path if each.endswith("site-packages"))])
    return measured(command, environment={"PYTHONPATH": packages})


def run_h2load(url: str, identities: DevIdentities, streams: int) -> float | None:
    """Push with nghttp2's h2load, written in C, which does nothing with the answers; None where it is not here."""
    program = shutil.which("h2load")
    if program is None:
        return None
    body = identities.folder / "body.json"
    body.write_text("{}")
    done = subprocess.run(
        [
            *(program, f"--requests={PUSHES}", "--clients=1", f"--max-concurrent-streams={streams}"),
            *(f"--data={body}", f"--header=apns-topic: {DEV_PASS_TYPE}", "--header=apns-priority: 5"),
            *("--header=apns-push-type: background", f"{url}/3/device/{'ab' * 32}"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    found = re.search(r"finished in .*, ([0-9.]+) req/s", done.stdout)
    return float(found[1]) if found else None


def compare(url: str, identities: DevIdentities, target: Path | None, streams: int) -> tuple[float, float] | None:
    """Print what each pushes; gives how many times aioapns we push, by the clock and by the client's processor."""
    by_clock, by_cpu = [], []
    for _ in range(ROUNDS if target and streams > 1 else 1):
        ours = run_ours(url, identities, streams)
        if target and streams > 1 and (theirs := run_aioapns(url, identities, target, streams)):
            by_clock.append(ours.pushes / ours.wall_s / theirs["per_s"])
            by_cpu.append(ours.pushes / ours.cpu_s / theirs["per_cpu_s"])
    print(f"{streams:16}{'ours':>10}{ours.pushes / ours.wall_s:12.0f}{ours.pushes / ours.cpu_s:18.0f}")
    if by_clock:
        print(f"{streams:16}{'aioapns':>10}{theirs['per_s']:12.0f}{theirs['per_cpu_s']:18.0f}")
    if streams > 1 and (fastest := run_h2load(url, identities, streams)):
        print(f"{streams:16}{'h2load':>10}{fastest:12.0f}", flush=True)
    return (statistics.median(by_clock), statistics.median(by_cpu)) if by_clock else None


def main() -> int:
    with serving() as (url, identities), tempfile.TemporaryDirectory() as folder:
        target = python_peers(Path(folder), "aioapns")
        print(f"{'streams at once':>16}{'by':>10}{'pushes/s':>12}{'per client CPU-s':>18}")
        found = [compare(url, identities, target, streams) for streams in STREAMS]
    if shutil.which("h2load") is None:
        print("left out, for it is not on the path: h2load (Debian: nghttp2-client)")
    if not (ratios := [each for each in found if each]):
        return 0
    clock, cpu = (", ".join(f"{each[side]:.2f}" for each in ratios) for side in (0, 1))
    is_kept = min(min(each) for each in ratios) >= AIM
    print(f"ours / aioapns: {clock} by the clock, {cpu} by the client's processor time")
    print(f"the aim is {AIM} -> {'kept' if is_kept else 'MISSED'}")
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
