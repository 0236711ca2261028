"""Pushes through aioapns to the stand-in: python aioapns_pushes.py HOST PORT CERTIFICATE ROOT TOPIC PUSHES STREAMS."""

import asyncio
import json
import logging
import ssl
import sys
import time
from collections.abc import Iterator

import aioapns
from aioapns.connection import APNsProductionClientProtocol

WARM_UP = 200


async def push(client: aioapns.APNs, numbers: Iterator[int]) -> int:
    sent = 0
    for number in numbers:
        request = aioapns.NotificationRequest(device_token=f"{number:064x}", message={}, push_type=None)
        sent += (await client.send_notification(request)).is_successful
    return sent


async def measure(certificate: str, root: str, topic: str, pushes: int, streams: int) -> dict[str, float]:
    context = ssl.create_default_context(cafile=root)
    context.set_alpn_protocols(["h2"])
    client = aioapns.APNs(client_cert=certificate, topic=topic, max_connections=1, ssl_context=context)
    await push(client, iter(range(WARM_UP)))
    numbers = iter(range(pushes))
    begun, cpu = time.perf_counter(), time.process_time()
    sent = sum(await asyncio.gather(*(push(client, numbers) for _ in range(streams))))
    wall_s, cpu_s = time.perf_counter() - begun, time.process_time() - cpu
    assert sent == pushes, sent
    return {"per_s": pushes / wall_s, "per_cpu_s": pushes / cpu_s}


def main() -> None:
    import uvloop  # noqa: PLC0415 -- the same loop as ours

    logging.disable(logging.CRITICAL)
    host, port, certificate, root, topic, pushes, streams = sys.argv[1:]
    APNsProductionClientProtocol.APNS_SERVER = host
    APNsProductionClientProtocol.APNS_PORT = int(port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(measure(certificate, root, topic, int(pushes), int(streams)))))


if __name__ == "__main__":
    main()
