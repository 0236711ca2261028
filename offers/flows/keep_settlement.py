"""Keep a settlement: movements, receipt, counters and the news of it, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from offers.engine.counters import counting
from offers.engine.levels import discount_held_bp
from offers.engine.lots import Movement
from offers.engine.settling import Settling
from offers.engine.stamps import changed, given_by, with_collected
from offers.flows.keep_level import keep_level_bought
from offers.flows.keep_movements import keep_movements
from offers.flows.reward_referral import reward_referral
from offers.flows.tell_outbox import event_item
from offers.model.events import PurchaseSettled
from offers.model.ids import CheckoutId
from offers.model.ledger import Account
from offers.model.member import Member
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
    member, programme = settling.member, settling.till.programme
    receipt = await _stamp(work, member, receipt)
    counters = counting(member.counters, receipt)
    before, now = await keep_level_bought(work, programme, member, receipt, counters, at=at)
    await work.receipts.add(receipt)
    await work.members.count_in(member.id, counters)
    await reward_referral(work, programme, member, receipt, at=at)
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
        discount_bp_before=discount_held_bp(programme.terms, before),
        discount_bp=discount_held_bp(programme.terms, now),
    )
    await work.outbox.put([event_item(event)])
    return receipt


async def _stamp(work: Work, member: Member, receipt: Receipt) -> Receipt:
    """Give and take the stamps of a purchase; the receipt says how many there are now."""
    if not receipt.stamps:
        return receipt
    stamps = changed(member.stamps, given_by(receipt.stamps))
    await work.members.stamp(member.id, stamps)
    return with_collected(receipt, stamps)
