"""Void a purchase: everything its receipt did is reversed, on its business day, in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.bookkeeping import catch_up
from offers.engine.calendar import business_day
from offers.engine.counters import uncounting
from offers.engine.lots import Movement, after, available, give_back, take_back
from offers.flows.keep_movements import keep_movements
from offers.flows.tell_outbox import event_item
from offers.model.clock import Clock
from offers.model.errors import UnknownCheckout, VoidWindowClosed
from offers.model.events import PurchaseVoided
from offers.model.ids import CheckoutId
from offers.model.ledger import POINTS, Account
from offers.model.programme import Till
from offers.model.purchase import Receipt, ReceiptState
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class VoidPurchase:
    """Void once: a second void answers the voided receipt.

    Redeemed points return to their lots with the old expiry (plus grace when it passed); accrued points are taken
    back, what was already spent of them as a deficit. Raises UnknownCheckout, VoidWindowClosed, Busy.
    """

    store: Store
    clock: Clock

    async def __call__(self, till: Till, checkout_id: CheckoutId) -> Receipt:
        return await self.store.transact(lambda work: self._void(work, till, checkout_id))

    async def _void(self, work: Work, till: Till, checkout_id: CheckoutId) -> Receipt:
        receipt = await work.receipts.get(till.outlet.id, checkout_id)
        if receipt is None:
            raise UnknownCheckout
        if receipt.state is ReceiptState.VOIDED:
            return receipt
        at = self.clock()
        if receipt.business_day != business_day(at, till.outlet.zone):
            raise VoidWindowClosed(business_day=receipt.business_day)
        account = await work.accounts.claim(receipt.member_id, receipt.programme_id, POINTS)
        movements = catch_up(account, at)
        reversals = self._reverse(till, receipt, after(account, movements), at)
        movements += reversals
        account = await keep_movements(work, account, movements, cause=f"void:{receipt.id}", effective_at=at, at=at)
        await work.receipts.void(receipt.id, at=at)
        if member := await work.members.get(receipt.member_id):
            await work.members.count_in(member.id, uncounting(member.counters, receipt))
        await work.outbox.put([event_item(_voided(receipt, reversals, balance=available(account, at), at=at))])
        return replace(receipt, state=ReceiptState.VOIDED, voided_at=at)

    def _reverse(self, till: Till, receipt: Receipt, account: Account, at: datetime) -> list[Movement]:
        terms, movements = till.programme.terms, []
        if receipt.spent:
            movements.append(give_back(account, receipt.spent, at=at, grace_days=terms.restore_grace_days))
            account = movements[-1].account
        if receipt.accrual_lot:
            policy = terms.return_policy
            movements.append(take_back(account, receipt.accrual_lot, receipt.points_accrued, policy=policy, at=at))
        return [movement for movement in movements if movement.points]


def _voided(receipt: Receipt, reversals: list[Movement], *, balance: int, at: datetime) -> PurchaseVoided:
    points = [movement.points for movement in reversals]
    return PurchaseVoided(
        key=f"purchase:{receipt.id}:voided",
        programme_id=receipt.programme_id,
        member_id=receipt.member_id,
        at=at,
        checkout_id=receipt.id,
        points_returned=sum(number for number in points if number > 0),
        points_taken_back=-sum(number for number in points if number < 0),
        balance=balance,
    )
