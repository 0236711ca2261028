"""Merge members: two enrolments of one person become one, in one transaction, and can be parted again."""

from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.bookkeeping import catch_up
from offers.engine.lots import after
from offers.engine.merging import added, join, lacking, leave
from offers.engine.stamps import changed, net
from offers.flows.keep_level import better_level, keep_level_merged
from offers.flows.keep_movements import keep_movements
from offers.flows.reward_referral import refuse_one_person
from offers.flows.tell_outbox import balance_item
from offers.flows.turns import turn_at_members
from offers.model.audit import AuditAction
from offers.model.clock import Clock
from offers.model.errors import UnknownMember
from offers.model.events import BalanceReason
from offers.model.ids import Chance, MemberId, ProgrammeId, new_id
from offers.model.ledger import POINTS, Account
from offers.model.ledger_errors import MemberMerged, ReasonMissing, SameMember, TooMuchToMerge
from offers.model.member import Member
from offers.model.merge import BroughtLot, Merge
from offers.model.programme import Programme
from offers.store.merges import MAX_RECEIPTS
from offers.store.repository import MAX_MERGES_IN_A_ROW
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubles:
    """Two enrolments of one person: `survivor_id` speaks for both from now on."""

    survivor_id: MemberId
    merged_id: MemberId
    staff_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class MergeMembers:
    """Merge once: asked again, the same merge is the answer.

    To the survivor go the cards, receipts, coupons, counters, stamps and lots in every currency, a debt as well, the
    better of the two levels, and those contacts that the survivor lacks; under a contact that both had the merged
    member is still found, and the survivor answers. Consents stay with whoever gave them. Raises SameMember,
    UnknownMember, MemberMerged, TooMuchToMerge, ReasonMissing, Busy.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, programme: Programme, doubles: Doubles) -> Merge:
        if doubles.survivor_id == doubles.merged_id:
            raise SameMember
        if not doubles.reason.strip():
            raise ReasonMissing
        async with turn_at_members(doubles.survivor_id, doubles.merged_id):
            return await self.store.transact(lambda work: self._merge(work, programme, doubles))

    async def _merge(self, work: Work, programme: Programme, doubles: Doubles) -> Merge:
        survivor = await enrolled(work, programme, doubles.survivor_id)
        merged = await enrolled(work, programme, doubles.merged_id)
        if merged.merged_into == survivor.id and (earlier := await work.merges.of(merged.id)):
            return earlier
        for member in (survivor, merged):
            if member.merged_into is not None:
                raise MemberMerged(survivor_id=member.merged_into)
        at = self.clock()
        await refuse_one_person(work, programme, survivor, merged, at=at)
        accounts = await claim_holdings(work, programme, survivor.id, merged.id)
        merge = Merge(
            id=new_id(at, self.chance),
            programme_id=programme.id,
            survivor_id=survivor.id,
            merged_id=merged.id,
            merged_at=at,
            staff_id=doubles.staff_id,
            reason=doubles.reason.strip(),
            depth=1 + await work.merges.depth(merged.id),
            contacts=lacking(survivor, merged),
        )
        if merge.depth >= MAX_MERGES_IN_A_ROW:
            raise TooMuchToMerge(limit=MAX_RECEIPTS)
        merge = replace(merge, lots=await self._join_accounts(work, merge, accounts, at))
        level = await better_level(work, programme, survivor, merged, at=at)
        merge = await self._bring(work, merge, survivor, merged)
        await keep_level_merged(work, programme, survivor, merged, level, at=at)
        await work.merges.keep(merge)
        await note(work, AuditAction.MEMBERS_MERGED, merge, staff_id=merge.staff_id, at=at)
        return merge

    async def _join_accounts(
        self, work: Work, merge: Merge, accounts: dict[tuple[MemberId, str], Account], at: datetime
    ) -> tuple[BroughtLot, ...]:
        brought: list[BroughtLot] = []
        for currency in sorted({currency for _, currency in accounts}):
            leaving, joining = accounts[merge.merged_id, currency], accounts[merge.survivor_id, currency]
            out = catch_up(leaving, at)
            left = after(leaving, out)
            come = catch_up(joining, at)
            joined, lots = join(after(joining, come), left)
            if currency != POINTS and not left.lots and not left.deficit:
                continue
            cause = f"merge:{merge.id}"
            await keep_movements(work, leaving, [*out, leave(left)], cause=cause, effective_at=at, at=at)
            kept = await keep_movements(work, joining, [*come, joined], cause=cause, effective_at=at, at=at)
            await work.outbox.put([balance_item(kept, BalanceReason.MERGED, joined.points, at=at)])
            brought += lots
        return tuple(brought)

    async def _bring(self, work: Work, merge: Merge, survivor: Member, merged: Member) -> Merge:
        receipt_ids = await work.merges.bring_receipts(merged.id, survivor.id)
        if receipt_ids is None:
            raise TooMuchToMerge(limit=MAX_RECEIPTS)
        card_ids = await work.merges.bring_cards(merged.id, survivor.id)
        coupon_ids = await work.merges.bring_coupons(merged.id, survivor.id)
        counters = added(survivor.counters, merged.counters)
        brought = {count.offer_id: net(count) for count in merged.stamps}
        await work.members.stamp(survivor.id, changed(survivor.stamps, brought))
        await work.members.stamp(merged.id, ())
        await work.referrals.bring(merged.id, survivor.id)
        await work.merges.hand_over(merged, survivor.id, merge.contacts, counters)
        return replace(merge, card_ids=card_ids, receipt_ids=receipt_ids, coupon_ids=coupon_ids)


async def enrolled(work: Work, programme: Programme, member_id: MemberId) -> Member:
    """Give a member of the programme, merged or not. Raises UnknownMember."""
    member = await work.merges.as_enrolled(member_id)
    if member is None or member.programme_id != programme.id:
        raise UnknownMember
    return member


async def claim_holdings(
    work: Work, programme: Programme, survivor_id: MemberId, merged_id: MemberId
) -> dict[tuple[MemberId, str], Account]:
    """Claim every account of both, in the fixed order.

    Points and the programme's own currency are claimed though nobody holds any: whoever is just opening such an account
    must meet this transaction.
    """
    currencies = {POINTS, programme.currency}
    for member_id in (survivor_id, merged_id):
        currencies.update(await work.accounts.currencies(member_id))
    holdings = [(member_id, currency) for member_id in (survivor_id, merged_id) for currency in currencies]
    return await work.accounts.claim_all(holdings, ProgrammeId(programme.id))


async def note(work: Work, action: AuditAction, merge: Merge, *, staff_id: str, at: datetime) -> None:
    facts: dict[str, int | str] = {
        "merge_id": merge.id,
        "merged_id": merge.merged_id,
        "reason": merge.reason,
        "points": sum(lot.points for lot in merge.lots if lot.currency == POINTS),
    }
    await work.audit.append(
        merge.programme_id, action, staff_id=staff_id, subject=merge.survivor_id, facts=facts, at=at
    )
