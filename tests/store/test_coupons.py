"""Coupons on the real MongoDB: granted once, used once, held, returned, revoked and expired."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from offers.flows.expire_coupons import ExpireCoupons
from offers.flows.look_at_coupons import LookAtCoupons
from offers.flows.redeem_coupon import RedeemCoupon
from offers.flows.release_takes import ReleaseTakes
from offers.flows.revoke_coupon import RevokeCoupon
from offers.flows.settle_takes import SettleTakes
from offers.model.coupon import Binding, CouponState
from offers.model.errors import UnknownMember
from offers.model.ids import MemberId, ProgrammeId
from offers.model.limit_errors import CouponNotAvailable, CouponOfAnother, GrantKeyReused, HoldLapsed, UnknownCoupon
from offers.model.take import Take, Taker, TakeState
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coupon_house import ONCE, CouponHouse, open_coupon_house


@pytest.fixture
async def house(store: Store, clock: SettableClock) -> CouponHouse:
    return await open_coupon_house(store, clock)


async def test_one_grant_key_grants_once(house: CouponHouse) -> None:
    first = await house.granted()
    await house.redeem(first, "a")
    house.clock.move(timedelta(days=1))

    again = await house.granted()

    assert again.id == first.id
    assert (await house.granted(owner=house.members[1])).id != first.id
    with pytest.raises(GrantKeyReused) as refusal:
        await house.granted(offer_id="another")
    assert refusal.value.earlier_coupon_id == first.id


async def test_ten_at_once_under_one_grant_key_grant_once(house: CouponHouse) -> None:
    coupons = await asyncio.gather(*(house.granted() for _ in range(10)))

    assert len({coupon.id for coupon in coupons}) == 1


async def test_a_coupon_goes_to_a_member_of_the_programme_only(house: CouponHouse) -> None:
    with pytest.raises(UnknownMember):
        await house.granted(owner=MemberId("nobody"))
    with pytest.raises(UnknownMember):
        await house.granted(programme_id=ProgrammeId("another"))


async def test_a_coupon_used_once_is_redeemed_and_the_same_cause_gives_the_same_use(house: CouponHouse) -> None:
    coupon = await house.granted(recurrence=ONCE)

    first = await house.redeem(coupon, "a")
    again = await house.redeem(coupon, "a")

    assert first == again
    assert await house.state(coupon) is CouponState.REDEEMED
    with pytest.raises(CouponNotAvailable) as refusal:
        await house.redeem(coupon, "b")
    assert (refusal.value.state, refusal.value.again_at) == ("redeemed", None)


async def test_a_held_coupon_is_nobodys_until_it_is_settled_or_let_go(house: CouponHouse) -> None:
    coupon = await house.granted(recurrence=ONCE)
    first = await house.hold(coupon, "a")

    assert await house.hold(coupon, "a") == first
    assert await house.state(coupon) is CouponState.HELD
    with pytest.raises(CouponNotAvailable) as refusal:
        await house.hold(coupon, "b")
    await ReleaseTakes(house.store, house.clock)("a")
    assert await house.state(coupon) is CouponState.ACTIVE
    await house.hold(coupon, "b")
    (settled,) = await SettleTakes(house.store, house.clock)("b")

    assert refusal.value.state == "held"
    assert settled.state is TakeState.SETTLED
    assert await house.state(coupon) is CouponState.REDEEMED
    assert await house.told() == ["CouponGranted", "CouponRedeemed"]


async def test_a_held_use_is_redeemed_under_its_own_cause(house: CouponHouse) -> None:
    coupon = await house.granted(recurrence=ONCE)
    await house.hold(coupon, "a")

    redeemed = await house.redeem(coupon, "a")

    assert redeemed.state is TakeState.SETTLED
    assert await house.state(coupon) is CouponState.REDEEMED


async def test_a_hold_that_lapsed_makes_room_by_itself(house: CouponHouse) -> None:
    coupon = await house.granted(recurrence=ONCE)
    await house.hold(coupon, "a")
    house.clock.move(timedelta(minutes=16))

    seen = await house.state(coupon)
    await house.redeem(coupon, "b")

    assert seen is CouponState.ACTIVE, "whoever looks at it sees that it may be used"
    with pytest.raises(HoldLapsed):
        await SettleTakes(house.store, house.clock)("a")


async def test_a_revoked_coupon_cannot_be_settled_though_it_was_held_before(house: CouponHouse) -> None:
    coupon = await house.granted()
    await house.hold(coupon, "a")

    revoked = await RevokeCoupon(house.store, house.clock)(house.programme_id, coupon.id)

    assert revoked.state is CouponState.REVOKED
    with pytest.raises(HoldLapsed):
        await SettleTakes(house.store, house.clock)("a")
    with pytest.raises(CouponNotAvailable) as refusal:
        await house.redeem(coupon, "b")
    assert refusal.value.state == "revoked"


async def test_a_hard_bound_coupon_is_its_owners_and_a_soft_one_anybodys(house: CouponHouse) -> None:
    hard = await house.granted()
    soft = await house.granted(grant_key="soft", binding=Binding.SOFT)

    with pytest.raises(CouponOfAnother):
        await house.redeem(hard, "a", by=1)
    await house.redeem(soft, "b", by=1)

    listed = await LookAtCoupons(house.store, house.clock).of_member(house.programme_id, house.members[0])
    assert {sight.coupon.id for sight in listed} == {hard.id, soft.id}


async def test_marking_what_expired_changes_no_decision(house: CouponHouse) -> None:
    end = house.clock() + timedelta(days=2)
    coupon = await house.granted(valid_until=end)
    house.clock.set_to(end - timedelta(milliseconds=1))
    assert await ExpireCoupons(house.store, house.clock)() == 0
    assert await house.state(coupon) is CouponState.ACTIVE
    house.clock.set_to(end)
    before = await house.now(coupon)

    marked = await ExpireCoupons(house.store, house.clock)()

    assert (marked, await ExpireCoupons(house.store, house.clock)()) == (1, 0)
    assert before == await house.now(coupon)
    assert before.state is CouponState.EXPIRED


async def test_a_hundred_at_once_use_an_unbound_coupon_as_often_as_allowed(house: CouponHouse) -> None:
    shared = await house.granted(owner=None, binding=Binding.NONE, recurrence=replace(ONCE, uses_per_period=10))

    answers = await asyncio.gather(
        *(house.redeem(shared, f"c{number}") for number in range(100)), return_exceptions=True
    )

    used = [answer for answer in answers if isinstance(answer, Take)]
    assert len(used) == 10
    assert all(isinstance(answer, Take | CouponNotAvailable) for answer in answers)
    assert await house.state(shared) is CouponState.EXHAUSTED


async def test_a_coupon_of_another_programme_is_unknown(house: CouponHouse) -> None:
    coupon = await house.granted()

    with pytest.raises(UnknownCoupon):
        await RedeemCoupon(house.store, house.clock)(coupon.id, Taker(programme_id=ProgrammeId("other")), cause="a")
    with pytest.raises(UnknownCoupon):
        await RevokeCoupon(house.store, house.clock)(ProgrammeId("other"), coupon.id)
