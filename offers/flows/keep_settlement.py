"""Keep a settlement: movements, receipt, counters and the news of it, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from offers.engine.counters import counting
from offers.engine.levels import discount_bp
from offers.engine.lots import Movement
from offers.engine.settling import Settling
from offers.flows.keep_movements import keep_movements
from offers.flows.tell_outbox import event_item
from offers.model.events import PurchaseSettled
from offers.model.ids import CheckoutId
from offers.model.ledger import Account
from offers.model.purchase import Receipt
from offers.store.work import Work


async def keep_settlement(
    work: Work,
    settling: Settling,
    claimed: Account,
    caught_up: Sequence[Movement],
    *,
    checkout_id: CheckoutId,
    at: datetime,
) -> Receipt:
    """Carry a decision out and keep what came of it. `caught_up` led from the claimed account to the settling's."""
    receipt, movements = settling.carry_out(checkout_id, at)
    cause = f"purchase:{receipt.id}"
    await keep_movements(work, claimed, [*caught_up, *movements], cause=cause, effective_at=receipt.at, at=at)
    await work.receipts.add(receipt)
    member, terms = settling.member, settling.till.programme.terms
    counters = counting(member.counters, receipt)
    await work.members.count_in(member.id, counters)
    event = PurchaseSettled(
        key=f"purchase:{receipt.id}:settled",
        programme_id=receipt.programme_id,
        member_id=receipt.member_id,
        at=receipt.recorded_at,
        checkout_id=receipt.id,
        paid_minor=receipt.payable_minor,
        points_accrued=receipt.points_accrued,
        points_redeemed=receipt.points_redeemed,
        balance=receipt.balance,
        discount_bp_before=discount_bp(terms, member.counters.spend_minor),
        discount_bp=discount_bp(terms, counters.spend_minor),
    )
    await work.outbox.put([event_item(event)])
    return receipt
