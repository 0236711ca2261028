"""Adjust a balance by hand: with a reason, at once up to a limit, above it when a second person approves."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from offers.engine.bookkeeping import catch_up, new_lot
from offers.engine.calendar import end_of_local_day
from offers.engine.holds import free
from offers.engine.lots import Movement, accrue, after, spend
from offers.flows.keep_movements import keep_movements
from offers.flows.tell_outbox import balance_item
from offers.model.adjustment import Adjustment, AdjustmentState
from offers.model.audit import AuditAction
from offers.model.clock import Clock
from offers.model.errors import NotEnoughPoints, UnknownMember
from offers.model.events import BalanceReason
from offers.model.ids import Chance, LotId, MemberId, new_id
from offers.model.ledger import POINTS, Account, EntryKind
from offers.model.ledger_errors import (
    AdjustmentClosed,
    MovementKeyReused,
    PointsOutOfRange,
    ReasonMissing,
    SecondPersonNeeded,
    UnknownAdjustment,
)
from offers.model.programme import Programme
from offers.store.store import Store
from offers.store.work import Work

MAX_POINTS = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person of the staff asks for: signed points on a member, why, and a key that names the asking."""

    member_id: MemberId
    points: int
    reason: str
    staff_id: str
    key: str


@dataclass(frozen=True, slots=True)
class AdjustBalance:
    """Adjust, or ask for a second person.

    The limit counts everything one person alone moved on one member in a local day, so it cannot be split up. Points
    given live as the terms have it and are paid for by the programme; no adjustment makes a debt. The same key again
    answers the same adjustment. Raises ReasonMissing, PointsOutOfRange, MovementKeyReused, UnknownMember,
    NotEnoughPoints, and for a decision UnknownAdjustment, AdjustmentClosed, SecondPersonNeeded.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, programme: Programme, wish: Wish) -> Adjustment:
        if not wish.reason.strip():
            raise ReasonMissing
        if not 0 < abs(wish.points) <= MAX_POINTS:
            raise PointsOutOfRange(limit=MAX_POINTS)
        return await self.store.transact(lambda work: self._ask(work, programme, wish))

    async def approve(self, programme: Programme, adjustment_id: str, *, staff_id: str) -> Adjustment:
        """Apply what waits; whoever asked for it cannot. Approved twice by one person, it is applied once."""
        return await self.store.transact(lambda work: self._approve(work, programme, adjustment_id, staff_id))

    async def refuse(self, programme: Programme, adjustment_id: str, *, staff_id: str) -> Adjustment:
        """Refuse what waits; whoever asked may take it back so."""
        return await self.store.transact(lambda work: self._refuse(work, programme, adjustment_id, staff_id))

    async def waiting(self, programme: Programme) -> list[Adjustment]:
        """Give what waits for a second person, oldest first."""
        return await self.store.reading.adjustments.waiting(programme.id, at=self.clock())

    async def _ask(self, work: Work, programme: Programme, wish: Wish) -> Adjustment:
        at = self.clock()
        if earlier := await work.adjustments.by_key(programme.id, wish.key):
            asked = (earlier.points, earlier.reason, earlier.staff_id)
            if asked != (wish.points, wish.reason, wish.staff_id):
                raise MovementKeyReused(key=wish.key)
            return replace(earlier, state=earlier.state_at(at))
        member = await work.members.get(wish.member_id)
        if member is None or member.programme_id != programme.id:
            raise UnknownMember
        account = await work.accounts.claim(member.id, programme.id, POINTS)
        terms = programme.terms
        today = end_of_local_day(at, programme.zone, days=-1)
        moved = await work.adjustments.moved_by(wish.staff_id, member.id, POINTS, since=today)
        alone = moved + abs(wish.points) <= terms.adjustment_limit
        adjustment = Adjustment(
            id=new_id(at, self.chance),
            programme_id=programme.id,
            member_id=member.id,
            currency=POINTS,
            points=wish.points,
            reason=wish.reason.strip(),
            staff_id=wish.staff_id,
            key=wish.key,
            asked_at=at,
            lapses_at=at + timedelta(hours=terms.adjustment_patience_hours),
            state=AdjustmentState.APPLIED if alone else AdjustmentState.WAITING,
            decided_at=at if alone else None,
        )
        await work.adjustments.add(adjustment)
        if alone:
            await _apply(work, programme, account, adjustment, at=at)
        action = AuditAction.ADJUSTMENT_APPLIED if alone else AuditAction.ADJUSTMENT_ASKED
        await _note(work, action, adjustment, staff_id=wish.staff_id, at=at)
        return adjustment

    async def _approve(self, work: Work, programme: Programme, adjustment_id: str, staff_id: str) -> Adjustment:
        at = self.clock()
        adjustment = await _known(work, programme, adjustment_id)
        if adjustment.state is AdjustmentState.APPLIED and adjustment.decided_by == staff_id:
            return adjustment
        if adjustment.state_at(at) is not AdjustmentState.WAITING:
            raise AdjustmentClosed(state=adjustment.state_at(at))
        if adjustment.staff_id == staff_id:
            raise SecondPersonNeeded
        member = await work.members.get(adjustment.member_id)
        if member is None:
            raise UnknownMember
        account = await work.accounts.claim(member.id, programme.id, adjustment.currency)
        approved = replace(adjustment, state=AdjustmentState.APPLIED, decided_by=staff_id, decided_at=at)
        await work.adjustments.close(approved)
        await _apply(work, programme, account, approved, at=at)
        await _note(work, AuditAction.ADJUSTMENT_APPROVED, approved, staff_id=staff_id, at=at)
        return approved

    async def _refuse(self, work: Work, programme: Programme, adjustment_id: str, staff_id: str) -> Adjustment:
        at = self.clock()
        adjustment = await _known(work, programme, adjustment_id)
        if adjustment.state is AdjustmentState.REFUSED and adjustment.decided_by == staff_id:
            return adjustment
        if adjustment.state_at(at) is not AdjustmentState.WAITING:
            raise AdjustmentClosed(state=adjustment.state_at(at))
        refused = replace(adjustment, state=AdjustmentState.REFUSED, decided_by=staff_id, decided_at=at)
        await work.adjustments.close(refused)
        await _note(work, AuditAction.ADJUSTMENT_REFUSED, refused, staff_id=staff_id, at=at)
        return refused


async def _known(work: Work, programme: Programme, adjustment_id: str) -> Adjustment:
    adjustment = await work.adjustments.get(programme.id, adjustment_id)
    if adjustment is None:
        raise UnknownAdjustment
    return adjustment


async def _apply(work: Work, programme: Programme, account: Account, adjustment: Adjustment, *, at: datetime) -> None:
    movements = catch_up(account, at)
    movements.append(_movement(programme, after(account, movements), adjustment, at))
    cause = f"adjustment:{adjustment.id}"
    account = await keep_movements(work, account, movements, cause=cause, effective_at=at, at=at)
    await work.outbox.put([balance_item(account, BalanceReason.ADJUSTED, adjustment.points, at=at)])


def _movement(programme: Programme, account: Account, adjustment: Adjustment, at: datetime) -> Movement:
    points = adjustment.points
    if points > 0:
        lot = new_lot(programme, LotId(adjustment.id), points, at=at, recorded_at=at, funder=programme.id)
        return accrue(account, replace(lot, active_from=at, pending=False), kind=EntryKind.ADJUSTMENT)
    if -points > (there := free(account, at)):
        raise NotEnoughPoints(asked=-points, available=there)
    return spend(account, -points, at, kind=EntryKind.ADJUSTMENT)


async def _note(work: Work, action: AuditAction, adjustment: Adjustment, *, staff_id: str, at: datetime) -> None:
    await work.audit.append(
        adjustment.programme_id,
        action,
        staff_id=staff_id,
        subject=adjustment.member_id,
        facts={"adjustment_id": adjustment.id, "points": adjustment.points, "reason": adjustment.reason},
        at=at,
    )
