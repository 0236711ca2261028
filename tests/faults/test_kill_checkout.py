"""`kill -9` of a real web process in the middle of quotes, holds, settlements, returns and voids: the ledger holds."""

import asyncio
import os
import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout

from offers.engine.card_codes import derive_key, scan_code
from offers.engine.holds import free
from offers.engine.lots import available
from offers.flows.enrol_member import Application, EnrolMember, Enrolment, Given
from offers.flows.open_programme import Opened, OpenProgramme
from offers.flows.release_hold import ReleaseHold
from offers.flows.reserve_limits import cause_of
from offers.flows.verify_ledger import VerifyLedger
from offers.model.consent import Purpose
from offers.model.ids import CheckoutId
from offers.model.ledger import POINTS, Account
from offers.model.programme import Language
from offers.model.purchase import Receipt
from offers.store.store import Store
from service.now import chance, now
from tests.clock import SettableClock
from tests.faults.busy_tills import BusyTills
from tests.faults.impatient_mongo import Mongo
from tests.faults.mortal_web import MortalWeb
from tests.faults.sweeping import proofs, sweep_until_nothing_is_held
from tests.rushes import limit_an_offer
from tests.till_door import COFFEE

EVERY_TEST = os.environ.get("TESSERA_ALL_TESTS") == "1"
KILLS = int(os.environ.get("TESSERA_KILLS", "100" if EVERY_TEST else "15"))
USES = 4 * KILLS
"""More than the first tills take and fewer than all would: the offer runs out now and then, and comes back."""
TILLS, MEMBERS = 4, 8
MOST_ANSWERS = 25
PATIENCE_S = 120.0
SECRET = "a master secret of the tests"
CODE_KEY = derive_key(SECRET.encode(), "scan-code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    store: Store
    opened: Opened
    enrolments: list[Enrolment]
    web: MortalWeb
    tills: BusyTills


@pytest.mark.timeout(120 + 20 * KILLS)
async def test_killed_anywhere_in_the_checkout_it_loses_nothing_and_does_nothing_twice(
    mongo: Mongo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    dice = random.Random(seed)  # noqa: S311 - chooses what to do and when to kill
    async with open_scene(mongo, tmp_path, dice) as scene:
        async with asyncio.TaskGroup() as tasks:
            for number in range(TILLS):
                tasks.create_task(scene.tills.work(number))
            for _ in range(KILLS):
                await live(scene, dice)
                await scene.web.die()
            scene.tills.closed.set()
        assert scene.web.deaths == KILLS
        await check_receipts(scene)
        await check_returns(scene)
        for enrolment in scene.enrolments:
            await check_account(scene, enrolment)
        await check_ledger(scene)
        await check_holds_end(scene)
        await check_limits(scene)
        tills = scene.tills
        with capsys.disabled():
            told = (
                f"{KILLS} kills, {len(tills.receipts)} sales, {len(tills.returns)} returns, {len(tills.voided)} voids"
            )
            print(f" [{told}, {tills.asked_again} asked again, {tills.fresh_prices} fresh prices] ", end="")  # noqa: T201


async def live(scene: Scene, dice: random.Random) -> None:
    """Let it live for a random number of answers, and a random moment more: the tills keep it busy all the while."""
    answered = scene.tills.answered + dice.randrange(MOST_ANSWERS)
    async with asyncio.timeout(PATIENCE_S):
        while scene.tills.answered < answered:
            await asyncio.sleep(0.005)
    await asyncio.sleep(dice.uniform(0, 0.05))


@asynccontextmanager
async def open_scene(mongo: Mongo, folder: Path, dice: random.Random) -> AsyncIterator[Scene]:
    store = mongo.store
    opened = await OpenProgramme(store, now, chance)(COFFEE)
    await limit_an_offer(store, opened.programme.id, cap=USES)
    enrolments = [await enrol(store, opened, number) for number in range(MEMBERS)]
    settings = {
        "TESSERA_SECRET": SECRET,
        "TESSERA_MONGO__URI": mongo.uri,
        "TESSERA_MONGO__DATABASE": store.database.name,
    }
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession(timeout=ClientTimeout(total=20)))
        web = await stack.enter_async_context(MortalWeb(folder=folder, settings=settings, session=session))
        codes = [scan_code(each.card.id, CODE_KEY) for each in enrolments]
        tills = BusyTills(web=web, key=opened.till_key.secret, codes=codes, session=session, dice=dice)
        yield Scene(store=store, opened=opened, enrolments=enrolments, web=web, tills=tills)


async def enrol(store: Store, opened: Opened, number: int) -> Enrolment:
    consent = Given(purpose=Purpose.PERSONAL_DATA, text_version="1", text_digest="d", proof="test")
    application = Application(language=Language.RU, source="test", consents=(consent,), phone=f"+7999000000{number}")
    return await EnrolMember(store, now, chance)(opened.programme, application)


async def check_receipts(scene: Scene) -> None:
    """Every answered order has exactly the receipt it was answered with; no other purchase exists."""
    kept = [document async for document in scene.store.database["receipts"].find({})]
    assert Counter(each["order_ref"] for each in kept) == Counter(list(scene.tills.receipts))
    assert {each["order_ref"]: each["_id"] for each in kept} == {
        order: receipt["checkout_id"] for order, receipt in scene.tills.receipts.items()
    }
    assert {each["_id"] for each in kept if each["state"] == "voided"} == scene.tills.voided
    assert not scene.tills.refused & scene.tills.receipts.keys()
    settled = [each async for each in scene.store.database["quotes"].find({"state": "settled"})]
    assert {each["checkout_id"]: each["_id"] for each in settled} == {
        each["_id"]: each["quote_id"] for each in kept if each["quote_id"] is not None
    }


async def check_returns(scene: Scene) -> None:
    """Every answered return is there once, and the receipts know of those and of no others."""
    kept = [document async for document in scene.store.database["returns"].find({})]
    asked = [(each["checkout_id"], each["return_ref"]) for each in scene.tills.returns]
    assert sorted((each["checkout_id"], each["return_ref"]) for each in kept) == sorted(asked)
    refunds: Counter[str] = Counter()
    for each in kept:
        refunds[each["checkout_id"]] += each["refund_minor"]
    async for receipt in scene.store.database["receipts"].find({}):
        assert sum(line["refund_minor"] for line in receipt["returned"]) == refunds[receipt["_id"]]


async def check_account(scene: Scene, enrolment: Enrolment) -> None:
    """The balance is what the answered receipts gave and took, less what came back of them."""
    account, member = await account_of(scene, enrolment), await scene.store.reading.members.get(enrolment.member.id)
    assert member is not None
    receipts = {each["_id"]: each async for each in scene.store.database["receipts"].find({"member_id": member.id})}
    alive = {checkout_id: each for checkout_id, each in receipts.items() if checkout_id not in scene.tills.voided}
    returns = [each for each in scene.tills.returns if each["checkout_id"] in alive]
    gained = sum(each["points_accrued"] - each["points_redeemed"] for each in alive.values())
    back = sum(each["points"]["returned"] - each["points"]["taken_back"] for each in returns)
    assert account.balance == gained + back
    assert account.balance == sum(lot.remaining for lot in account.lots) - account.deficit
    paid = sum(each["payable_minor"] for each in alive.values()) - sum(each["refund_minor"] for each in returns)
    assert (member.counters.spend_minor, member.counters.purchases) == (paid, len(alive))


async def check_ledger(scene: Scene) -> None:
    verdict = await VerifyLedger(scene.store, SettableClock(now() + timedelta(minutes=5)))()
    assert verdict.fault is None, (verdict.account, verdict.fault)
    assert verdict.entries > KILLS
    for enrolment in scene.enrolments:
        account = await account_of(scene, enrolment)
        entries = await scene.store.reading.accounts.entries(enrolment.member.id, POINTS, limit=100_000)
        assert [entry.seq for entry in entries] == list(range(1, account.seq + 1))
        assert len({entry.cause_key for entry in entries}) == len(entries)


async def check_holds_end(scene: Scene) -> None:
    """Holds that nobody came back for are over by themselves, and can be swept."""
    later = SettableClock(now() + timedelta(minutes=16))
    for enrolment in scene.enrolments:
        account = await account_of(scene, enrolment)
        assert free(account, later()) == available(account, later())
    await ReleaseHold(scene.store, later).lapsed(limit=10_000)
    assert await scene.store.database["quotes"].count_documents({"state": "held"}) == 0
    assert not any([(await account_of(scene, enrolment)).holds for enrolment in scene.enrolments])


async def check_limits(scene: Scene) -> None:
    """Every receipt took what its offer is limited by, once; nobody else took anything, and no pocket leaks."""
    await sweep_until_nothing_is_held(scene.store, SettableClock(now() + timedelta(minutes=16)))
    assert all(proof.is_whole for proof in await proofs(scene.store))
    causes = [cause_of(receipt) for receipt in await limited_receipts(scene)]
    taken = [each["cause"] async for each in scene.store.database["takes"].find({"settled_at": {"$ne": None}})]
    assert sorted(taken) == sorted(causes)
    assert len(causes) > KILLS


async def limited_receipts(scene: Scene) -> list[Receipt]:
    receipts = [
        await scene.store.reading.receipts.get(scene.opened.outlet.id, CheckoutId(receipt["checkout_id"]))
        for receipt in scene.tills.receipts.values()
    ]
    return [receipt for receipt in receipts if receipt is not None and receipt.offers]


async def account_of(scene: Scene, enrolment: Enrolment) -> Account:
    account = await scene.store.reading.accounts.find(enrolment.member.id, POINTS)
    assert account is not None
    return account
