"""Pushes per second through the APNs client to the stand-in, which runs in a process of its own."""

import asyncio
import multiprocessing
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from certs.dev import DevIdentities, make_dev_identities
from certs.identity import load_pass_identity
from sandbox.apns import ApnsStandIn
from wallet.apple.apns import ApnsClient, ApnsSettings
from wallet.apple.push_outcomes import Sent

PUSHES = 5000
WARM_UP = 200
STREAMS = (1, 20, 200, 1000)


@dataclass(frozen=True, slots=True)
class Row:
    streams: int
    pushes: int
    wall_s: float
    cpu_s: float  # of the client alone


def serve(folder: Path, pipe: Connection) -> None:
    asyncio.run(stand_in(DevIdentities(folder=folder), pipe))


async def stand_in(identities: DevIdentities, pipe: Connection) -> None:
    async with ApnsStandIn(identities) as server:
        pipe.send(server.url)
        await asyncio.to_thread(pipe.recv)


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


def run(loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None) -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        identities = make_dev_identities(Path(name), at=datetime.now(UTC))
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(identities.folder, theirs))
        process.start()
        try:
            url = ours.recv()
            with asyncio.Runner(loop_factory=loop_factory) as runner:
                return [
                    runner.run(measure(url, identities, streams, PUSHES if streams > 1 else PUSHES // 10))
                    for streams in STREAMS
                ]
        finally:
            ours.send(None)
            process.join(timeout=10)
            process.kill()


def main() -> None:
    import uvloop  # noqa: PLC0415 -- the service's loop; not on every system

    print(f"{'streams at once':>16}{'loop':>10}{'pushes/s':>12}{'per client CPU-s':>18}")
    for name, factory in (("asyncio", None), ("uvloop", uvloop.new_event_loop)):
        for row in run(factory):
            speed, of_cpu = row.pushes / row.wall_s, row.pushes / row.cpu_s
            print(f"{row.streams:16}{name:>10}{speed:12.0f}{of_cpu:18.0f}")


if __name__ == "__main__":
    main()
