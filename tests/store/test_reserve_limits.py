"""What a decision's offers use up is held whole or not at all, settled with the receipt, and given back with it."""

import secrets
from datetime import timedelta
from typing import Any

import pytest

from offers.engine.refills import Returned
from offers.flows.find_limits import FindLimits
from offers.flows.grant_coupon import Grant, GrantCoupon
from offers.flows.make_codes import BatchWish, MakeCodes
from offers.flows.open_programme import OpenProgramme
from offers.flows.reserve_limits import ReserveLimits, Wanted
from offers.model.applied import AppliedOffer
from offers.model.budget import Budget, BudgetId, CountedFor, Measure
from offers.model.coupon import Binding, Every, Recurrence
from offers.model.facts import CodeState, Remaining
from offers.model.ids import KeyId, MemberId
from offers.model.limit_errors import BudgetExhausted, CouponNotAvailable, HoldLapsed, UnknownVoucher, VoucherTypo
from offers.model.offer import Lane, offer_id
from offers.model.programme import LocalText, Outlet, Till
from offers.model.take import Refill, Taker, TakeState
from offers.store.store import Store
from offers.store.work import Work
from tests.clock import SettableClock
from tests.till_door import COFFEE

MEMBER = MemberId("m1")
CAUSE = "quote:q1"


class Shop:
    """A till with an offer that has a coupon, a voucher code and two budgets."""

    def __init__(self, store: Store, clock: SettableClock, till: Till) -> None:
        self.store = store
        self.clock = clock
        self.till = till
        self.limits = ReserveLimits(store, clock)
        self.find = FindLimits(store, clock)
        self.taker = Taker(programme_id=till.programme.id, member_id=MEMBER, outlet_id=till.outlet.id)

    @property
    def offer(self) -> Any:
        return offer_id(self.till.programme.id, "coffee")

    async def coupon(self) -> str:
        grant = Grant(
            programme_id=self.till.programme.id,
            owner=None,
            grant_key="g",
            binding=Binding.NONE,
            offer_id="coffee",
            campaign=None,
            title=LocalText(ru="Кофе", en="Coffee"),
            recurrence=Recurrence(every=Every.ONCE, zone="UTC"),
        )
        return (await GrantCoupon(self.store, self.clock, secrets.token_bytes)(grant)).id

    async def voucher(self) -> str:
        wish = BatchWish(programme_id=self.till.programme.id, campaign="c", offer_id="coffee", asked=1)
        _, (code,) = await MakeCodes(self.store, self.clock, secrets.token_bytes).at_once(wish)
        return code

    async def budget(self, name: str, measure: Measure, cap: int, **changes: Any) -> None:
        budget = Budget(
            id=BudgetId(name),
            programme_id=self.till.programme.id,
            owner="offer:coffee",
            name=name,
            measure=measure,
            cap=cap,
            zone="UTC",
            created_at=self.clock(),
            refill=Refill.ALWAYS,
            **changes,
        )
        await self.store.reading.budgets.keep(budget)

    def wanted(self, *, code: str | None = None, saving: int = 100, cause: str = CAUSE) -> Wanted:
        applied = AppliedOffer(
            offer_id=self.offer,
            version=1,
            lane=Lane.COUPON,
            funder="",
            saving_minor=saving,
            points=0,
            uses=1,
            shares=(saving,),
            code=code,
        )
        return Wanted(cause=cause, till=self.till, member_id=MEMBER, offers=(applied,))

    async def hold(self, **wanted: Any) -> None:
        await self.limits.hold(self.wanted(**wanted), until=self.clock() + timedelta(minutes=15))

    async def settle(self, cause: str = CAUSE) -> None:
        await self.store.transact(lambda work: self.limits.settle(work, cause, at=self.clock()))

    async def give_back(self, part: int, whole: int) -> None:
        async def give_back(work: Work) -> None:
            returned = Returned(returned_minor=part, total_minor=whole)
            await self.limits.give_back(work, CAUSE, returned, at=self.clock())

        await self.store.transact(give_back)

    async def states(self, cause: str = CAUSE) -> set[TakeState]:
        return {take.state for take in await self.store.reading.takes.of_cause(cause)}

    async def remaining(self) -> tuple[Remaining, ...]:
        return (await self.find.remaining(self.taker, ["coffee"]))[self.offer]


@pytest.fixture
async def shop(store: Store, clock: SettableClock) -> Shop:
    opened = await OpenProgramme(store, clock, secrets.token_bytes)(COFFEE)
    outlet: Outlet = (await store.reading.programmes.outlets(opened.programme.id))[0]
    return Shop(store, clock, Till(programme=opened.programme, outlet=outlet, key_id=KeyId("k")))


async def test_everything_an_offer_uses_up_is_held_settled_and_given_back(shop: Shop) -> None:
    await shop.budget("money", Measure.MONEY, 1_000)
    await shop.budget("uses", Measure.USES, 5, counted_for=CountedFor.MEMBER)
    code = (await shop.find.codes(shop.taker, [await shop.coupon()]))[shop.offer]

    await shop.hold(code=code.reference)
    await shop.hold(code=code.reference)
    held = await shop.remaining()
    await shop.settle()
    await shop.settle()
    await shop.give_back(1, 4)
    part = await shop.remaining()
    await shop.give_back(4, 4)

    assert code.state is CodeState.USABLE
    assert held == (Remaining(scope="campaign", money_minor=900), Remaining(scope="member", uses=4))
    assert part == (Remaining(scope="campaign", money_minor=925), Remaining(scope="member", uses=4))
    assert await shop.remaining() == (Remaining(scope="campaign", money_minor=1_000), Remaining(scope="member", uses=5))
    assert await shop.states() == {TakeState.RETURNED}


async def test_nothing_is_held_when_one_thing_is_not_to_be_had(shop: Shop) -> None:
    await shop.budget("money", Measure.MONEY, 99)
    coupon = (await shop.find.codes(shop.taker, [await shop.coupon()]))[shop.offer]

    with pytest.raises(BudgetExhausted):
        await shop.hold(code=coupon.reference)

    assert await shop.states() <= {TakeState.RELEASED}
    await shop.hold(code=coupon.reference, saving=99, cause="quote:q2")
    with pytest.raises(CouponNotAvailable):
        await shop.hold(code=coupon.reference, saving=0, cause="quote:q3")


async def test_a_renewed_hold_lasts_longer_and_an_outlived_one_is_refused(shop: Shop) -> None:
    await shop.budget("uses", Measure.USES, 1)
    await shop.hold()
    shop.clock.move(timedelta(minutes=14))
    await shop.hold()
    shop.clock.move(timedelta(minutes=14))
    with pytest.raises(BudgetExhausted):
        await shop.hold(cause="quote:q2")
    shop.clock.move(timedelta(minutes=2))

    await shop.hold(cause="quote:q2")

    with pytest.raises(HoldLapsed):
        await shop.settle()


async def test_a_released_hold_frees_everything(shop: Shop) -> None:
    await shop.budget("uses", Measure.USES, 1)
    voucher = (await shop.find.codes(shop.taker, [await shop.voucher()]))[shop.offer]
    await shop.hold(code=voucher.reference)

    await shop.limits.release(CAUSE)
    await shop.limits.release(CAUSE)

    await shop.hold(code=voucher.reference, cause="quote:q2")
    assert await shop.states("quote:q2") == {TakeState.HELD}


async def test_shown_codes_tell_why_they_do_not_work(shop: Shop) -> None:
    coupon, voucher = await shop.coupon(), await shop.voucher()
    await shop.hold(code=f"coupon:{coupon}")
    seen = await shop.find.codes(shop.taker, [coupon, voucher])
    await shop.settle()
    used = await shop.find.codes(shop.taker, [coupon])
    (found,) = (await shop.find.codes(shop.taker, [voucher])).values()
    await shop.hold(code=found.reference, cause="quote:q2")
    spent = await shop.find.codes(shop.taker, [voucher])

    assert seen[shop.offer].state is CodeState.HELD  # the first code shown for an offer counts
    assert used[shop.offer].state is CodeState.USED
    assert (found.state, spent[shop.offer].state) == (CodeState.USABLE, CodeState.USED)
    with pytest.raises(VoucherTypo):
        await shop.find.codes(shop.taker, ["what is this"])
    with pytest.raises(UnknownVoucher):
        await shop.hold(code="voucher:nobody:0", cause="quote:q4")
