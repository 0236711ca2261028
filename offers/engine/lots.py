"""Lots: how points are accrued, spent, given back and taken back. Every function answers new values.

The edges of a movement sum to its points, deficit included: double entry, so that the ledger alone proves every lot.
What ran out is no lot any more, so flows let `catch_up` write it off before they decide anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from offers.model.ids import LotId
from offers.model.ledger import DEFICIT, Account, Edge, EntryKind, Lot, ReturnPolicy, SpendingOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One ledger entry in the making: signed points, which lots gave or took them, and the account after it.

    `shares` are the lots as they stood before, `remaining` being what this movement took: enough to give it back.
    """

    kind: EntryKind
    account: Account
    points: int
    edges: tuple[Edge, ...]
    shares: tuple[Lot, ...] = ()


def available(account: Account, at: datetime) -> int:
    """Points that may be spent at an instant: a lot that ran out does not count, swept or not."""
    return max(0, sum(lot.remaining for lot in account.lots if is_open(lot, at)) - account.deficit)


def accrue(account: Account, lot: Lot, *, kind: EntryKind = EntryKind.ACCRUAL, at: datetime | None = None) -> Movement:
    """Add a lot; a deficit is made good from it first.

    Lots that run out at the same instant, are paid by the same funder and wait for the same activation are one: it
    bounds an account to about one lot per funder and day of the points' life. Lots that are all open at `at` come to
    the same in whatever order they arrive.
    """
    return put_in(account, [lot], kind=kind, twins=True, at=at)


def put_in(
    account: Account, lots: Iterable[Lot], *, kind: EntryKind, twins: bool, at: datetime | None = None
) -> Movement:
    """Add lots in one movement, a deficit made good first; without `twins` only the same lot grows together."""
    held = {lot.id: lot for lot in account.lots}
    edges, points, deficit = [], 0, account.deficit
    for incoming in lots:
        lot = _renamed(incoming, held)
        absorbed = min(deficit, lot.remaining)
        twin = next((each for each in held.values() if _are_one(each, lot, at)), None) if twins else held.get(lot.id)
        if twin:
            remaining = twin.remaining + lot.remaining - absorbed
            active_from = min(twin.active_from, lot.active_from)
            grown = replace(twin, issued=twin.issued + lot.remaining, remaining=remaining, active_from=active_from)
        else:
            grown = replace(lot, issued=lot.remaining, remaining=lot.remaining - absorbed)
        held[grown.id] = grown
        edges += [edge_of(grown, lot.remaining), *_made_good(grown, absorbed)]
        points, deficit = points + lot.remaining, deficit - absorbed
    after = replace(account, balance=account.balance + points, deficit=deficit, lots=_tidy(held.values()))
    return Movement(kind=kind, account=after, points=points, edges=tuple(edges))


def spend(
    account: Account,
    points: int,
    at: datetime,
    *,
    order: SpendingOrder = SpendingOrder.SOONEST_EXPIRY,
    funder: str | None = None,
    kind: EntryKind = EntryKind.REDEMPTION,
) -> Movement:
    """Take points from the lots open at `at`, in the order of the terms. The caller checked `available`."""
    first = funder if order is SpendingOrder.FUNDER_FIRST else None
    open_lots = (lot for lot in account.lots if is_open(lot, at))
    return take_from(account, points, in_spending_order(open_lots, first=first), kind=kind)


def give_back(account: Account, shares: Sequence[Lot], *, at: datetime, grace_days: int) -> Movement:
    """Reverse a redemption: points return to the very lots they came from, with the old expiry.

    What ran out meanwhile lives until `at + grace_days`, none becomes immortal; without grace it is lost and not
    returned. A deficit is made good first.
    """
    held = {lot.id: lot for lot in account.lots}
    edges, points, deficit = [], 0, account.deficit
    for share in shares:
        kept = held.get(share.id, replace(share, remaining=0, pending=False))
        if not grace_days and kept.expires_at is not None and kept.expires_at <= at:
            continue
        absorbed = min(deficit, share.remaining)
        remaining = kept.remaining + share.remaining - absorbed
        held[share.id] = returned = replace(
            kept,
            issued=max(kept.issued, remaining),
            remaining=remaining,
            expires_at=_with_grace(kept.expires_at, at, grace_days),
        )
        edges += [edge_of(returned, share.remaining), *_made_good(returned, absorbed)]
        points, deficit = points + share.remaining, deficit - absorbed
    after = replace(account, balance=account.balance + points, deficit=deficit, lots=_tidy(held.values()))
    return Movement(kind=EntryKind.REVERSAL, account=after, points=points, edges=tuple(edges))


def take_back(
    account: Account,
    lot_id: LotId,
    points: int,
    *,
    policy: ReturnPolicy = ReturnPolicy.UNLIMITED,
    at: datetime | None = None,
) -> Movement:
    """Reverse an accrual: from its own lot first, then the others, as far as the policy lets it.

    `only_pending` takes what its own lot still holds if it is not active at `at`; `within_balance` never makes a debt;
    `unlimited` does of what was already spent.
    """
    own = [lot for lot in account.lots if lot.id == lot_id]
    others = [lot for lot in in_spending_order(account.lots) if lot.id != lot_id]
    source = [*own, *others]
    if policy is ReturnPolicy.ONLY_PENDING:
        source = [lot for lot in own if at is not None and lot.active_from > at]
    if policy is not ReturnPolicy.UNLIMITED:
        points = min(points, sum(lot.remaining for lot in source))
    return take_from(account, points, source, kind=EntryKind.REVERSAL)


def run_out(account: Account, at: datetime) -> list[Movement]:
    """Write off the lots that ran out by `at`, one movement each."""
    movements = []
    for lot in account.lots:
        if lot.expires_at is not None and lot.expires_at <= at:
            movements.append(take_from(account, lot.remaining, [lot], kind=EntryKind.EXPIRY))
            account = movements[-1].account
    return movements


def take_from(account: Account, points: int, source: Sequence[Lot], *, kind: EntryKind) -> Movement:
    """Take points from these lots one after another; what they do not hold becomes a deficit."""
    left, shares = points, []
    for lot in source:
        if share := min(left, lot.remaining):
            shares.append(replace(lot, remaining=share))
            left -= share
    taken = {share.id: share.remaining for share in shares}
    lots = (replace(lot, remaining=lot.remaining - taken.get(lot.id, 0)) for lot in account.lots)
    edges = [edge_of(share, -share.remaining) for share in shares]
    return Movement(
        kind=kind,
        account=replace(account, balance=account.balance - points, deficit=account.deficit + left, lots=_tidy(lots)),
        points=-points,
        edges=(*edges, *([Edge(lot_id=DEFICIT, points=-left)] if left else [])),
        shares=tuple(shares),
    )


def in_spending_order(lots: Iterable[Lot], *, first: str | None = None) -> list[Lot]:
    """Sort by soonest expiry, then oldest, the immortal last; with `first`, that funder's lots before all others.

    Sales reported late are spent alike in whatever order they came: lots of one end and funder may have become one or
    not, so they are as old as the oldest of them, and of such lots alike in age the funder's name decides.
    """
    sought = list(lots)
    since: dict[tuple[datetime | None, str], datetime] = {}
    for lot in sought:
        kind = lot.expires_at, lot.funder
        since[kind] = min(lot.active_from, since.get(kind, lot.active_from))
    return sorted(
        sought,
        key=lambda lot: (
            first is not None and lot.funder != first,
            lot.expires_at is None,
            lot.expires_at or since[lot.expires_at, lot.funder],
            since[lot.expires_at, lot.funder],
            lot.funder,
            lot.active_from,
            lot.id,
        ),
    )


def is_open(lot: Lot, at: datetime) -> bool:
    return lot.active_from <= at and (lot.expires_at is None or at < lot.expires_at)


def edge_of(lot: Lot, points: int) -> Edge:
    return Edge(lot_id=lot.id, points=points, funder=lot.funder, expires_at=lot.expires_at)


def after(account: Account, movements: Sequence[Movement]) -> Account:
    """Give the account that the movements lead to."""
    return movements[-1].account if movements else account


def _made_good(lot: Lot, absorbed: int) -> list[Edge]:
    return [edge_of(lot, -absorbed), Edge(lot_id=DEFICIT, points=absorbed)] if absorbed else []


def _are_one(held: Lot, lot: Lot, at: datetime | None = None) -> bool:
    """Tell whether a lot may join one that is held: what is held becomes active no earlier by it, or is so at `at`."""
    if held.expires_at != lot.expires_at or held.funder != lot.funder or held.pending != lot.pending:
        return False
    if lot.pending or held.active_from == lot.active_from:
        return held.active_from == lot.active_from
    return held.active_from < lot.active_from or (at is not None and held.active_from <= at)


def _renamed(lot: Lot, held: Mapping[LotId, Lot]) -> Lot:
    """Give a lot another name when a lot with other dates has it: one that was split, and lived on differently."""
    while (namesake := held.get(lot.id)) is not None and not _are_one(namesake, lot):
        lot = replace(lot, id=LotId(f"{lot.id}'"))
    return lot


def _tidy(lots: Iterable[Lot]) -> tuple[Lot, ...]:
    """Drop emptied lots: the ledger keeps their story."""
    return tuple(lot for lot in lots if lot.remaining > 0)


def _with_grace(expires_at: datetime | None, at: datetime, grace_days: int) -> datetime | None:
    if expires_at is None or expires_at > at:
        return expires_at
    return max(expires_at, at + timedelta(days=grace_days))
