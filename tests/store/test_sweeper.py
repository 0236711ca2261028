"""Points that wait, run out, come back and are announced: on time, once, and the same with and without a sweeper."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from offers.flows.enrol_member import Enrolment
from offers.flows.expire_lots import ExpireLots
from offers.flows.remind_of_expiry import RemindOfExpiry
from offers.model.errors import NotEnoughPoints
from offers.model.ledger import EntryKind, ReturnPolicy, SpendingOrder
from offers.model.message import Lane, OutboxItem
from tests.ledger_house import LedgerHouse


async def kinds(house: LedgerHouse, who: Enrolment) -> list[EntryKind]:
    return [entry.kind for entry in await house.store.reading.accounts.entries(who.member.id, "points")]


async def told(house: LedgerHouse) -> list[OutboxItem]:
    return await house.store.reading.outbox.claim(Lane.TELEGRAM, claim="c", at=house.clock(), lease_s=0)


async def test_points_run_out_at_the_end_of_the_local_day(house: LedgerHouse) -> None:
    await house.agree(points_live_days=10)
    anna = await house.enrol(1)
    await house.buy(anna, points=100)  # noon on 14 March in Moscow
    end = datetime(2026, 3, 24, 21, 0, tzinfo=UTC)

    house.clock.set_to(end - timedelta(milliseconds=1))
    assert await house.spendable(anna.member.id) == 100
    house.clock.set_to(end)
    assert await house.spendable(anna.member.id) == 0


async def test_the_sweeper_writes_off_what_ran_out_and_tells_the_card(house: LedgerHouse) -> None:
    await house.agree(points_live_days=10)
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.buy(anna, points=100)
    await house.buy(boris, points=70)
    sweep = ExpireLots(house.store, house.clock)
    assert (await sweep()).accounts == 0
    house.clock.move(timedelta(days=12))
    events = await house.store.reading.outbox.waiting(Lane.EVENTS)

    swept = await sweep()

    assert (swept.accounts, swept.points_expired) == (2, 170)
    assert await house.store.reading.outbox.waiting(Lane.EVENTS) == events + 2
    assert (await house.account(anna.member.id)).balance == 0
    assert (await sweep()).accounts == 0
    await house.verify()


async def test_a_sweeper_that_slept_for_years_finds_everything_by_index(house: LedgerHouse) -> None:
    """A job that looks at one day, and at everyone, never makes up for a day it missed."""
    anna = await house.enrol(1)
    await house.buy(anna, points=100)
    house.clock.move(timedelta(days=2_000))
    query: dict[str, Any] = {"next_expiry_at": {"$type": "date", "$lte": house.clock()}}

    plan = await house.store.database["accounts"].find(query).sort("next_expiry_at").limit(10).explain()
    swept = await ExpireLots(house.store, house.clock)()

    assert "IXSCAN" in str(plan["queryPlanner"]["winningPlan"])
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
    assert swept.points_expired == 100


async def test_what_ran_out_cannot_be_spent_though_nothing_swept_it(house: LedgerHouse) -> None:
    await house.agree(points_live_days=10)
    anna = await house.enrol(1)
    await house.buy(anna, points=100)
    house.clock.move(timedelta(days=12))

    with pytest.raises(NotEnoughPoints) as refusal:
        await house.buy(anna, redeem=1)

    assert refusal.value.available == 0
    await house.verify()


async def test_pending_points_cannot_be_spent_until_their_local_day_begins(house: LedgerHouse) -> None:
    await house.agree(pending_days=3)
    anna = await house.enrol(1)
    receipt = await house.buy(anna, points=100)
    assert receipt.balance == 0
    active = datetime(2026, 3, 16, 21, 0, tzinfo=UTC)
    house.clock.set_to(active - timedelta(milliseconds=1))
    with pytest.raises(NotEnoughPoints):
        await house.buy(anna, redeem=1)
    house.clock.set_to(active)

    await house.buy(anna, redeem=50)

    assert (await kinds(house, anna))[:3] == [EntryKind.ACCRUAL, EntryKind.ACTIVATION, EntryKind.REDEMPTION]
    await house.verify()


async def test_the_sweeper_notes_an_activation_once(house: LedgerHouse) -> None:
    await house.agree(pending_days=1)
    anna = await house.enrol(1)
    await house.buy(anna, points=100)
    await house.buy(anna, points=20)  # the same day: one lot
    house.clock.move(timedelta(days=1))
    sweep = ExpireLots(house.store, house.clock)

    swept = await sweep()

    assert swept.lots_activated == 1
    assert (await sweep()).accounts == 0
    assert await kinds(house, anna) == [EntryKind.ACCRUAL, EntryKind.ACCRUAL, EntryKind.ACTIVATION]
    assert await house.spendable(anna.member.id) == 120
    await house.verify()


async def test_a_late_receipt_changes_nothing_that_was_written(house: LedgerHouse) -> None:
    """A ledger replayed by date would move edges that are history, and expiries with them."""
    await house.agree(points_live_days=20)
    anna = await house.enrol(1)
    house.clock.move(timedelta(days=10))
    await house.buy(anna, points=100)
    await house.buy(anna, redeem=60)
    before = await house.store.reading.accounts.entries(anna.member.id, "points")

    late = await house.buy(anna, points=50, at=house.clock() - timedelta(days=10))

    after = await house.store.reading.accounts.entries(anna.member.id, "points")
    assert after[: len(before)] == before
    assert (after[-1].effective_at, after[-1].recorded_at) == (late.at, house.clock())
    lots = (await house.account(anna.member.id)).lots
    assert sorted(lot.remaining for lot in lots) == [40 + before[-1].points, 50]
    await house.verify()


async def test_redeeming_and_voiding_lengthens_no_life(house: LedgerHouse) -> None:
    anna = await house.enrol(1)
    await house.buy(anna, points=100)
    lot = (await house.account(anna.member.id)).lots[0]
    house.clock.set_to(lot.expires_at - timedelta(hours=1) if lot.expires_at else house.clock())
    paid = await house.buy(anna, redeem=100)

    await house.void(paid)

    restored = next(each for each in (await house.account(anna.member.id)).lots if each.id == lot.id)
    assert (restored.remaining, restored.expires_at) == (100, lot.expires_at)
    await house.verify()


@pytest.mark.parametrize(("grace_days", "back"), [(14, 100), (0, 0)])
async def test_what_ran_out_meanwhile_comes_back_for_the_grace_alone(
    house: LedgerHouse, grace_days: int, back: int
) -> None:
    await house.agree(restore_grace_days=grace_days)
    anna = await house.enrol(1)
    await house.buy(anna, points=100)
    lot = (await house.account(anna.member.id)).lots[0]
    assert lot.expires_at
    house.clock.set_to(lot.expires_at - timedelta(minutes=1))
    paid = await house.buy(anna, redeem=100)
    paid_day = paid.business_day
    house.clock.move(timedelta(minutes=1))
    await house.store.database["receipts"].update_one({"_id": paid.id}, {"$set": {"business_day": "2027-03-15"}})

    await house.void(paid)

    assert paid_day == "2027-03-14"
    restored = [each for each in (await house.account(anna.member.id)).lots if each.id == lot.id]
    assert sum(each.remaining for each in restored) == back
    assert all(each.expires_at == house.clock() + timedelta(days=grace_days) for each in restored)
    await house.verify()


@pytest.mark.parametrize(
    ("policy", "balance"),
    [(ReturnPolicy.ONLY_PENDING, 10), (ReturnPolicy.WITHIN_BALANCE, 0), (ReturnPolicy.UNLIMITED, -90)],
)
async def test_a_void_takes_back_as_much_as_the_policy_lets_it(
    house: LedgerHouse, policy: ReturnPolicy, balance: int
) -> None:
    await house.agree(return_policy=policy, accrual_bp=0)
    anna = await house.enrol(1)
    await house.agree(accrual_bp=1_000)
    given = await house.buy(anna, points=100)
    await house.agree(accrual_bp=0)
    await house.buy(anna, redeem=90)

    await house.void(given)

    assert (await house.account(anna.member.id)).balance == balance
    await house.verify()


async def test_points_still_pending_are_taken_back_whatever_the_policy(house: LedgerHouse) -> None:
    await house.agree(return_policy=ReturnPolicy.ONLY_PENDING, pending_days=5)
    anna = await house.enrol(1)
    given = await house.buy(anna, points=100)

    await house.void(given)

    assert (await house.account(anna.member.id)).balance == 0
    await house.verify()


async def test_funder_first_spends_what_the_till_s_own_merchant_pays_for(house: LedgerHouse) -> None:
    await house.agree(spending_order=SpendingOrder.FUNDER_FIRST)
    anna = await house.enrol(1)
    await house.buy(anna, points=100, till=house.till_of("bakery"))  # runs out first
    house.clock.move(timedelta(days=3))
    await house.buy(anna, points=100, till=house.till_of("cinema"))

    await house.buy(anna, redeem=30, till=house.till_of("cinema"))

    left = {lot.funder: lot.remaining for lot in (await house.account(anna.member.id)).lots}
    assert left["bakery"] == 100
    assert left["cinema"] < 100


async def test_a_reminder_is_put_once_for_each_day_and_with_its_last_day(house: LedgerHouse) -> None:
    await house.agree(points_live_days=30, expiry_reminder_days=7)
    anna = await house.enrol(1, telegram_id=7)
    await house.buy(anna, points=100)
    house.clock.move(timedelta(days=1))
    await house.buy(anna, points=50)
    remind = RemindOfExpiry(house.store, house.clock)
    assert await remind(house.programme) == 0
    house.clock.move(timedelta(days=23))

    first, again = await remind(house.programme), await remind(house.programme)
    house.clock.move(timedelta(days=1))
    next_day = await remind(house.programme)

    assert (first, again, next_day) == (1, 0, 1)
    items = await told(house)
    assert [(item.kind, item.payload["points"], item.payload["last_day"]) for item in items] == [
        ("PointsExpiring", 100, "2026-04-13"),
        ("PointsExpiring", 50, "2026-04-14"),
    ]
    assert items[0].payload["telegram_id"] == 7
    await house.verify()


async def test_a_reminder_delivered_is_not_put_again(house: LedgerHouse) -> None:
    """The outbox forgets what it delivered; the account does not."""
    await house.agree(points_live_days=30, expiry_reminder_days=7)
    anna = await house.enrol(1, telegram_id=7)
    await house.buy(anna, points=100)
    house.clock.move(timedelta(days=24))
    remind = RemindOfExpiry(house.store, house.clock)
    await remind(house.programme)
    await house.store.database["outbox"].delete_many({})

    assert await remind(house.programme) == 0
    await house.buy(anna, points=10)
    assert await remind(house.programme) == 0


async def test_a_day_missed_is_made_up_for_and_what_ran_out_is_not_announced(house: LedgerHouse) -> None:
    await house.agree(points_live_days=30, expiry_reminder_days=7)
    anna, boris = await house.enrol(1, telegram_id=7), await house.enrol(2, telegram_id=8)
    await house.buy(boris, points=30)
    house.clock.move(timedelta(days=3))
    await house.buy(anna, points=100)
    house.clock.move(timedelta(days=29))  # four weeks without a sweep

    assert await RemindOfExpiry(house.store, house.clock)(house.programme) == 1
    assert [item.member_id for item in await told(house)] == [anna.member.id]


async def test_nobody_is_reminded_without_a_chat_or_when_the_terms_say_no(house: LedgerHouse) -> None:
    await house.agree(points_live_days=30, expiry_reminder_days=None)
    anna, boris = await house.enrol(1, telegram_id=7), await house.enrol(2)
    await house.buy(anna, points=100)
    await house.buy(boris, points=100)
    house.clock.move(timedelta(days=24))
    remind = RemindOfExpiry(house.store, house.clock)

    assert await remind(house.programme) == 0
    await house.agree(expiry_reminder_days=7)
    assert await remind(house.programme) == 1
