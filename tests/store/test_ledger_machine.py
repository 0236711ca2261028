"""Anything in any order on the real MongoDB: after every step the whole ledger and every limit are proven."""

import secrets
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from offers.flows.adjust_balance import AdjustBalance, Wish
from offers.flows.enrol_member import Enrolment
from offers.flows.expire_lots import ExpireLots
from offers.flows.merge_members import Doubles, MergeMembers
from offers.flows.release_hold import ReleaseHold
from offers.flows.remind_of_expiry import RemindOfExpiry
from offers.flows.report_liability import ReportLiability
from offers.flows.return_purchase import ReturnPurchase
from offers.flows.set_budget import SetBudget
from offers.flows.settle_quote import SettleQuote
from offers.flows.sweep_limits import SweepLimits
from offers.flows.transfer_points import Transfer, TransferPoints
from offers.flows.unmerge_members import UnmergeMembers
from offers.flows.void_purchase import VoidPurchase
from offers.model.adjustment import AdjustmentState
from offers.model.coupon import Every
from offers.model.ids import MemberId
from offers.model.ledger import ReturnPolicy, SpendingOrder
from offers.model.programme import Terms
from offers.model.purchase import Receipt
from offers.model.quote import Quote
from offers.model.returns import GoodsBack, ReturnRequest
from offers.model.take import Refill
from tests.checkout_house import SILVER, line
from tests.clock import SettableClock
from tests.hypothesis_loop import Loop
from tests.ledger_house import NOON
from tests.limited_house import CAKE, MERCHANTS, LimitedHouse, open_limited_house

Kept = TypeVar("Kept")
MEMBERS = 3
WHO = st.integers(0, MEMBERS - 1)
WHICH = st.integers(0, 50)
OTHER = st.integers(1, MEMBERS - 1)
POINTS = st.integers(1, 200)
MERCHANT = st.sampled_from(MERCHANTS)
GOES_ON = ("no", "held", "settled", "held and settled")
SHOWN_AS_FOUND = (Phase.reuse, Phase.generate)
"""A failing walk is told as it was found: to shrink it takes thousands of walks on the database."""
AGREED = st.builds(
    Terms,
    accrual_bp=st.just(1_000),
    levels=st.sampled_from([(), (SILVER,)]),
    points_live_days=st.none() | st.integers(0, 12),
    pending_days=st.integers(0, 3),
    restore_grace_days=st.sampled_from([0, 2, 14]),
    return_policy=st.sampled_from(ReturnPolicy),
    spending_order=st.sampled_from(SpendingOrder),
    transfer_daily_points=st.sampled_from([0, 150, 10_000]),
    adjustment_limit=st.sampled_from([0, 100]),
)


@pytest.fixture
def loop(mongo_uri: str, worker_id: str) -> Iterator[Loop]:
    loop = Loop(mongo_uri, f"tessera_machine_{worker_id}")
    yield loop
    loop.close()


def newest(things: Sequence[Kept], which: int) -> Kept:
    """Choose from the newest on: what happened just now is most often undone, and shrinks best."""
    return things[-1 - which % len(things)]


class LedgerMachine(RuleBasedStateMachine):
    """Three members, the tills of three merchants, and everything that may happen to points and to what is limited."""

    def __init__(self, loop: Loop) -> None:
        super().__init__()
        self.loop = loop
        self.house: LimitedHouse
        self.sweeps = False
        self.members: list[Enrolment] = []
        self.receipts: list[Receipt] = []
        self.quotes: list[Quote] = []
        self.merges: list[str] = []
        self.number = 0

    def _flow(self, flow: Callable[..., Kept], *, chance: bool = False) -> Kept:
        tools = (self.loop.store, self.house.clock)
        return flow(*tools, secrets.token_bytes) if chance else flow(*tools)

    def _settled(self, work: Callable[[], Awaitable[Receipt | Quote]]) -> None:
        """Settle, and ask once more as a till does that heard no answer: it gets the same receipt."""
        done = self.loop.attempt(work())
        if isinstance(done, Quote):
            self.quotes.append(done)
        elif done is not None:
            assert self.loop.run(work()) == done
            self.receipts.append(done)

    def _id(self, who: int) -> MemberId:
        return self.members[who].member.id

    def _key(self) -> str:
        self.number += 1
        return f"key-{self.number}"

    def _spendable(self, who: int, points: int) -> int:
        return min(points, self.loop.run(self.house.spendable(self._id(who))))

    def _codes(self, who: int, *, coupon: bool) -> tuple[str, ...]:
        mine = [each.id for each in self.house.coupons.values() if each.owner == self._id(who)]
        return tuple(mine) if coupon else ()

    @initialize(terms=AGREED, refill=st.sampled_from(Refill), every=st.sampled_from(Every), sweeps=st.booleans())
    def open(self, terms: Terms, refill: Refill, every: Every, *, sweeps: bool) -> None:
        self.loop.empty()
        self.sweeps = sweeps
        self.house = self.loop.run(open_limited_house(self.loop.store, SettableClock(NOON), terms, refill))
        self.members = [self.loop.run(self.house.enrol(number, telegram_id=number + 1)) for number in range(MEMBERS)]
        for who in self.members:
            self.loop.run(self.house.grant(who, every))
            self.receipts.append(self.loop.run(self.house.buy(who, points=300)))

    @rule(who=WHO, points=POINTS, merchant=MERCHANT, coupon=st.booleans())
    def buy(self, who: int, points: int, merchant: str, *, coupon: bool) -> None:
        till, order, codes = self.house.till_of(merchant), self._key(), self._codes(who, coupon=coupon)
        cakes = line(points * 500, sku="eclair", category=CAKE)
        purchase = self.house.purchase(self.members[who], line(points * 500), cakes, order=order)
        self._settled(lambda: self.house.settle_at(till, replace(purchase, codes=codes)))

    @rule(who=WHO, points=POINTS, merchant=MERCHANT, hours_ago=st.integers(1, 24 * 8))
    def a_sale_arrives_late(self, who: int, points: int, merchant: str, hours_ago: int) -> None:
        till, sold_at = self.house.till_of(merchant), self.house.clock() - timedelta(hours=hours_ago)
        purchase = self.house.purchase(self.members[who], line(points * 1_000), order=self._key(), at=sold_at)
        self._settled(lambda: self.house.settle_at(till, purchase))

    @rule(who=WHO, points=POINTS)
    def redeem(self, who: int, points: int) -> None:
        points = self._spendable(who, points) or 1
        purchase = self.house.purchase(self.members[who], line(points * 200), order=self._key(), points=points)
        self._settled(lambda: self.house.settle(purchase))

    @rule(who=WHO, points=POINTS, merchant=MERCHANT, coupon=st.booleans(), goes_on=st.sampled_from(GOES_ON))
    def quote(self, who: int, points: int, merchant: str, goes_on: str, *, coupon: bool) -> None:
        points, codes = self._spendable(who, points), self._codes(who, coupon=coupon)
        goods = (line(points * 200 or 5_000), line(2_000, sku="eclair", category=CAKE))
        till = self.house.till_of(merchant)
        quote = self.loop.attempt(self.house.quote_with(till, self.members[who], *goods, points=points, codes=codes))
        if quote is None:
            return
        self.quotes.append(quote)
        if "held" in goes_on:
            self.hold_or_renew(0)
        if "settled" in goes_on:
            self.settle_a_quote(0)

    @precondition(lambda self: self.quotes)
    @rule(which=WHICH)
    def hold_or_renew(self, which: int) -> None:
        quote = newest(self.quotes, which)
        self.loop.attempt(self.house.hold(quote, till=self.house.till_at(quote.outlet_id)))

    @precondition(lambda self: self.quotes)
    @rule(which=WHICH)
    def release(self, which: int) -> None:
        quote = newest(self.quotes, which)
        self.loop.attempt(self._flow(ReleaseHold)(self.house.till_at(quote.outlet_id), quote.id))

    @precondition(lambda self: self.quotes)
    @rule(which=WHICH)
    def settle_a_quote(self, which: int) -> None:
        quote = newest(self.quotes, which)
        self.quotes.remove(quote)
        settlement, till = self.house.settlement(quote, order=self._key()), self.house.till_at(quote.outlet_id)
        self._settled(lambda: self._flow(SettleQuote, chance=True)(till, settlement))

    @precondition(lambda self: self.receipts)
    @rule(which=WHICH)
    def void(self, which: int) -> None:
        receipt = newest(self.receipts, which)
        self.receipts.remove(receipt)
        self.loop.attempt(self._flow(VoidPurchase)(self.house.till_at(receipt.outlet_id), receipt.id))

    @precondition(lambda self: self.receipts)
    @rule(which=WHICH, share=st.integers(0, 4))
    def give_goods_back(self, which: int, share: int) -> None:
        receipt = newest(self.receipts, which)
        goods = (GoodsBack(line=0, amount_minor=receipt.lines[0].total_minor // (share or 1)),)
        request = ReturnRequest(return_ref=self._key(), goods=goods if share else None, body_digest="d")
        till, flow = self.house.till_at(receipt.outlet_id), self._flow(ReturnPurchase)
        if (first := self.loop.attempt(flow(till, receipt.id, request))) is not None:
            assert self.loop.run(flow(till, receipt.id, request)) == first

    @rule(sender=WHO, other=OTHER, points=POINTS)
    def transfer(self, sender: int, other: int, points: int) -> None:
        flow, points = self._flow(TransferPoints, chance=True), self._spendable(sender, points) or 1
        receiver_id = self._id((sender + other) % MEMBERS)
        wish = Transfer(sender_id=self._id(sender), receiver_id=receiver_id, points=points, key=self._key())
        if (first := self.loop.attempt(flow(self.house.programme, wish))) is not None:
            assert self.loop.run(flow(self.house.programme, wish)) == first

    @rule(who=WHO, points=POINTS, up=st.booleans(), second=st.sampled_from(["olga", "pavel"]))
    def adjust(self, who: int, points: int, second: str, *, up: bool) -> None:
        """By one person, or by two where it is much: the second may be nobody else than the first, and is refused."""
        signed, flow = points if up else -points, self._flow(AdjustBalance, chance=True)
        wish = Wish(member_id=self._id(who), points=signed, reason="r", staff_id="olga", key=self._key())
        adjustment = self.loop.attempt(flow(self.house.programme, wish))
        if adjustment is not None and adjustment.state is AdjustmentState.WAITING:
            self.loop.attempt(flow.approve(self.house.programme, adjustment.id, staff_id=second))

    @rule(survivor=WHO, other=OTHER)
    def merge(self, survivor: int, other: int) -> None:
        merged_id = self._id((survivor + other) % MEMBERS)
        doubles = Doubles(survivor_id=self._id(survivor), merged_id=merged_id, staff_id="olga", reason="one person")
        done = self.loop.attempt(self._flow(MergeMembers, chance=True)(self.house.programme, doubles))
        if done is not None and done.id not in self.merges:
            self.merges.append(done.id)

    @precondition(lambda self: self.merges)
    @rule(which=WHICH)
    def unmerge(self, which: int) -> None:
        merge_id = newest(self.merges, which)
        self.loop.attempt(self._flow(UnmergeMembers)(self.house.programme, merge_id, staff_id="olga"))

    @rule(which=WHICH, cap=st.sampled_from([0, 3, 20_000]))
    def change_a_budget(self, which: int, cap: int) -> None:
        budget = self.house.budgets[which % len(self.house.budgets)]
        self.loop.attempt(self._flow(SetBudget, chance=True).change_cap(budget.programme_id, budget.id, cap))

    @rule(minutes=st.sampled_from([1, -2, 16, 60 * 10, 60 * 24, 60 * 24 * 3, 60 * 24 * 15]))
    def the_clock_moves(self, minutes: int) -> None:
        """By a quarter of an hour too, which lets holds lapse; and a little back, as clocks are set."""
        self.house.clock.move(timedelta(minutes=minutes))

    @precondition(lambda self: self.sweeps)
    @rule()
    def sweep(self) -> None:
        self.loop.run(self._flow(ExpireLots)())
        self.loop.run(self._flow(RemindOfExpiry)(self.house.programme))
        self.loop.run(self._flow(ReleaseHold).lapsed())
        self.loop.run(self._flow(SweepLimits)())

    @invariant()
    def everything_is_proven(self) -> None:
        if self.members:
            self.loop.run(self._prove())

    async def _prove(self) -> None:
        """Every account; every budget and coupon; what is owed; and that whoever speaks for whom is counted once."""
        await self.house.verify()
        await self.house.prove_limits()
        found = await self._flow(ReportLiability)(self.house.programme, since=NOON + timedelta(days=3))
        assert found.reconciles, found
        assert await self._receipts_counted() == await self._receipts_settled()

    async def _receipts_counted(self) -> int:
        members = await self.loop.store.reading.members.newest(self.house.programme.id, limit=10)
        return sum(member.counters.purchases for member in members)

    async def _receipts_settled(self) -> int:
        return await self.loop.store.database["receipts"].count_documents({"state": "settled"})


@pytest.mark.timeout(600)  # it walks as far on a busy machine as on a quiet one
def test_whatever_happens_the_ledger_and_every_limit_are_proven_after_every_step(loop: Loop) -> None:
    run_state_machine_as_test(
        lambda: LedgerMachine(loop),  # type: ignore[arg-type]  # it asks for a class, and takes whatever makes one
        settings=settings(
            max_examples=max(1, settings().max_examples // 10),
            stateful_step_count=30,
            phases=SHOWN_AS_FOUND,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
