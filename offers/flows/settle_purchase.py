"""Settle a purchase: price it, move the points, keep the receipt and tell the outbox, in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from offers.engine.bookkeeping import catch_up, new_lot
from offers.engine.counters import counting
from offers.engine.levels import discount_bp
from offers.engine.lots import Movement, accrue, after, available, spend
from offers.engine.pricing import Decision, price
from offers.flows.keep_movements import keep_movements
from offers.flows.tell_outbox import event_item
from offers.model.card import Card, CardState
from offers.model.clock import Clock
from offers.model.errors import CardNotActive, PurchaseInFuture, PurchaseTooOld, UnknownCard
from offers.model.events import PurchaseSettled
from offers.model.ids import Chance, CheckoutId, LotId, new_id
from offers.model.ledger import POINTS, Account, Lot
from offers.model.member import Member
from offers.model.programme import Till
from offers.model.purchase import Purchase, Receipt
from offers.store.store import Store
from offers.store.work import Work

CLOCK_SKEW = timedelta(minutes=5)
LATE_DAYS = 30


@dataclass(frozen=True, slots=True)
class SettlePurchase:
    """Settle once: the same order, asked again, gives the same receipt, for ever.

    Raises KeyReused (the order or key was used with another body), UnknownCard, CardNotActive, PurchaseInFuture,
    PurchaseTooOld, Busy and whatever `price` raises. After a raise nothing was kept.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, till: Till, purchase: Purchase) -> Receipt:
        return await self.store.transact(lambda work: self._settle(work, till, purchase))

    async def _settle(self, work: Work, till: Till, purchase: Purchase) -> Receipt:
        if earlier := await work.receipts.find(till.outlet.id, purchase):
            return earlier.answering(purchase)
        at = self.clock()
        if purchase.at > at + CLOCK_SKEW:
            raise PurchaseInFuture
        if purchase.at < at - timedelta(days=LATE_DAYS):
            raise PurchaseTooOld(days=LATE_DAYS)
        found = await work.cards.with_member(purchase.card_id)
        if found is None or found[0].programme_id != till.programme.id:
            raise UnknownCard
        card, member = found
        if card.state is not CardState.ACTIVE:
            raise CardNotActive(state=card.state)
        account = await work.accounts.claim(card.member_id, card.programme_id, POINTS)
        settling = _Settling(till=till, purchase=purchase, card=card, member=member, account=account)
        receipt, movements = settling.decide(CheckoutId(new_id(at, self.chance)), at)
        await keep_movements(work, account, movements, cause=f"purchase:{receipt.id}", effective_at=receipt.at, at=at)
        await work.receipts.add(receipt)
        counters = counting(member.counters, receipt)
        await work.members.count_in(member.id, counters)
        after = discount_bp(till.programme.terms, counters.spend_minor)
        await work.outbox.put([event_item(_settled(receipt, discount_bp_after=after))])
        return receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settling:
    """One purchase on its way to a receipt, everything it needs in hand."""

    till: Till
    purchase: Purchase
    card: Card
    member: Member
    account: Account

    def decide(self, checkout_id: CheckoutId, at: datetime) -> tuple[Receipt, list[Movement]]:
        movements = catch_up(self.account, at)
        account = after(self.account, movements)
        decision = price(
            self.till.programme,
            self.purchase,
            spend_minor=self.member.counters.spend_minor,
            points_available=available(account, at),
        )
        spent = accrued = None
        if decision.points_redeemed:
            order, funder = self.till.programme.terms.spending_order, self.till.outlet.merchant_id
            spent = spend(account, decision.points_redeemed, at, order=order, funder=funder)
            movements, account = [*movements, spent], spent.account
        if decision.points_accrued:
            accrued = accrue(account, self._lot(decision.points_accrued, checkout_id, at))
            movements, account = [*movements, accrued], accrued.account
        receipt = self._receipt(
            decision, checkout_id, spent=spent, accrued=accrued, balance=available(account, at), at=at
        )
        return receipt, movements

    def _receipt(
        self,
        decision: Decision,
        checkout_id: CheckoutId,
        *,
        spent: Movement | None,
        accrued: Movement | None,
        balance: int,
        at: datetime,
    ) -> Receipt:
        purchase = self.purchase
        return Receipt(
            id=checkout_id,
            programme_id=self.till.programme.id,
            outlet_id=self.till.outlet.id,
            member_id=self.member.id,
            card_id=self.card.id,
            order_ref=purchase.order_ref,
            business_day=purchase.business_day,
            at=purchase.at,
            recorded_at=at,
            currency=purchase.currency,
            total_minor=decision.total_minor,
            discount_minor=decision.discount_minor,
            redeemed_minor=decision.redeemed_minor,
            payable_minor=decision.payable_minor,
            points_accrued=decision.points_accrued,
            points_redeemed=decision.points_redeemed,
            balance=balance,
            card_version=self.card.version,
            discount_bp=decision.discount_bp,
            lines=decision.lines,
            explain=decision.explain,
            spent=spent.shares if spent else (),
            accrual_lot=accrued.edges[0].lot_id if accrued else None,
            body_digest=purchase.body_digest,
            idempotency_key=purchase.idempotency_key,
        )

    def _lot(self, points: int, checkout_id: CheckoutId, recorded_at: datetime) -> Lot:
        return new_lot(
            self.till.programme,
            LotId(checkout_id),
            points,
            at=self.purchase.at,
            recorded_at=recorded_at,
            funder=self.till.outlet.merchant_id,
        )


def _settled(receipt: Receipt, *, discount_bp_after: int) -> PurchaseSettled:
    return PurchaseSettled(
        key=f"purchase:{receipt.id}:settled",
        programme_id=receipt.programme_id,
        member_id=receipt.member_id,
        at=receipt.recorded_at,
        checkout_id=receipt.id,
        paid_minor=receipt.payable_minor,
        points_accrued=receipt.points_accrued,
        points_redeemed=receipt.points_redeemed,
        balance=receipt.balance,
        discount_bp_before=receipt.discount_bp,
        discount_bp=discount_bp_after,
    )
