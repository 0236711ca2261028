"""Anything in any order on the real MongoDB: after every step the whole ledger is proven."""

import asyncio
import secrets
from collections.abc import Awaitable, Iterator
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pymongo import AsyncMongoClient

from offers.flows.adjust_balance import AdjustBalance, Wish
from offers.flows.enrol_member import Enrolment
from offers.flows.expire_lots import ExpireLots
from offers.flows.merge_members import Doubles, MergeMembers
from offers.flows.remind_of_expiry import RemindOfExpiry
from offers.flows.report_liability import ReportLiability
from offers.flows.return_purchase import ReturnPurchase
from offers.flows.transfer_points import Transfer, TransferPoints
from offers.flows.unmerge_members import UnmergeMembers
from offers.model.adjustment import AdjustmentState
from offers.model.errors import OfferError
from offers.model.ids import MemberId
from offers.model.ledger import ReturnPolicy, SpendingOrder
from offers.model.programme import Terms, Till
from offers.model.purchase import Receipt
from offers.model.returns import GoodsBack, ReturnRequest
from offers.store.store import Store
from tests.clock import SettableClock
from tests.ledger_house import NOON, LedgerHouse, open_ledger_house

Answer = TypeVar("Answer")
MEMBERS = 3
WHO = st.integers(0, MEMBERS - 1)
POINTS = st.integers(1, 200)
AGREED = st.builds(
    Terms,
    accrual_bp=st.just(1_000),
    points_live_days=st.none() | st.integers(0, 12),
    pending_days=st.integers(0, 3),
    restore_grace_days=st.sampled_from([0, 2, 14]),
    return_policy=st.sampled_from(ReturnPolicy),
    spending_order=st.sampled_from(SpendingOrder),
    transfer_daily_points=st.sampled_from([0, 150, 10_000]),
    adjustment_limit=st.sampled_from([0, 100]),
)


class Loop:
    """An event loop of its own with a store on it: Hypothesis's machines are not asynchronous."""

    def __init__(self, uri: str, database: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._client = AsyncMongoClient[dict[str, Any]](uri, tz_aware=True)
        self.store = Store(self._client, database)
        self.run(self.store.prepare())

    def run(self, work: Awaitable[Answer]) -> Answer:
        return self._loop.run_until_complete(work)

    def empty(self) -> None:
        async def delete() -> None:
            for name in await self.store.database.list_collection_names():
                await self.store.database[name].delete_many({})

        self.run(delete())

    def close(self) -> None:
        self.run(self._client.close())
        self._loop.close()


@pytest.fixture
def loop(mongo_uri: str, worker_id: str) -> Iterator[Loop]:
    loop = Loop(mongo_uri, f"tessera_machine_{worker_id}")
    yield loop
    loop.close()


class LedgerMachine(RuleBasedStateMachine):
    """Three members of a programme, and everything that may happen to their points."""

    def __init__(self, loop: Loop) -> None:
        super().__init__()
        self.loop = loop
        self.house: LedgerHouse
        self.members: list[Enrolment] = []
        self.receipts: list[Receipt] = []
        self.merges: list[str] = []
        self.waiting: list[str] = []
        self.number = 0

    def _do(self, work: Awaitable[Answer]) -> Answer | None:
        """Do it, or be refused: a refusal leaves nothing behind, which the proof sees."""
        try:
            return self.loop.run(work)
        except OfferError:
            return None

    def _till(self, receipt: Receipt) -> Till:
        tills = (self.house.till, self.house.till_of("bakery"), self.house.till_of("cinema"))
        return next(till for till in tills if till.outlet.id == receipt.outlet_id)

    def _id(self, who: int) -> MemberId:
        return self.members[who].member.id

    def _key(self) -> str:
        self.number += 1
        return f"key-{self.number}"

    @initialize(terms=AGREED)
    def open(self, terms: Terms) -> None:
        self.loop.empty()
        self.house = self.loop.run(open_ledger_house(self.loop.store, SettableClock(NOON), terms))
        self.members = [self.loop.run(self.house.enrol(number, telegram_id=number + 1)) for number in range(MEMBERS)]

    @rule(who=WHO, points=POINTS, merchant=st.sampled_from(["bakery", "cinema"]), days_late=st.integers(0, 5))
    def buy(self, who: int, points: int, merchant: str, days_late: int) -> None:
        at = self.house.clock() - timedelta(days=days_late)
        till = self.house.till_of(merchant)
        if receipt := self._do(self.house.buy(self.members[who], points=points, till=till, at=at)):
            self.receipts.append(receipt)

    @rule(who=WHO, points=POINTS)
    def redeem(self, who: int, points: int) -> None:
        there = self.loop.run(self.house.spendable(self._id(who)))
        if receipt := self._do(self.house.buy(self.members[who], redeem=min(points, there) or 1)):
            self.receipts.append(receipt)

    @precondition(lambda self: self.receipts)
    @rule(which=st.integers(0, 50))
    def void(self, which: int) -> None:
        receipt = self.receipts.pop(which % len(self.receipts))
        self._do(self.house.void(receipt, till=self._till(receipt)))

    @precondition(lambda self: self.receipts)
    @rule(which=st.integers(0, 50), share=st.integers(1, 4))
    def give_goods_back(self, which: int, share: int) -> None:
        receipt = self.receipts[which % len(self.receipts)]
        goods = (GoodsBack(line=0, amount_minor=receipt.total_minor // share),)
        request = ReturnRequest(return_ref=self._key(), goods=goods, body_digest="d")
        flow = ReturnPurchase(self.loop.store, self.house.clock)
        self._do(flow(self._till(receipt), receipt.id, request))

    @rule(sender=WHO, receiver=WHO, points=POINTS)
    def transfer(self, sender: int, receiver: int, points: int) -> None:
        flow = TransferPoints(self.loop.store, self.house.clock, secrets.token_bytes)
        wish = Transfer(sender_id=self._id(sender), receiver_id=self._id(receiver), points=points, key=self._key())
        first = self._do(flow(self.house.programme, wish))
        if first is not None:
            assert self._do(flow(self.house.programme, wish)) == first

    @rule(who=WHO, points=POINTS, up=st.booleans())
    def adjust(self, who: int, points: int, *, up: bool) -> None:
        flow = AdjustBalance(self.loop.store, self.house.clock, secrets.token_bytes)
        signed = points if up else -points
        wish = Wish(member_id=self._id(who), points=signed, reason="r", staff_id="olga", key=self._key())
        adjustment = self._do(flow(self.house.programme, wish))
        if adjustment is not None and adjustment.state is AdjustmentState.WAITING:
            self.waiting.append(adjustment.id)

    @precondition(lambda self: self.waiting)
    @rule(staff=st.sampled_from(["olga", "pavel"]))
    def approve(self, staff: str) -> None:
        flow = AdjustBalance(self.loop.store, self.house.clock, secrets.token_bytes)
        self._do(flow.approve(self.house.programme, self.waiting.pop(), staff_id=staff))

    @rule(survivor=WHO, merged=WHO)
    def merge(self, survivor: int, merged: int) -> None:
        doubles = Doubles(
            survivor_id=self._id(survivor), merged_id=self._id(merged), staff_id="olga", reason="one person"
        )
        flow = MergeMembers(self.loop.store, self.house.clock, secrets.token_bytes)
        if (done := self._do(flow(self.house.programme, doubles))) and done.id not in self.merges:
            self.merges.append(done.id)

    @precondition(lambda self: self.merges)
    @rule(which=st.integers(0, 5))
    def unmerge(self, which: int) -> None:
        merge_id = self.merges[which % len(self.merges)]
        flow = UnmergeMembers(self.loop.store, self.house.clock)
        self._do(flow(self.house.programme, merge_id, staff_id="olga"))

    @rule(hours=st.sampled_from([1, 10, 24, 24 * 3, 24 * 15]))
    def time_passes(self, hours: int) -> None:
        self.house.clock.move(timedelta(hours=hours))

    @rule()
    def sweep(self) -> None:
        self.loop.run(ExpireLots(self.loop.store, self.house.clock)())
        self.loop.run(RemindOfExpiry(self.loop.store, self.house.clock)(self.house.programme))

    @invariant()
    def the_ledger_is_proven(self) -> None:
        if self.members:
            self.loop.run(self.house.verify())

    @invariant()
    def what_is_owed_reconciles(self) -> None:
        if self.members:
            report = ReportLiability(self.loop.store, self.house.clock)
            found = self.loop.run(report(self.house.programme, since=NOON + timedelta(days=3)))
            assert found.reconciles, found

    @invariant()
    def nobody_is_counted_twice(self) -> None:
        """Counters, receipts and cards are shared out among the members, whoever speaks for whom."""
        if self.members:
            assert self.loop.run(self._receipts_counted()) == self.loop.run(self._receipts_settled())

    async def _receipts_counted(self) -> int:
        members = await self.loop.store.reading.members.newest(self.house.programme.id, limit=10)
        return sum(member.counters.purchases for member in members)

    async def _receipts_settled(self) -> int:
        return await self.loop.store.database["receipts"].count_documents({"state": "settled"})


def test_whatever_happens_the_ledger_is_proven_after_every_step(loop: Loop) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]  # Hypothesis has no annotation there
        lambda: LedgerMachine(loop),
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
