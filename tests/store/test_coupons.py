"""Coupons on the real MongoDB: granted once, used once in each occurrence, told of exactly once."""

import asyncio
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from offers.engine.refills import Returned
from offers.flows.activate_coupon import ActivateCoupon
from offers.flows.enrol_member import Application, EnrolMember, Given
from offers.flows.expire_coupons import ExpireCoupons
from offers.flows.grant_coupon import Grant, GrantCoupon
from offers.flows.hold_coupon import HoldCoupon
from offers.flows.look_at_coupons import LookAtCoupons
from offers.flows.open_programme import Opened, OpenProgramme
from offers.flows.react_to_event import ReactToEvent
from offers.flows.redeem_coupon import RedeemCoupon
from offers.flows.release_takes import ReleaseTakes
from offers.flows.return_takes import ReturnTakes
from offers.flows.revoke_coupon import RevokeCoupon
from offers.flows.settle_takes import SettleTakes
from offers.model.consent import Purpose
from offers.model.coupon import Availability, Binding, Coupon, CouponState, Every, Recurrence
from offers.model.errors import UnknownMember
from offers.model.ids import MemberId, ProgrammeId
from offers.model.limit_errors import CouponNotAvailable, CouponOfAnother, GrantKeyReused, HoldLapsed, UnknownCoupon
from offers.model.message import Lane
from offers.model.programme import Language, LocalText
from offers.model.take import Take, Taker, TakeState
from offers.store.store import Store
from tests.clock import SettableClock
from tests.till_door import COFFEE

MOSCOW = ZoneInfo("Europe/Moscow")
MONTHLY = Recurrence(every=Every.CALENDAR_MONTH, zone="Europe/Moscow")
ONCE = Recurrence(every=Every.ONCE, zone="Europe/Moscow")
WHOLE = Returned(returned_minor=1, total_minor=1)


class House:
    """One programme with two members, and every flow of coupons by the test's clock."""

    def __init__(self, store: Store, clock: SettableClock, opened: Opened, members: list[MemberId]) -> None:
        self.store = store
        self.clock = clock
        self.programme_id = opened.programme.id
        self.members = members

    def grant(self, **changes: Any) -> Grant:
        fields: dict[str, Any] = {
            "programme_id": self.programme_id,
            "owner": self.members[0],
            "grant_key": "spring",
            "binding": Binding.HARD,
            "offer_id": "free-coffee",
            "campaign": "spring",
            "title": LocalText(ru="Кофе в подарок", en="A free coffee"),
            "recurrence": MONTHLY,
            **changes,
        }
        return Grant(**fields)

    async def granted(self, **changes: Any) -> Coupon:
        return await GrantCoupon(self.store, self.clock, secrets.token_bytes)(self.grant(**changes))

    def taker(self, number: int = 0) -> Taker:
        return Taker(programme_id=self.programme_id, member_id=self.members[number])

    async def redeem(self, coupon: Coupon, cause: str, *, by: int = 0) -> Take:
        return await RedeemCoupon(self.store, self.clock)(coupon.id, self.taker(by), cause=cause)

    async def hold(self, coupon: Coupon, cause: str, *, minutes: int = 15) -> Take:
        until = self.clock() + timedelta(minutes=minutes)
        return await HoldCoupon(self.store, self.clock)(coupon.id, self.taker(), cause=cause, until=until)

    async def give_back(self, cause: str) -> None:
        await ReturnTakes(self.store, self.clock)(cause, WHOLE)

    async def now(self, coupon: Coupon) -> Availability:
        return (await LookAtCoupons(self.store, self.clock).one(self.programme_id, coupon.id)).now

    async def state(self, coupon: Coupon) -> CouponState:
        return (await self.now(coupon)).state

    def set_local(self, text: str) -> None:
        self.clock.set_to(datetime.fromisoformat(text).replace(tzinfo=MOSCOW))

    async def told(self, member: int = 0) -> list[str]:
        """What the outbox holds for the member's chat, after everything that is due was reacted to."""
        while due := await self.store.reading.outbox.claim(
            Lane.EVENTS, claim=secrets.token_hex(4), at=self.clock(), lease_s=60
        ):
            for item in due:
                await ReactToEvent(self.store, self.clock)(item)
        query = {"lane": Lane.TELEGRAM.value, "member_id": self.members[member]}
        cursor = self.store.database["outbox"].find(query).sort("created_at")
        return [document["kind"] async for document in cursor]


@pytest.fixture
async def house(store: Store, clock: SettableClock) -> House:
    clock.set_to(datetime(2026, 1, 15, 9, 0, tzinfo=UTC))
    opened = await OpenProgramme(store, clock, secrets.token_bytes)(COFFEE)
    members = []
    for number in (1, 2):
        application = Application(
            language=Language.RU,
            source="test",
            consents=(Given(purpose=Purpose.PERSONAL_DATA, text_version="1", text_digest="d", proof="test"),),
            phone=f"+7999000000{number}",
            telegram_id=number,
        )
        enrolled = await EnrolMember(store, clock, secrets.token_bytes)(opened.programme, application)
        members.append(enrolled.member.id)
    return House(store, clock, opened, members)


async def test_one_grant_key_grants_once(house: House) -> None:
    first = await house.granted()
    await house.redeem(first, "a")
    house.clock.move(timedelta(days=1))

    again = await house.granted()

    assert again.id == first.id
    assert (await house.granted(owner=house.members[1])).id != first.id
    with pytest.raises(GrantKeyReused) as refusal:
        await house.granted(offer_id="another")
    assert refusal.value.earlier_coupon_id == first.id


async def test_ten_at_once_under_one_grant_key_grant_once(house: House) -> None:
    coupons = await asyncio.gather(*(house.granted() for _ in range(10)))

    assert len({coupon.id for coupon in coupons}) == 1


async def test_a_coupon_goes_to_a_member_of_the_programme_only(house: House) -> None:
    with pytest.raises(UnknownMember):
        await house.granted(owner=MemberId("nobody"))
    with pytest.raises(UnknownMember):
        await house.granted(programme_id=ProgrammeId("another"))


async def test_a_coupon_used_once_is_redeemed_and_the_same_cause_gives_the_same_use(house: House) -> None:
    coupon = await house.granted(recurrence=ONCE)

    first = await house.redeem(coupon, "a")
    again = await house.redeem(coupon, "a")

    assert first == again
    assert await house.state(coupon) is CouponState.REDEEMED
    with pytest.raises(CouponNotAvailable) as refusal:
        await house.redeem(coupon, "b")
    assert (refusal.value.state, refusal.value.again_at) == ("redeemed", None)


async def test_a_monthly_coupon_used_in_the_last_minute_is_there_again_a_minute_later(house: House) -> None:
    coupon = await house.granted()
    house.set_local("2026-01-31 23:59:30")
    use = await house.redeem(coupon, "a")

    with pytest.raises(CouponNotAvailable) as refusal:
        await house.redeem(coupon, "b")
    house.set_local("2026-02-01 00:00:00")
    next_use = await house.redeem(coupon, "c")

    assert refusal.value.again_at == "2026-01-31T21:00:00+00:00"
    assert (use.pocket, next_use.pocket) == ("2026-01", "2026-02")


async def test_unused_occurrences_do_not_carry_over(house: House) -> None:
    coupon = await house.granted()
    house.set_local("2026-06-10 12:00")

    await house.redeem(coupon, "a")

    with pytest.raises(CouponNotAvailable):
        await house.redeem(coupon, "b")


async def test_the_owner_hears_of_the_use_and_exactly_once_of_the_next_occurrence(house: House) -> None:
    coupon = await house.granted()
    await house.redeem(coupon, "a")
    assert await house.told() == ["CouponGranted", "CouponRedeemed"]

    house.set_local("2026-02-01 00:00:00")
    at_opening = await house.told()
    house.clock.move(timedelta(days=1))
    later = await house.told()

    assert at_opening == later == ["CouponGranted", "CouponRedeemed", "CouponActiveAgain"]


async def test_an_occurrence_used_returned_and_used_again_is_still_announced_once(house: House) -> None:
    coupon = await house.granted()
    await house.redeem(coupon, "a")
    await house.give_back("a")
    await house.redeem(coupon, "b")

    house.set_local("2026-02-01 00:00:00")
    told = await house.told()

    assert told.count("CouponActiveAgain") == 1


async def test_nobody_is_told_of_an_occurrence_of_a_coupon_that_was_revoked(house: House) -> None:
    coupon = await house.granted()
    await house.redeem(coupon, "a")
    await RevokeCoupon(house.store, house.clock)(house.programme_id, coupon.id)

    house.set_local("2026-02-01 00:00:00")

    assert "CouponActiveAgain" not in await house.told()


async def test_nothing_is_announced_beyond_the_coupons_own_end(house: House) -> None:
    coupon = await house.granted(valid_until=datetime(2026, 1, 31, 21, 0, tzinfo=UTC))
    await house.redeem(coupon, "a")

    assert await house.state(coupon) is CouponState.EXHAUSTED
    house.set_local("2026-02-02 12:00")
    assert await house.told() == ["CouponGranted", "CouponRedeemed"]


async def test_a_return_in_the_same_period_gives_the_use_back(house: House) -> None:
    coupon = await house.granted()
    await house.redeem(coupon, "a")

    await house.give_back("a")
    await house.give_back("a")

    now = await house.now(coupon)
    assert (now.state, now.uses_left) == (CouponState.ACTIVE, 1)
    assert (await house.told())[-1] == "CouponReturned"


async def test_a_return_in_the_next_period_gives_back_an_occurrence_that_is_over(house: House) -> None:
    coupon = await house.granted()
    house.set_local("2026-01-31 23:59")
    await house.redeem(coupon, "a")
    house.set_local("2026-02-03 12:00")
    await house.redeem(coupon, "b")

    await house.give_back("a")

    assert await house.state(coupon) is CouponState.REDEEMED
    with pytest.raises(CouponNotAvailable):
        await house.redeem(coupon, "c")


async def test_a_return_in_the_next_period_extends_where_the_grant_promises_it(house: House) -> None:
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


async def test_an_extension_ends_and_giving_it_back_does_not_lengthen_it(house: House) -> None:
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


async def test_a_rolling_coupon_rests_for_its_days_after_the_use(house: House) -> None:
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


async def test_a_rolling_coupon_whose_use_was_returned_has_not_begun_its_period(house: House) -> None:
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


async def test_several_uses_of_a_period_are_counted(house: House) -> None:
    coupon = await house.granted(recurrence=replace(MONTHLY, uses_per_period=2))

    await house.redeem(coupon, "a")
    left_after_one = (await house.now(coupon)).uses_left
    await house.redeem(coupon, "b")

    assert (left_after_one, (await house.now(coupon)).uses_left) == (1, 0)
    assert await house.told() == ["CouponGranted", "CouponRedeemed", "CouponRedeemed"]


async def test_a_held_coupon_is_nobodys_until_it_is_settled_or_let_go(house: House) -> None:
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


async def test_a_held_use_is_redeemed_under_its_own_cause(house: House) -> None:
    coupon = await house.granted(recurrence=ONCE)
    await house.hold(coupon, "a")

    redeemed = await house.redeem(coupon, "a")

    assert redeemed.state is TakeState.SETTLED
    assert await house.state(coupon) is CouponState.REDEEMED


async def test_a_hold_that_lapsed_makes_room_by_itself(house: House) -> None:
    coupon = await house.granted(recurrence=ONCE)
    await house.hold(coupon, "a")
    house.clock.move(timedelta(minutes=16))

    await house.redeem(coupon, "b")

    with pytest.raises(HoldLapsed):
        await SettleTakes(house.store, house.clock)("a")


async def test_a_hold_over_the_turn_of_the_month_is_a_use_of_the_old_one(house: House) -> None:
    coupon = await house.granted()
    house.set_local("2026-01-31 23:58")
    await house.hold(coupon, "a")
    house.set_local("2026-02-01 00:03")

    (settled,) = await SettleTakes(house.store, house.clock)("a")
    await house.redeem(coupon, "b")

    assert settled.pocket == "2026-01"


async def test_a_revoked_coupon_cannot_be_settled_though_it_was_held_before(house: House) -> None:
    coupon = await house.granted()
    await house.hold(coupon, "a")

    revoked = await RevokeCoupon(house.store, house.clock)(house.programme_id, coupon.id)

    assert revoked.state is CouponState.REVOKED
    with pytest.raises(HoldLapsed):
        await SettleTakes(house.store, house.clock)("a")
    with pytest.raises(CouponNotAvailable) as refusal:
        await house.redeem(coupon, "b")
    assert refusal.value.state == "revoked"


async def test_a_hard_bound_coupon_is_its_owners_and_a_soft_one_anybodys(house: House) -> None:
    hard = await house.granted()
    soft = await house.granted(grant_key="soft", binding=Binding.SOFT)

    with pytest.raises(CouponOfAnother):
        await house.redeem(hard, "a", by=1)
    await house.redeem(soft, "b", by=1)

    listed = await LookAtCoupons(house.store, house.clock).of_member(house.programme_id, house.members[0])
    assert {sight.coupon.id for sight in listed} == {hard.id, soft.id}


async def test_a_draft_is_used_and_told_of_from_its_activation_on(house: House) -> None:
    coupon = await house.granted(is_draft=True)

    with pytest.raises(CouponNotAvailable) as refusal:
        await house.redeem(coupon, "a")
    assert await house.told() == []
    await ActivateCoupon(house.store, house.clock)(house.programme_id, coupon.id)
    await ActivateCoupon(house.store, house.clock)(house.programme_id, coupon.id)
    await house.redeem(coupon, "b")

    assert refusal.value.state == "draft"
    assert await house.told() == ["CouponGranted", "CouponRedeemed"]


async def test_marking_what_expired_changes_no_decision(house: House) -> None:
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


async def test_a_process_whose_clock_is_behind_does_not_give_a_past_month_anew(house: House) -> None:
    coupon = await house.granted()
    house.set_local("2026-01-20 12:00")
    await house.redeem(coupon, "a")
    house.set_local("2026-02-01 00:00:01")
    await house.redeem(coupon, "b")
    house.set_local("2026-01-31 23:59:59")

    with pytest.raises(CouponNotAvailable):
        await house.redeem(coupon, "c")


async def test_a_hundred_at_once_use_an_unbound_coupon_as_often_as_allowed(house: House) -> None:
    shared = await house.granted(owner=None, binding=Binding.NONE, recurrence=replace(ONCE, uses_per_period=10))

    answers = await asyncio.gather(
        *(house.redeem(shared, f"c{number}") for number in range(100)), return_exceptions=True
    )

    used = [answer for answer in answers if isinstance(answer, Take)]
    assert len(used) == 10
    assert all(isinstance(answer, Take | CouponNotAvailable) for answer in answers)
    assert await house.state(shared) is CouponState.EXHAUSTED


async def test_a_coupon_of_another_programme_is_unknown(house: House) -> None:
    coupon = await house.granted()

    with pytest.raises(UnknownCoupon):
        await RedeemCoupon(house.store, house.clock)(coupon.id, Taker(programme_id=ProgrammeId("other")), cause="a")
    with pytest.raises(UnknownCoupon):
        await RevokeCoupon(house.store, house.clock)(ProgrammeId("other"), coupon.id)
