"""`kill -9` of a real Tessera in the middle of sales: nothing is lost, nothing is done twice, every phone is told."""

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout

from certs.dev import DEV_PASS_TYPE, DEV_TEAM, DevIdentities
from offers.engine.card_codes import derive_key, link_token, scan_code
from offers.flows.enrol_member import Application, EnrolMember, Enrolment, Given
from offers.flows.open_programme import Opened, OpenProgramme
from offers.model.consent import Purpose
from offers.model.ledger import POINTS
from offers.model.message import Lane
from offers.model.programme import Language
from offers.store.store import Store
from sandbox.apns import ApnsStandIn
from sandbox.phone.device import AppleDevice
from service.cli.stand_ins import free_port
from service.now import chance, now
from tests.faults.impatient_mongo import Mongo
from tests.faults.mortal_service import MortalService, Phones, Tills
from tests.till_door import COFFEE

KILLS, TILLS, MEMBERS = 10, 6, 4
MOST_SALES = 30
PATIENCE_S = 90.0
SECRET = "a master secret of the tests"
CODE_KEY = derive_key(SECRET.encode(), "scan-code")
ENTRIES_LIMIT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    store: Store
    opened: Opened
    enrolments: list[Enrolment]
    service: MortalService
    tills: Tills
    phones: Phones


@pytest.mark.timeout(300)
async def test_killed_at_any_moment_it_loses_nothing_and_does_nothing_twice(
    mongo: Mongo, dev_identities: DevIdentities, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    dice = random.Random(seed)  # noqa: S311 - chooses when to kill
    async with open_scene(mongo, dev_identities, tmp_path, dice) as scene:
        async with scene.phones.following():
            async with asyncio.TaskGroup() as tasks:
                for number in range(TILLS):
                    tasks.create_task(scene.tills.work(number))
                for _ in range(KILLS):
                    await live(scene, dice)
                    await scene.service.die()
                    await scene.service.start()
                scene.tills.closed.set()
            await until_drained(scene)
            await until_shown(scene)
        assert await scene.service.end() == 0
        await check_receipts(scene)
        for enrolment in scene.enrolments:
            await check_account(scene, enrolment)
            await check_pushes(scene, enrolment)
        with capsys.disabled():
            print(f" [{len(scene.tills.receipts)} sales, {scene.tills.asked_again} asked again] ", end="")  # noqa: T201


async def live(scene: Scene, dice: random.Random) -> None:
    """Let it live for a random number of sales, and a random moment more: the tills keep it busy all the while."""
    answered = len(scene.tills.receipts) + dice.randrange(MOST_SALES)
    async with asyncio.timeout(PATIENCE_S):
        while len(scene.tills.receipts) < answered:
            await asyncio.sleep(0.005)
    await asyncio.sleep(dice.uniform(0, 0.1))


@asynccontextmanager
async def open_scene(
    mongo: Mongo, identities: DevIdentities, folder: Path, dice: random.Random
) -> AsyncIterator[Scene]:
    store = mongo.store
    opened = await OpenProgramme(store, now, chance)(COFFEE)
    enrolments = [await enrol(store, opened, number) for number in range(MEMBERS)]
    async with AsyncExitStack() as stack:
        apns = await stack.enter_async_context(ApnsStandIn(identities))
        session = await stack.enter_async_context(ClientSession(timeout=ClientTimeout(total=20)))
        settings = settings_of(mongo, identities, apns)
        url = settings["TESSERA_WEB__PUBLIC_URL"]
        service = await stack.enter_async_context(MortalService(folder=folder, settings=settings))
        devices = [device(identities, session, number) for number in range(MEMBERS)]
        for enrolment, each in zip(enrolments, devices, strict=True):
            held = await each.add(f"{url}/c/{link_token(enrolment.card.id, CODE_KEY)}.pkpass")
            assert held.is_registered
        by_token = {each.push_token: each for each in devices}
        pushed = {token: asyncio.Event() for token in by_token}
        yield Scene(
            store=store,
            opened=opened,
            enrolments=enrolments,
            service=service,
            tills=Tills(
                url=url,
                key=opened.till_key.secret,
                codes=[scan_code(each.card.id, CODE_KEY) for each in enrolments],
                session=session,
                dice=dice,
            ),
            phones=Phones(service=service, apns=apns, by_token=by_token, pushed=pushed),
        )


async def enrol(store: Store, opened: Opened, number: int) -> Enrolment:
    consent = Given(purpose=Purpose.PERSONAL_DATA, text_version="1", text_digest="d", proof="test")
    application = Application(language=Language.RU, source="test", consents=(consent,), phone=f"+7999000000{number}")
    return await EnrolMember(store, now, chance)(opened.programme, application)


def device(identities: DevIdentities, session: ClientSession, number: int) -> AppleDevice:
    return AppleDevice(
        device_id=f"phone-{number}",
        push_token=f"{number:02x}" * 32,
        language="ru",
        session=session,
        trust_root=identities.root_path,
    )


def settings_of(mongo: Mongo, identities: DevIdentities, apns: ApnsStandIn) -> dict[str, str]:
    port = free_port(0)
    return {
        "TESSERA_SECRET": SECRET,
        "TESSERA_MONGO__URI": mongo.uri,
        "TESSERA_MONGO__DATABASE": mongo.store.database.name,
        "TESSERA_WEB__PORT": str(port),
        "TESSERA_WEB__PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TESSERA_APPLE__PASS_TYPE": DEV_PASS_TYPE,
        "TESSERA_APPLE__TEAM": DEV_TEAM,
        "TESSERA_APPLE__CERTIFICATE": str(identities.folder / "pass.pem"),
        "TESSERA_APPLE__KEY": str(identities.folder / "pass.key"),
        "TESSERA_APPLE__INTERMEDIATE": str(identities.folder / "wwdr.pem"),
        "TESSERA_APPLE__APNS_URL": apns.url,
        "TESSERA_APPLE__APNS_AUTHORITY": str(identities.root_path),
        "TESSERA_UPDATES__CARD_INTERVAL_S": "0.2",
    }


async def until_drained(scene: Scene) -> None:
    """What a killed worker held falls due again when its lease runs out, not before."""
    async with asyncio.timeout(PATIENCE_S):
        while any([await scene.store.reading.outbox.waiting(lane) for lane in Lane]):
            await asyncio.sleep(0.1)


async def until_shown(scene: Scene) -> None:
    """Every phone shows what the account holds, and pushes alone brought it there."""
    for enrolment in scene.enrolments:
        account = await scene.store.reading.accounts.find(enrolment.member.id, POINTS)
        wanted = account.balance if account else 0
        async with asyncio.timeout(PATIENCE_S):
            while scene.phones.balance(enrolment) != wanted:
                await asyncio.sleep(0.05)


async def check_receipts(scene: Scene) -> None:
    """Every answered order has exactly the receipt it was answered with; no other purchase exists."""
    kept = [document async for document in scene.store.database["receipts"].find({})]
    assert Counter(each["order_ref"] for each in kept) == Counter(scene.tills.receipts.keys())
    assert {each["order_ref"]: each["_id"] for each in kept} == {
        order: receipt["checkout_id"] for order, receipt in scene.tills.receipts.items()
    }
    assert len(kept) > KILLS
    assert not scene.tills.refused & scene.tills.receipts.keys()


async def check_account(scene: Scene, enrolment: Enrolment) -> None:
    """Σ entries = balance = Σ lots − deficit = what the receipts say, and no entry is there twice."""
    accounts = scene.store.reading.accounts
    account = await accounts.find(enrolment.member.id, POINTS)
    assert account is not None
    entries = await accounts.entries(enrolment.member.id, POINTS, limit=ENTRIES_LIMIT)
    moved = [receipt["points"] for receipt in await receipts_of(scene, enrolment)]

    assert account.balance == sum(entry.points for entry in entries)
    assert account.balance == sum(lot.remaining for lot in account.lots) - account.deficit
    assert account.balance == sum(points["accrued"] - points["redeemed"] for points in moved)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert len({entry.cause_key for entry in entries}) == len(entries)
    assert account.seq == len(entries)


async def check_pushes(scene: Scene, enrolment: Enrolment) -> None:
    """Every purchase gave the card one version; the latest was delivered, once for all that came just before it."""
    card = await scene.store.reading.cards.of_member(enrolment.member.id)
    assert card is not None
    versions = range(enrolment.card.version + 1, card.version + 1)
    assert len(versions) == len(await receipts_of(scene, enrolment))
    deliveries = scene.store.database["deliveries"]
    keys = {f"card:{card.id}:apple:v{version}" for version in versions}
    delivered = [each async for each in deliveries.find({"_id": {"$in": sorted(keys)}})]
    assert f"card:{card.id}:apple:v{card.version}" in {each["_id"] for each in delivered}
    assert {each["state"] for each in delivered} == {"delivered"}
    assert {each["note"] for each in delivered} <= {"1 of 1 devices", "nothing changed"}
    token = next(token for token, phone in scene.phones.by_token.items() if enrolment.card.serial in phone.passes)
    assert any(push.token == token for push in scene.phones.apns.received)


async def receipts_of(scene: Scene, enrolment: Enrolment) -> list[dict[str, Any]]:
    query = {"member_id": enrolment.member.id}
    orders = [each["order_ref"] async for each in scene.store.database["receipts"].find(query)]
    return [scene.tills.receipts[order] for order in orders]
