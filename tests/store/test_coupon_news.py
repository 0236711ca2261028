"""What members hear of their coupons: of every use, and exactly once of every opening."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from offers.flows.activate_coupon import ActivateCoupon
from offers.flows.react_to_event import ReactToEvent
from offers.flows.revoke_coupon import RevokeCoupon
from offers.flows.sweep_limits import SweepLimits
from offers.model.coupon import CouponState
from offers.model.limit_errors import CouponNotAvailable
from offers.model.message import Lane
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coupon_house import CouponHouse, open_coupon_house


@pytest.fixture
async def house(store: Store, clock: SettableClock) -> CouponHouse:
    return await open_coupon_house(store, clock)


async def test_the_owner_hears_of_the_use_and_exactly_once_of_the_next_occurrence(house: CouponHouse) -> None:
    coupon = await house.granted()
    await house.redeem(coupon, "a")
    assert await house.told() == ["CouponGranted", "CouponRedeemed"]

    house.set_local("2026-02-01 00:00:00")
    at_opening = await house.told()
    house.clock.move(timedelta(days=1))
    later = await house.told()

    assert at_opening == later == ["CouponGranted", "CouponRedeemed", "CouponActiveAgain"]


async def test_an_occurrence_used_returned_and_used_again_is_still_announced_once(house: CouponHouse) -> None:
    coupon = await house.granted()
    await house.redeem(coupon, "a")
    await house.give_back("a")
    await house.redeem(coupon, "b")

    house.set_local("2026-02-01 00:00:00")
    told = await house.told()

    assert told.count("CouponActiveAgain") == 1


async def test_nobody_is_told_of_an_occurrence_of_a_coupon_that_was_revoked(house: CouponHouse) -> None:
    coupon = await house.granted()
    await house.redeem(coupon, "a")
    await RevokeCoupon(house.store, house.clock)(house.programme_id, coupon.id)

    house.set_local("2026-02-01 00:00:00")

    assert "CouponActiveAgain" not in await house.told()


async def test_nothing_is_announced_beyond_the_coupons_own_end(house: CouponHouse) -> None:
    coupon = await house.granted(valid_until=datetime(2026, 1, 31, 21, 0, tzinfo=UTC))
    await house.redeem(coupon, "a")

    assert await house.state(coupon) is CouponState.EXHAUSTED
    house.set_local("2026-02-02 12:00")
    assert await house.told() == ["CouponGranted", "CouponRedeemed"]


async def test_a_draft_is_used_and_told_of_from_its_activation_on(house: CouponHouse) -> None:
    coupon = await house.granted(is_draft=True)

    with pytest.raises(CouponNotAvailable) as refusal:
        await house.redeem(coupon, "a")
    assert await house.told() == []
    await ActivateCoupon(house.store, house.clock)(house.programme_id, coupon.id)
    await ActivateCoupon(house.store, house.clock)(house.programme_id, coupon.id)
    await house.redeem(coupon, "b")

    assert refusal.value.state == "draft"
    assert await house.told() == ["CouponGranted", "CouponRedeemed"]


async def test_a_worker_that_dies_with_an_opening_in_its_hands_leaves_it_to_the_next(house: CouponHouse) -> None:
    coupon = await house.granted()
    await house.redeem(coupon, "a")
    await house.told()
    house.set_local("2026-02-01 00:00:00")
    outbox = house.store.reading.outbox
    taken = await outbox.claim(Lane.EVENTS, claim="the dead", at=house.clock(), lease_s=60)

    at_once = await house.told()
    house.clock.move(timedelta(seconds=61))
    later = await house.told()

    assert [item.kind for item in taken] == ["CouponActiveAgain"]
    assert at_once.count("CouponActiveAgain") == 0
    assert later.count("CouponActiveAgain") == 1


async def test_an_opening_that_two_workers_have_is_told_once(house: CouponHouse) -> None:
    """The first was slow, its lease ran out, the second took the item: both react."""
    coupon = await house.granted()
    await house.redeem(coupon, "a")
    await house.told()
    house.set_local("2026-02-01 00:00:00")
    outbox = house.store.reading.outbox
    (slow,) = await outbox.claim(Lane.EVENTS, claim="slow", at=house.clock(), lease_s=1)
    house.clock.move(timedelta(seconds=2))
    (quick,) = await outbox.claim(Lane.EVENTS, claim="quick", at=house.clock(), lease_s=60)
    react = ReactToEvent(house.store, house.clock)

    answers = await asyncio.gather(react(slow), react(quick), react(slow))

    assert answers.count(True) == 1
    assert (await house.told()).count("CouponActiveAgain") == 1


async def test_a_use_settled_after_its_process_died_is_told_once_with_its_next_opening(house: CouponHouse) -> None:
    """Held, then killed: whoever asks again under the same cause settles what is held, and asks once more."""
    coupon = await house.granted()
    await house.hold(coupon, "a")
    await asyncio.gather(*(house.redeem(coupon, "a") for _ in range(4)))
    await SweepLimits(house.store, house.clock)()
    house.set_local("2026-02-01 00:00:00")
    await SweepLimits(house.store, house.clock)()

    told = await house.told()

    assert told == ["CouponGranted", "CouponRedeemed", "CouponActiveAgain"]


async def test_every_month_that_was_used_up_is_told_of_anew(house: CouponHouse) -> None:
    coupon = await house.granted()
    for month in (1, 2, 3):
        house.set_local(f"2026-0{month}-20 12:00:00")
        await house.redeem(coupon, f"use-{month}")
        house.set_local(f"2026-0{month + 1}-01 00:00:00")
        await house.told()
    house.set_local("2026-05-02 12:00:00")  # April was not used: nobody is told of May

    told = await house.told()

    assert told.count("CouponRedeemed") == 3
    assert told.count("CouponActiveAgain") == 3


async def test_an_opening_told_late_is_not_told_when_the_coupon_was_used_meanwhile(house: CouponHouse) -> None:
    coupon = await house.granted()
    await house.redeem(coupon, "a")
    house.set_local("2026-02-20 12:00:00")  # no worker ran for three weeks
    await house.redeem(coupon, "b")

    told = await house.told()

    assert "CouponActiveAgain" not in told
