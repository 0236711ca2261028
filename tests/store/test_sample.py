"""The sample coffee house: believable, the same every time, loaded once, its points provable."""

import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from offers.engine.levels import level_of
from offers.flows.know_key import KnowKey
from offers.flows.recount_members import RecountMembers
from offers.model.ledger import POINTS
from offers.model.purchase import Receipt, ReceiptOrigin
from offers.store.codec import from_document
from offers.store.store import Store
from offers.store.work import Work
from sandbox.sample.load import Sample, load_sample
from tests.clock import SettableClock

UNTIL = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")


async def load(store: Store, clock: SettableClock, *, until: datetime = UNTIL) -> Sample:
    return await load_sample(store, clock=clock, chance=secrets.token_bytes, until=until)


async def receipts_of(store: Store) -> list[Receipt]:
    return [
        from_document(Receipt, document) async for document in store.database["receipts"].find().sort("order_ref", 1)
    ]


async def fingerprint(store: Store) -> list[tuple[str, datetime, int]]:
    return [(receipt.order_ref, receipt.at, receipt.total_minor) for receipt in await receipts_of(store)]


async def assert_points_are_provable(store: Store, sample: Sample) -> int:
    """Σ entries = balance = Σ lots − deficit, for every member; give the sum of balances."""
    whole = 0
    for member in sample.members:
        account = await store.reading.accounts.find(member.id, POINTS)
        if account is None:
            continue
        entries = await store.reading.accounts.entries(member.id, POINTS)
        held = sum(lot.remaining for lot in account.lots) - account.deficit
        assert sum(entry.points for entry in entries) == account.balance == held
        assert [entry.seq for entry in entries] == list(range(1, account.seq + 1))
        assert all(lot.expires_at and lot.expires_at > UNTIL for lot in account.lots)
        whole += account.balance
    return whole


async def test_a_year_of_a_coffee_house_looks_like_one(store: Store, clock: SettableClock) -> None:
    sample = await load(store, clock)

    receipts = await receipts_of(store)
    assert 5_000 <= len(receipts) <= 8_000
    assert len(sample.members) == 120
    local = [receipt.at.astimezone(MOSCOW) for receipt in receipts]
    assert max(receipt.at for receipt in receipts) < UNTIL
    assert min(receipt.at for receipt in receipts) > UNTIL - timedelta(days=366)
    assert all(8 <= at.hour < 22 for at in local)
    mornings = sum(1 for at in local if at.weekday() < 5 and at.hour < 10)
    assert mornings / len(local) > 0.25
    days = Counter(at.weekday() for at in local)
    assert max(days.values()) < 2 * min(days.values())
    levels = Counter(level_of(sample.programme.terms, member.counters.spend_minor) for member in sample.members)
    assert len(levels) == 4
    gone = [member for member in sample.members if member.counters.last_purchase_at < UNTIL - timedelta(days=60)]  # type: ignore[operator]  # everybody bought something
    assert 5 <= len(gone) <= 40
    assert {receipt.origin for receipt in receipts} == {ReceiptOrigin.IMPORT}


async def test_everything_says_that_it_is_a_sample_and_nobody_real_is_in_it(store: Store, clock: SettableClock) -> None:
    sample = await load(store, clock)

    assert sample.programme.is_sample
    assert all(member.is_sample and member.source == "sample" for member in sample.members)
    assert all(member.phone and member.phone.startswith("+7000") for member in sample.members)
    assert await store.database["consents"].count_documents({}) == 0
    assert await store.database["cards"].count_documents({}) == 120
    assert await store.database["outbox"].count_documents({}) == 0


async def test_counters_equal_a_recount_and_points_are_provable(store: Store, clock: SettableClock) -> None:
    sample = await load(store, clock)
    before = {member.id: member.counters for member in sample.members}

    await store.database["members"].update_many({}, {"$inc": {"recount_due": 1}})
    await RecountMembers(store)(sample.programme.id)

    assert {member.id: member.counters for member in (await load(store, clock)).members} == before
    assert sum(counters.purchases for counters in before.values()) == len(await receipts_of(store))
    assert await assert_points_are_provable(store, sample) > 10_000


async def test_a_second_start_finds_the_coffee_house_as_it_is(store: Store, clock: SettableClock) -> None:
    first = await load(store, clock)
    history = await fingerprint(store)
    points = await assert_points_are_provable(store, first)
    clock.move(timedelta(days=3))

    second = await load(store, clock, until=UNTIL + timedelta(days=3))

    assert (second.programme, second.outlet, second.members) == (first.programme, first.outlet, first.members)
    assert await fingerprint(store) == history
    assert await assert_points_are_provable(store, second) == points
    for sample in (first, second):
        holder = await KnowKey(store)(sample.till_key)
        assert holder.outlet == sample.outlet


async def test_the_same_seed_and_instant_make_the_same_year(store: Store, clock: SettableClock) -> None:
    await load(store, clock)
    first = await fingerprint(store)
    for name in await store.database.list_collection_names():
        await store.database[name].delete_many({})

    await load(store, clock)

    assert await fingerprint(store) == first


async def test_a_load_that_was_cut_off_is_completed_at_the_next_start(
    store: Store, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await load(store, clock)
    whole = await fingerprint(store)
    for name in await store.database.list_collection_names():
        await store.database[name].delete_many({})
    transact = store.transact
    left = 5

    async def cut_off(body: Callable[[Work], Awaitable[object]]) -> object:
        nonlocal left
        left -= 1
        if left == 0:
            raise ConnectionError("cut off")
        return await transact(body)

    monkeypatch.setattr(store, "transact", cut_off)
    with pytest.raises(ConnectionError):
        await load(store, clock)
    assert 0 < len(await fingerprint(store)) < len(whole)
    monkeypatch.undo()

    sample = await load(store, clock, until=UNTIL + timedelta(days=1))

    assert await fingerprint(store) == whole
    assert sum(member.counters.purchases for member in sample.members) == len(whole)
    assert await assert_points_are_provable(store, sample) > 0
