"""Bookkeeping of lots: what became active, what ran out, what is due next. It changes nothing that may be spent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from offers.engine.calendar import end_of_local_day
from offers.engine.lots import Movement, after, edge_of, run_out
from offers.model.ids import LotId
from offers.model.ledger import Account, EntryKind, Lot
from offers.model.programme import Programme


def catch_up(account: Account, at: datetime) -> list[Movement]:
    """Note everything that happened to the lots by `at`: activations, then expiries.

    Every flow does so before it decides, so a sweeper that never ran changes no decision and no lot.
    """
    movements = activate(account, at)
    return [*movements, *run_out(after(account, movements), at)]


def activate(account: Account, at: datetime) -> list[Movement]:
    """Note the pending lots that became active by `at`: one movement of no points for each."""
    movements = []
    for lot in account.lots:
        if lot.pending and lot.active_from <= at:
            active = replace(lot, pending=False)
            account = replace(account, lots=tuple(active if each.id == lot.id else each for each in account.lots))
            movements.append(
                Movement(
                    kind=EntryKind.ACTIVATION, account=account, points=0, edges=(edge_of(lot, 0),), shares=(active,)
                )
            )
    return movements


def new_lot(
    programme: Programme, lot_id: LotId, points: int, *, at: datetime, recorded_at: datetime, funder: str
) -> Lot:
    """Make the lot of points earned at `at`, as the terms have it.

    It runs out at the end of a local day of the programme's zone. `pending_days` later it becomes active, as that local
    day begins; with no such days at once, or as soon as it is the time of a till whose clock is ahead.
    """
    terms = programme.terms
    active_from = at
    if terms.pending_days:
        active_from = end_of_local_day(at, programme.zone, days=terms.pending_days - 1)
    live = terms.points_live_days
    return Lot(
        id=lot_id,
        issued=points,
        remaining=points,
        active_from=active_from,
        expires_at=None if live is None else end_of_local_day(at, programme.zone, days=live),
        funder=funder,
        pending=active_from > recorded_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDates:
    """When an account next needs a look, each None for never; all of it follows from the lots."""

    next_activation_at: datetime | None
    next_expiry_at: datetime | None
    next_reminder_for: datetime | None


def due_dates(account: Account) -> DueDates:
    """Give the soonest activation, the soonest expiry, and the soonest expiry nobody was reminded of."""
    ends = [lot.expires_at for lot in account.lots if lot.expires_at is not None]
    return DueDates(
        next_activation_at=min((lot.active_from for lot in account.lots if lot.pending), default=None),
        next_expiry_at=min(ends, default=None),
        next_reminder_for=min((end for end in ends if end not in account.reminded), default=None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """Points that run out at one instant."""

    expires_at: datetime
    points: int


def remind(account: Account, at: datetime, *, days: int) -> tuple[Account, Sequence[Reminder]]:
    """Choose what to remind of: each end within the next days once. Ends that passed are forgotten, so few are kept."""
    until = at + timedelta(days=days)
    points: dict[datetime, int] = {}
    for lot in account.lots:
        end = lot.expires_at
        if end is not None and at < end <= until and end not in account.reminded:
            points[end] = points.get(end, 0) + lot.remaining
    ahead = (end for end in account.reminded if end > at)
    reminded = replace(account, reminded=tuple(sorted({*ahead, *points})))
    return reminded, [Reminder(expires_at=end, points=points[end]) for end in sorted(points)]
