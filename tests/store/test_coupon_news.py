"""What members hear of their coupons: of every use, and exactly once of every opening."""

from datetime import UTC, datetime, timedelta

import pytest

from offers.flows.activate_coupon import ActivateCoupon
from offers.flows.revoke_coupon import RevokeCoupon
from offers.model.coupon import CouponState
from offers.model.limit_errors import CouponNotAvailable
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
