"""From the commit of a purchase to the push at APNs: outbox, change stream, worker, HTTP/2, stand-in."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import uvloop

from bench.till import TILL, enrol_members, purchase
from certs.dev import make_dev_identities
from offers.flows.enrol_member import Enrolment
from offers.flows.settle_purchase import SettlePurchase
from offers.model.card import AppleRegistration
from sandbox.apns import ApnsStandIn
from service.house import House, open_house
from service.now import chance, now
from service.role import Role
from service.roles import run_roles
from service.settings import AppleSettings, Settings, UpdateSettings

MEMBERS = 50
PURCHASES = 400
PAUSE_S = 0.02


async def measure() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        identities = make_dev_identities(folder / "certs", at=now())
        async with ApnsStandIn(identities) as apns:
            files = identities.pass_files
            apple = AppleSettings(
                certificate=files.certificate_path,
                key=files.key_path,
                intermediate=files.wwdr_path,
                apns_url=apns.url,
                apns_authority=identities.root_path,
            )
            at_once = UpdateSettings(card_interval_s=0)
            async with open_house(Settings(data_folder=folder, apple=apple, updates=at_once)) as house:
                await _measure_in(house, apns)


async def _measure_in(house: House, apns: ApnsStandIn) -> None:
    members = await enrol_members(house.store, MEMBERS)
    tokens = {f"{number:064x}": member for number, member in enumerate(members)}
    for token, member in tokens.items():
        await house.store.reading.devices.register(_registration(member, token))
    async with asyncio.TaskGroup() as tasks:
        worker = tasks.create_task(run_roles(house, frozenset({Role.WORKER})))
        await asyncio.sleep(1.0)
        await _walk(house, apns, tokens)  # connections open, templates compile
        started = time.perf_counter()
        delays_ms = await _walk(house, apns, tokens)
        per_s = PURCHASES / (time.perf_counter() - started)
        worker.cancel()
    hundredths = statistics.quantiles(delays_ms, n=100)
    print(
        f"commit → push received, {len(delays_ms)} purchases at {per_s:.0f}/s: "
        f"p50 {hundredths[49]:.1f} ms, p99 {hundredths[98]:.1f} ms"
    )


def _registration(member: Enrolment, token: str) -> AppleRegistration:
    return AppleRegistration(
        device_id=f"device-{token[-6:]}",
        pass_type="pass.dev.tessera.card",
        serial=member.card.serial,
        card_id=member.card.id,
        push_token=token,
        registered_at=now(),
    )


async def _walk(house: House, apns: ApnsStandIn, tokens: dict[str, Enrolment]) -> list[float]:
    """Settle one purchase after another, the members in turn; time each until its device's push arrives."""
    settle = SettlePurchase(house.store, now, chance)
    waiting: dict[str, float] = {}
    delays_ms: list[float] = []
    with apns.watching() as pushes:

        async def receive() -> None:
            async for push in pushes:
                if (started := waiting.pop(push.token, None)) is not None:
                    delays_ms.append((time.perf_counter() - started) * 1000)
                if len(delays_ms) == PURCHASES:
                    return

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(receive())
            names = list(tokens)
            for number in range(PURCHASES):
                token = names[number % len(names)]
                await settle(TILL, purchase(tokens[token], f"{number}-{time.monotonic_ns()}"))
                waiting[token] = time.perf_counter()
                await asyncio.sleep(PAUSE_S)
    return delays_ms


def main() -> None:
    uvloop.run(measure())


if __name__ == "__main__":
    main()
