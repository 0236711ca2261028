"""`kill -9` of a real Tessera while it tells Google of balances: the latest state of every card arrives."""

import asyncio
import random
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout

from certs.dev import DevIdentities
from offers.engine.card_codes import scan_code
from offers.flows.enrol_member import Enrolment
from offers.flows.open_programme import OpenProgramme
from offers.model.ledger import POINTS
from offers.model.message import Lane
from offers.store.store import Store
from sandbox.google.server import GoogleStandIn
from service.cli.stand_ins import free_port
from service.now import chance, now
from tests.faults.impatient_mongo import Mongo
from tests.faults.mortal_service import MortalService, Tills
from tests.faults.test_kill import CODE_KEY, SECRET, enrol
from tests.identities import google_account_of
from tests.till_door import COFFEE

ISSUER = "3388000000012345678"
KILLS, MEMBERS, TILLS = 3, 12, 3
PATIENCE_S = 120.0


def settings_of(mongo: Mongo, identities: DevIdentities, google: GoogleStandIn) -> dict[str, str]:
    port = free_port(0)
    return {
        "TESSERA_SECRET": SECRET,
        "TESSERA_MONGO__URI": mongo.uri,
        "TESSERA_MONGO__DATABASE": mongo.store.database.name,
        "TESSERA_WEB__PORT": str(port),
        "TESSERA_WEB__PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TESSERA_GOOGLE__ISSUER_ID": ISSUER,
        "TESSERA_GOOGLE__SERVICE_ACCOUNT": str(identities.google_path),
        "TESSERA_GOOGLE__API_URL": google.api_url,
        "TESSERA_GOOGLE__TOKEN_URL": google.token_url,
        "TESSERA_UPDATES__CARD_INTERVAL_S": "0.1",
    }


@pytest.mark.timeout(400)
async def test_killed_while_it_tells_google_it_loses_no_latest_state(
    mongo: Mongo, dev_identities: DevIdentities, tmp_path: Path
) -> None:
    store, dice = mongo.store, random.Random(11)  # noqa: S311 - chooses when to kill
    opened = await OpenProgramme(store, now, chance)(COFFEE)
    members = [await enrol(store, opened, number) for number in range(MEMBERS)]
    for member in members:
        await store.reading.cards.save_to_google(member.card.id, source="test")
    account = google_account_of(dev_identities)
    keys = {account.client_email: account.private_key.public_key()}
    async with AsyncExitStack() as stack:
        google = await stack.enter_async_context(GoogleStandIn(public_keys=keys, issuer_id=ISSUER, requests_per_s=20))
        session = await stack.enter_async_context(ClientSession(timeout=ClientTimeout(total=20)))
        settings = settings_of(mongo, dev_identities, google)
        service = await stack.enter_async_context(MortalService(folder=tmp_path, settings=settings))
        tills = Tills(
            url=settings["TESSERA_WEB__PUBLIC_URL"],
            key=opened.till_key.secret,
            codes=[scan_code(each.card.id, CODE_KEY) for each in members],
            session=session,
            dice=dice,
        )
        async with asyncio.TaskGroup() as tasks:
            for number in range(TILLS):
                tasks.create_task(tills.work(number))
            for _ in range(KILLS):
                google.fail(times=2, latency_s=0.4, door="api")
                await until_written(google, len(google.calls) + dice.randrange(3, 25))
                await service.die()
                await service.start()
            tills.closed.set()
        async with asyncio.timeout(PATIENCE_S):
            while any([await store.reading.outbox.waiting(lane) for lane in (Lane.EVENTS, Lane.GOOGLE)]):
                await asyncio.sleep(0.1)
        assert await service.end() == 0
        await check_latest(store, google, members)
    # Neither 429 nor QuotaExceededException: both quotas were kept through every death.
    assert {call.status for call in google.calls} <= {200, 404, 409}


async def check_latest(store: Store, google: GoogleStandIn, members: list[Enrolment]) -> None:
    """Google shows the balance of everybody who bought something, as the ledger has it."""
    sold = {row["member_id"] async for row in store.database["receipts"].find({}, {"member_id": 1})}
    assert len(sold) > MEMBERS // 2
    for member in members:
        if member.member.id in sold:
            kept = await store.reading.accounts.find(member.member.id, POINTS)
            assert kept is not None
            assert shown(google, member.card.serial) == kept.balance


async def until_written(google: GoogleStandIn, calls: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while len(google.calls) < calls:
            await asyncio.sleep(0.005)


def shown(google: GoogleStandIn, serial: str) -> Any:
    return google.object(f"{ISSUER}.{serial}")["loyaltyPoints"]["balance"]["int"]
