"""Void a purchase: everything its receipt did is reversed, on its business day, in one transaction."""

from dataclasses import dataclass, replace

from offers.engine.calendar import business_day
from offers.engine.counters import uncounting
from offers.engine.lots import Movement, available, give_back, run_out, take_back
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
        movements = run_out(account, at)
        movements += self._reverse(till, receipt, movements[-1].account if movements else account)
        account = await keep_movements(work, account, movements, cause=f"void:{receipt.id}", effective_at=at, at=at)
        await work.receipts.void(receipt.id, at=at)
        if member := await work.members.get(receipt.member_id):
            await work.members.count_in(member.id, uncounting(member.counters, receipt))
        await work.outbox.put([event_item(self._voided(receipt, balance=available(account, at)))])
        return replace(receipt, state=ReceiptState.VOIDED, voided_at=at)

    def _reverse(self, till: Till, receipt: Receipt, account: Account) -> list[Movement]:
        movements = []
        if receipt.spent:
            grace_days = till.programme.terms.restore_grace_days
            movements.append(give_back(account, receipt.spent, at=self.clock(), grace_days=grace_days))
            account = movements[-1].account
        if receipt.accrual_lot:
            movements.append(take_back(account, receipt.accrual_lot, receipt.points_accrued))
        return movements

    def _voided(self, receipt: Receipt, *, balance: int) -> PurchaseVoided:
        return PurchaseVoided(
            key=f"purchase:{receipt.id}:voided",
            programme_id=receipt.programme_id,
            member_id=receipt.member_id,
            at=self.clock(),
            checkout_id=receipt.id,
            points_returned=receipt.points_redeemed,
            points_taken_back=receipt.points_accrued,
            balance=balance,
        )
