"""Return goods of a settled purchase, whole or in parts, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from offers.engine.bookkeeping import catch_up
from offers.engine.levels import discount_held_bp
from offers.engine.lots import after, available
from offers.engine.returns import Undoing, points_moved, reverse, undo
from offers.flows.keep_level import Standings
from offers.flows.keep_movements import keep_movements
from offers.flows.reserve_limits import cause_of
from offers.flows.return_takes import return_takes
from offers.flows.tell_outbox import event_item
from offers.flows.turns import turn_at_checkout
from offers.flows.uncount_purchase import uncount
from offers.model.checkout_errors import AlreadyVoided
from offers.model.clock import Clock
from offers.model.errors import UnknownCheckout
from offers.model.events import PurchaseReturned
from offers.model.ids import CheckoutId
from offers.model.ledger import POINTS
from offers.model.programme import Terms, Till
from offers.model.purchase import ReceiptState
from offers.model.returns import Return, ReturnRequest
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class ReturnPurchase:
    """Return once: the same `return_ref` asked again gives the same return, for ever.

    Redeemed points go back to the lots they came from, accrued points are taken back as the terms let them; counters,
    stamps and level follow. Raises UnknownCheckout, KeyReused, AlreadyVoided, UnknownLine, OverReturn, NothingToReturn,
    Busy.
    """

    store: Store
    clock: Clock

    async def __call__(self, till: Till, checkout_id: CheckoutId, request: ReturnRequest) -> Return:
        async with turn_at_checkout(checkout_id):
            return await self.store.transact(lambda work: self._return(work, till, checkout_id, request))

    async def _return(self, work: Work, till: Till, checkout_id: CheckoutId, request: ReturnRequest) -> Return:
        if earlier := await work.returns.find(till.outlet.id, checkout_id, request):
            return earlier.answering(request)
        receipt = await work.receipts.get(till.outlet.id, checkout_id)
        if receipt is None:
            raise UnknownCheckout
        if receipt.state is ReceiptState.VOIDED:
            raise AlreadyVoided
        claimed = await work.accounts.claim(receipt.member_id, receipt.programme_id, POINTS)
        at, undoing = self.clock(), undo(receipt, request.goods)
        caught_up = catch_up(claimed, at)
        moved = reverse(after(claimed, caught_up), undoing, terms=till.programme.terms, at=at)
        cause = f"return:{receipt.id}:{request.return_ref}"
        account = await keep_movements(work, claimed, [*caught_up, *moved], cause=cause, effective_at=at, at=at)
        made = _made(undoing, request, points_moved(moved), balance=available(account, at), at=at)
        await work.receipts.note_return(undoing.receipt)
        await work.returns.add(made)
        if receipt.offers:
            await return_takes(work, cause_of(receipt), undoing.returned(), at=at)
        standings = await uncount(work, till.programme, receipt, undoing.receipt, undoing.lines, at=at)
        await work.outbox.put([event_item(_returned(made, cause, till.programme.terms, standings))])
        return made


def _made(undoing: Undoing, request: ReturnRequest, points: tuple[int, int], *, balance: int, at: datetime) -> Return:
    receipt, (returned, taken_back) = undoing.receipt, points
    return Return(
        id=f"{receipt.id}:{request.return_ref}",
        checkout_id=receipt.id,
        programme_id=receipt.programme_id,
        outlet_id=receipt.outlet_id,
        member_id=receipt.member_id,
        order_ref=receipt.order_ref,
        return_ref=request.return_ref,
        at=at,
        currency=receipt.currency,
        lines=undoing.lines,
        total_minor=sum(line.total_minor for line in undoing.lines),
        refund_minor=undoing.refund_minor,
        points_returned=returned,
        points_taken_back=taken_back,
        balance=balance,
        is_whole=undoing.is_whole,
        body_digest=request.body_digest,
        idempotency_key=request.idempotency_key,
    )


def _returned(made: Return, cause: str, terms: Terms, standings: Standings) -> PurchaseReturned:
    before, now = standings
    return PurchaseReturned(
        key=f"{cause}:returned",
        programme_id=made.programme_id,
        member_id=made.member_id,
        at=made.at,
        checkout_id=made.checkout_id,
        refund_minor=made.refund_minor,
        points_returned=made.points_returned,
        points_taken_back=made.points_taken_back,
        balance=made.balance,
        discount_bp_before=discount_held_bp(terms, before),
        discount_bp=discount_held_bp(terms, now),
    )
