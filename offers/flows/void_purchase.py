"""Void a purchase: everything its receipt did is reversed, on its business day, in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.bookkeeping import catch_up
from offers.engine.calendar import business_day
from offers.engine.lots import after, available
from offers.engine.refills import Returned
from offers.engine.returns import points_moved, reverse, undo
from offers.flows.keep_movements import keep_movements
from offers.flows.reserve_limits import cause_of
from offers.flows.return_takes import return_takes
from offers.flows.tell_outbox import event_item
from offers.flows.turns import turn_at_checkout
from offers.flows.uncount_purchase import uncount
from offers.model.checkout_errors import AlreadyReturned
from offers.model.clock import Clock
from offers.model.errors import UnknownCheckout, VoidWindowClosed
from offers.model.events import PurchaseVoided
from offers.model.ids import CheckoutId
from offers.model.ledger import POINTS
from offers.model.programme import Till
from offers.model.purchase import Receipt, ReceiptState
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class VoidPurchase:
    """Void once: a second void answers the voided receipt. What was returned before stays returned; the rest is undone.

    Redeemed points return to their lots with the old expiry (plus grace when it passed); accrued points are taken back
    as the terms let them; counters, stamps and level follow, and a reward for who brought the member. Raises
    UnknownCheckout, AlreadyReturned, VoidWindowClosed, Busy.
    """

    store: Store
    clock: Clock

    async def __call__(self, till: Till, checkout_id: CheckoutId) -> Receipt:
        async with turn_at_checkout(checkout_id):
            return await self.store.transact(lambda work: self._void(work, till, checkout_id))

    async def _void(self, work: Work, till: Till, checkout_id: CheckoutId) -> Receipt:
        receipt = await work.receipts.get(till.outlet.id, checkout_id)
        if receipt is None:
            raise UnknownCheckout
        if receipt.state is ReceiptState.VOIDED:
            return receipt
        if receipt.state is ReceiptState.RETURNED:
            raise AlreadyReturned
        at = self.clock()
        if receipt.business_day != business_day(at, till.outlet.zone):
            raise VoidWindowClosed(business_day=receipt.business_day)
        claimed = await work.accounts.claim(receipt.member_id, receipt.programme_id, POINTS)
        undoing, caught_up = undo(receipt, None), catch_up(claimed, at)
        moved = reverse(after(claimed, caught_up), undoing, terms=till.programme.terms, at=at)
        cause = f"void:{receipt.id}"
        account = await keep_movements(work, claimed, [*caught_up, *moved], cause=cause, effective_at=at, at=at)
        await work.receipts.void(receipt.id, at=at)
        if receipt.offers:
            whole = Returned(returned_minor=receipt.total_minor, total_minor=receipt.total_minor, is_whole=True)
            await return_takes(work, cause_of(receipt), whole, at=at)
        if receipt.points_redeemed and receipt.card_id is not None:
            await work.code_draws.give_back(receipt.card_id, cause_of(receipt))
        voided = replace(receipt, state=ReceiptState.VOIDED, voided_at=at)
        await uncount(work, till.programme, receipt, voided, undoing.lines, at=at)
        await work.outbox.put([event_item(_voided(receipt, points_moved(moved), available(account, at), at))])
        return voided


def _voided(receipt: Receipt, points: tuple[int, int], balance: int, at: datetime) -> PurchaseVoided:
    returned, taken_back = points
    return PurchaseVoided(
        key=f"purchase:{receipt.id}:voided",
        programme_id=receipt.programme_id,
        member_id=receipt.member_id,
        at=at,
        checkout_id=receipt.id,
        points_returned=returned,
        points_taken_back=taken_back,
        balance=balance,
    )
