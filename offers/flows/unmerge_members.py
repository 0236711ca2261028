"""Unmerge members: undo a merge, and split what happened in between by a stated rule."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.bookkeeping import catch_up
from offers.engine.lots import after
from offers.engine.merging import come_home, go_home, put_in_by
from offers.flows.keep_level import keep_level_counted
from offers.flows.keep_movements import keep_movements
from offers.flows.merge_members import claim_holdings, enrolled, note
from offers.flows.tell_outbox import balance_item
from offers.flows.turns import turn_at_members
from offers.flows.uncount_purchase import keep_stamps_counted
from offers.model.audit import AuditAction
from offers.model.clock import Clock
from offers.model.events import BalanceReason
from offers.model.ids import MemberId
from offers.model.ledger import POINTS, Account
from offers.model.ledger_errors import MemberMerged, UnknownMerge
from offers.model.merge import Merge
from offers.model.programme import Programme
from offers.model.purchase import Receipt
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class UnmergeMembers:
    """Undo a merge once: asked again, the parted merge is the answer.

    The rule: cards and coupons go home, and with them every purchase they made, before and since. Every lot goes home
    with what is left of it, as do the points that those cards earned since; what was spent in between is borne by the
    lots it was spent from, and a lot that both fed is split by what each put in, rounded for the survivor. A debt
    made good stays so, one that is left stays with the survivor. Contacts go home while the survivor still has them.
    Counters, stamps and levels are counted again from the receipts of each; referrals stay as the merge left them.
    Raises UnknownMerge, MemberMerged (the survivor was merged on: undo that first), Busy.
    """

    store: Store
    clock: Clock

    async def __call__(self, programme: Programme, merge_id: str, *, staff_id: str) -> Merge:
        known = await self.store.reading.merges.get(programme.id, merge_id)
        if known is None:
            raise UnknownMerge
        async with turn_at_members(known.survivor_id, known.merged_id):
            return await self.store.transact(lambda work: self._part(work, programme, merge_id, staff_id))

    async def _part(self, work: Work, programme: Programme, merge_id: str, staff_id: str) -> Merge:
        merge = await work.merges.get(programme.id, merge_id)
        if merge is None:
            raise UnknownMerge
        if merge.parted_at is not None:
            return merge
        survivor = await enrolled(work, programme, merge.survivor_id)
        if survivor.merged_into is not None:
            raise MemberMerged(survivor_id=survivor.merged_into)
        accounts = await claim_holdings(work, programme, merge.survivor_id, merge.merged_id)
        at = self.clock()
        since = await work.merges.receipts_since(merge)
        await self._part_accounts(work, merge, accounts, since, at)
        await work.merges.give_back(merge, [receipt.id for receipt in since])
        await work.merges.take_over(merge, survivor)
        await work.imports.recount([merge.survivor_id, merge.merged_id])
        for member_id in (merge.survivor_id, merge.merged_id):
            await keep_stamps_counted(work, member_id)
            await keep_level_counted(work, programme, member_id)
        parted = replace(merge, parted_at=at, parted_by=staff_id)
        await work.merges.keep(parted)
        await note(work, AuditAction.MEMBERS_PARTED, parted, staff_id=staff_id, at=at)
        return parted

    async def _part_accounts(
        self,
        work: Work,
        merge: Merge,
        accounts: dict[tuple[MemberId, str], Account],
        since: Sequence[Receipt],
        at: datetime,
    ) -> None:
        for currency in sorted({currency for _, currency in accounts}):
            keeping, going = accounts[merge.survivor_id, currency], accounts[merge.merged_id, currency]
            points = put_in_by(merge.lots, since if currency == POINTS else (), currency=currency)
            kept, gone = catch_up(keeping, at), catch_up(going, at)
            out = go_home(after(keeping, kept), points)
            if currency != POINTS and not out.points:
                continue
            back = come_home(after(going, gone), out.shares)
            for account, movements in ((keeping, [*kept, out]), (going, [*gone, back])):
                cause = f"part:{merge.id}"
                now = await keep_movements(work, account, movements, cause=cause, effective_at=at, at=at)
                item = balance_item(now, BalanceReason.MERGED, movements[-1].points, at=at)
                await work.outbox.put([item])
