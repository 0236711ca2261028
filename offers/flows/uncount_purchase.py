"""Uncount a purchase: a member's counters, stamps and level follow what came back, in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime

from offers.engine.counters import uncounting
from offers.engine.goods_back import net_minor
from offers.engine.stamps import changed, left_of, summed, taken_back
from offers.flows.keep_level import Standings, keep_level_returned
from offers.flows.reward_referral import undo_referral
from offers.model.held_level import LevelStanding, Spent
from offers.model.ids import MemberId
from offers.model.programme import Programme
from offers.model.purchase import Receipt, ReceiptState
from offers.model.returns import ReturnedLine
from offers.store.work import Work


async def uncount(
    work: Work, programme: Programme, before: Receipt, now: Receipt, lines: Iterable[ReturnedLine], *, at: datetime
) -> Standings:
    """Take `lines` of a receipt back; gives how the member stood before and how they stand now.

    Asked when the store has the receipt as it is `now`.
    """
    member = await work.members.get(before.member_id)
    if member is None:
        return LevelStanding(spend_minor=0), LevelStanding(spend_minor=0)
    is_whole = now.state is not ReceiptState.SETTLED
    counters = uncounting(member.counters, before, lines, is_whole=is_whole)
    await work.members.count_in(member.id, counters)
    if is_whole:
        await undo_referral(work, programme, member, before, at=at)
    if stamps := taken_back(before, now):
        await work.members.stamp(member.id, changed(member.stamps, stamps))
    back = Spent(at=now.at, minor=net_minor(before) - net_minor(now))
    return await keep_level_returned(work, programme, member, back, at=at)


async def keep_stamps_counted(work: Work, member_id: MemberId) -> None:
    """Count stamps again from the receipts a member has now: purchases came or went with a card."""
    receipts = await work.receipts.with_stamps(member_id)
    stamps = changed((), summed(*(left_of(receipt) for receipt in receipts)))
    await work.members.stamp(member_id, stamps)
