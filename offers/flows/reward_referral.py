"""Reward a referral with the purchase that earns it, and take the reward back with the purchase."""

from dataclasses import replace
from datetime import datetime

from offers.engine.bookkeeping import catch_up
from offers.engine.lots import accrue, after, take_back
from offers.engine.referrals import code_in, month_began, refusal, reward_lot, rewarded_for, undone
from offers.flows.keep_movements import keep_movements
from offers.flows.tell_outbox import balance_item
from offers.model.events import BalanceReason
from offers.model.ledger import POINTS
from offers.model.member import Member
from offers.model.programme import Programme
from offers.model.purchase import Receipt
from offers.model.referral import Referral, ReferralReason, ReferralState, RewardShare
from offers.store.work import Work


async def reward_referral(work: Work, programme: Programme, member: Member, receipt: Receipt, *, at: datetime) -> None:
    """Give both their points for the first purchase that is large enough, in its transaction; or note why not.

    The inviter's account is claimed before the month is counted, so that two purchases at once cannot pass the cap.
    """
    if code_in(member.source) is None:
        return
    referral = await work.referrals.of_invited(member.id)
    if referral is None or referral.state is not ReferralState.WAITING:
        return
    inviter, terms = await work.members.get(referral.inviter_id), programme.terms.referral
    rewarded = 0
    if inviter is not None:
        await work.accounts.claim(inviter.id, programme.id, POINTS)
        rewarded = await work.referrals.rewarded(inviter.id, since=month_began(at, programme.zone))
    refused = refusal(terms, inviter, member, receipt, rewarded=rewarded)
    if refused or terms is None or inviter is None:
        state, reason = refused or (ReferralState.WAITING, None)
        await work.referrals.keep(replace(referral, state=state, reason=reason))
        return
    made = rewarded_for(referral, terms, programme, receipt, at=at)
    await work.referrals.keep(made)
    for share in made.shares:
        await _give(work, programme, made, share, at=at)


async def undo_referral(work: Work, programme: Programme, member: Member, receipt: Receipt, *, at: datetime) -> None:
    """Take both rewards back when nothing is left of the purchase they were given for."""
    if code_in(member.source) is None:
        return
    referral = await work.referrals.of_invited(member.id)
    if referral is not None and referral.checkout_id == receipt.id:
        await _take_back(work, programme, referral, undone(referral), at=at)


async def refuse_one_person(work: Work, programme: Programme, one: Member, other: Member, *, at: datetime) -> None:
    """Refuse what two who turn out to be one person were brought by: the one by the other, or one who was here before.

    What it gave is taken back. Asked before their accounts become one.
    """
    for invited, twin in ((one, other), (other, one)):
        referral = await work.referrals.of_invited(invited.id)
        if referral is None or referral.state is ReferralState.REFUSED:
            continue
        if referral.inviter_id == twin.id:
            reason = ReferralReason.SAME_PERSON
        elif twin.enrolled_at < invited.enrolled_at:
            reason = ReferralReason.ALREADY_MEMBER
        else:
            continue
        refused = replace(undone(referral), state=ReferralState.REFUSED, reason=reason)
        await _take_back(work, programme, referral, refused, at=at)


async def _take_back(work: Work, programme: Programme, referral: Referral, now: Referral, *, at: datetime) -> None:
    """Write a referral as it is now, and take what it had given; what was spent of it is owed."""
    await work.referrals.keep(now)
    for share in referral.shares:
        member = await work.members.get(share.member_id)
        if member is None:
            continue
        claimed = await work.accounts.claim(member.id, programme.id, POINTS)
        movements = catch_up(claimed, at)
        taken = take_back(after(claimed, movements), share.lot_id, share.points)
        cause = f"referral:{referral.id}:{referral.checkout_id}:undone:{share.part}"
        account = await keep_movements(work, claimed, [*movements, taken], cause=cause, effective_at=at, at=at)
        await work.outbox.put([balance_item(account, BalanceReason.REFERRED, -share.points, at=at)])


async def _give(work: Work, programme: Programme, referral: Referral, share: RewardShare, *, at: datetime) -> None:
    claimed = await work.accounts.claim(share.member_id, programme.id, POINTS)
    movements = catch_up(claimed, at)
    lot = reward_lot(programme, share.lot_id, share.points, pending_until=referral.pending_until or at, at=at)
    movements.append(accrue(after(claimed, movements), lot, at=at))
    cause = f"referral:{referral.id}:{referral.checkout_id}:{share.part}"
    account = await keep_movements(work, claimed, movements, cause=cause, effective_at=at, at=at)
    await work.outbox.put([balance_item(account, BalanceReason.REFERRED, share.points, at=at)])
