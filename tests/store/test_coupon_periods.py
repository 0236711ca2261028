"""Periodic coupons: one grant, used once in each of its computed occurrences, and returned in time or late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from offers.flows.settle_takes import SettleTakes
from offers.model.coupon import CouponState, Every, Recurrence
from offers.model.limit_errors import CouponNotAvailable
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coupon_house import MONTHLY, ONCE, CouponHouse, open_coupon_house


@pytest.fixture
async def house(store: Store, clock: SettableClock) -> CouponHouse:
    return await open_coupon_house(store, clock)


async def test_a_monthly_coupon_used_in_the_last_minute_is_there_again_a_minute_later(house: CouponHouse) -> None:
    coupon = await house.granted()
    house.set_local("2026-01-31 23:59:30")
    use = await house.redeem(coupon, "a")

    with pytest.raises(CouponNotAvailable) as refusal:
        await house.redeem(coupon, "b")
    house.set_local("2026-02-01 00:00:00")
    next_use = await house.redeem(coupon, "c")

    assert refusal.value.again_at == "2026-01-31T21:00:00+00:00"
    assert (use.pocket, next_use.pocket) == ("2026-01", "2026-02")


async def test_unused_occurrences_do_not_carry_over(house: CouponHouse) -> None:
    coupon = await house.granted()
    house.set_local("2026-06-10 12:00")

    await house.redeem(coupon, "a")

    with pytest.raises(CouponNotAvailable):
        await house.redeem(coupon, "b")


async def test_a_return_in_the_same_period_gives_the_use_back(house: CouponHouse) -> None:
    coupon = await house.granted()
    await house.redeem(coupon, "a")

    await house.give_back("a")
    await house.give_back("a")

    now = await house.now(coupon)
    assert (now.state, now.uses_left) == (CouponState.ACTIVE, 1)
    assert (await house.told())[-1] == "CouponReturned"


async def test_a_return_in_the_next_period_gives_back_an_occurrence_that_is_over(house: CouponHouse) -> None:
    coupon = await house.granted()
    house.set_local("2026-01-31 23:59")
    await house.redeem(coupon, "a")
    house.set_local("2026-02-03 12:00")
    await house.redeem(coupon, "b")

    await house.give_back("a")

    assert await house.state(coupon) is CouponState.REDEEMED
    with pytest.raises(CouponNotAvailable):
        await house.redeem(coupon, "c")


async def test_a_return_in_the_next_period_extends_where_the_grant_promises_it(house: CouponHouse) -> None:
    coupon = await house.granted(extend_days=7)
    house.set_local("2026-01-31 23:59")
    await house.redeem(coupon, "a")
    house.set_local("2026-02-03 12:00")
    await house.give_back("a")

    assert (await house.now(coupon)).uses_left == 2
    house.set_local("2026-02-10 23:59:59")
    extended = await house.redeem(coupon, "b")
    own = await house.redeem(coupon, "c")

    assert (extended.pocket, own.pocket) == ("2026-01", "2026-02")
    with pytest.raises(CouponNotAvailable):
        await house.redeem(coupon, "d")


async def test_an_extension_ends_and_giving_it_back_does_not_lengthen_it(house: CouponHouse) -> None:
    coupon = await house.granted(extend_days=7, recurrence=ONCE, valid_until=datetime(2026, 1, 31, tzinfo=UTC))
    await house.redeem(coupon, "a")
    house.set_local("2026-02-03 12:00")
    await house.give_back("a")
    house.set_local("2026-02-09 12:00")
    await house.redeem(coupon, "b")
    assert await house.state(coupon) is CouponState.REDEEMED
    await house.give_back("b")
    assert await house.state(coupon) is CouponState.ACTIVE

    house.set_local("2026-02-11 00:00")

    assert await house.state(coupon) is CouponState.RETURNED
    with pytest.raises(CouponNotAvailable):
        await house.redeem(coupon, "c")


async def test_a_rolling_coupon_rests_for_its_days_after_the_use(house: CouponHouse) -> None:
    rolling = Recurrence(every=Every.ROLLING, zone="Europe/Moscow", days=30)
    coupon = await house.granted(recurrence=rolling)
    house.set_local("2026-01-30 23:59")
    use = await house.redeem(coupon, "a")

    house.set_local("2026-02-28 23:59:59")
    with pytest.raises(CouponNotAvailable) as refusal:
        await house.redeem(coupon, "b")
    house.set_local("2026-03-01 00:00:00")
    told = await house.told()
    next_use = await house.redeem(coupon, "c")

    assert refusal.value.again_at == "2026-02-28T21:00:00+00:00"
    assert (use.pocket, next_use.pocket) == ("first", f"after:{use.key}")
    assert told.count("CouponActiveAgain") == 1


async def test_a_rolling_coupon_whose_use_was_returned_has_not_begun_its_period(house: CouponHouse) -> None:
    rolling = Recurrence(every=Every.ROLLING, zone="Europe/Moscow", days=30, uses_per_period=1)
    coupon = await house.granted(recurrence=rolling)
    await house.redeem(coupon, "a")
    house.clock.move(timedelta(days=3))
    await house.give_back("a")

    await house.redeem(coupon, "b")

    house.clock.move(timedelta(days=28))
    assert await house.state(coupon) is CouponState.REDEEMED
    house.clock.move(timedelta(days=2))
    assert await house.state(coupon) is CouponState.ACTIVE


async def test_several_uses_of_a_period_are_counted(house: CouponHouse) -> None:
    coupon = await house.granted(recurrence=replace(MONTHLY, uses_per_period=2))

    await house.redeem(coupon, "a")
    left_after_one = (await house.now(coupon)).uses_left
    await house.redeem(coupon, "b")

    assert (left_after_one, (await house.now(coupon)).uses_left) == (1, 0)
    assert await house.told() == ["CouponGranted", "CouponRedeemed", "CouponRedeemed"]


async def test_a_hold_over_the_turn_of_the_month_is_a_use_of_the_old_one(house: CouponHouse) -> None:
    coupon = await house.granted()
    house.set_local("2026-01-31 23:58")
    await house.hold(coupon, "a")
    house.set_local("2026-02-01 00:03")

    (settled,) = await SettleTakes(house.store, house.clock)("a")
    await house.redeem(coupon, "b")

    assert settled.pocket == "2026-01"


async def test_a_process_whose_clock_is_behind_does_not_give_a_past_month_anew(house: CouponHouse) -> None:
    coupon = await house.granted()
    house.set_local("2026-01-20 12:00")
    await house.redeem(coupon, "a")
    house.set_local("2026-02-01 00:00:01")
    await house.redeem(coupon, "b")
    house.set_local("2026-01-31 23:59:59")

    with pytest.raises(CouponNotAvailable):
        await house.redeem(coupon, "c")


async def test_a_weekly_coupon_opens_on_its_day_and_closes_when_its_days_are_over(house: CouponHouse) -> None:
    fridays = Recurrence(every=Every.WEEKLY, zone="Europe/Moscow", weekday=4, open_days=2)
    coupon = await house.granted(recurrence=fridays)
    house.set_local("2026-01-15 23:59:59")  # a Thursday
    with pytest.raises(CouponNotAvailable) as early:
        await house.redeem(coupon, "a")
    house.set_local("2026-01-16 00:00:00")
    first = await house.redeem(coupon, "b")
    house.set_local("2026-01-17 12:00")
    with pytest.raises(CouponNotAvailable) as used:
        await house.redeem(coupon, "c")
    house.set_local("2026-01-24 23:59:59")  # the last moment of the next weekend
    second = await house.redeem(coupon, "d")
    house.set_local("2026-01-25 00:00:00")
    with pytest.raises(CouponNotAvailable) as closed:
        await house.redeem(coupon, "e")

    assert (first.pocket, second.pocket) == ("2026-01-16", "2026-01-23")
    assert early.value.again_at == "2026-01-15T21:00:00+00:00"
    assert used.value.again_at == "2026-01-22T21:00:00+00:00"
    assert closed.value.again_at == "2026-01-29T21:00:00+00:00"


async def test_a_weekly_use_returned_when_its_days_are_over_lives_on_as_promised(house: CouponHouse) -> None:
    fridays = Recurrence(every=Every.WEEKLY, zone="Europe/Moscow", weekday=4, open_days=1)
    coupon = await house.granted(recurrence=fridays, extend_days=3)
    house.set_local("2026-01-16 18:00")
    await house.redeem(coupon, "a")
    house.set_local("2026-01-17 10:00")
    await house.give_back("a")
    house.set_local("2026-01-20 23:59:59")

    extended = await house.redeem(coupon, "b")

    assert extended.pocket == "2026-01-16"
    house.set_local("2026-01-21 12:00")
    with pytest.raises(CouponNotAvailable):
        await house.redeem(coupon, "c")


async def test_an_extension_counts_its_days_from_the_return_and_ends_with_the_local_day(house: CouponHouse) -> None:
    coupon = await house.granted(extend_days=7, valid_until=datetime(2026, 1, 31, 21, 0, tzinfo=UTC))
    house.set_local("2026-01-31 23:00")
    await house.redeem(coupon, "a")
    house.set_local("2026-02-03 00:30")
    await house.give_back("a")
    house.set_local("2026-02-10 23:59:59")
    assert (await house.now(coupon)).uses_left == 1

    house.set_local("2026-02-11 00:00:00")

    assert (await house.now(coupon)).uses_left == 0
