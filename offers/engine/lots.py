"""Lots: how points are accrued, spent, given back, taken back and run out. Every function answers new values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from offers.model.ids import LotId
from offers.model.ledger import Account, Edge, EntryKind, Lot


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
    return max(0, sum(lot.remaining for lot in account.lots if _is_open(lot, at)) - account.deficit)


def accrue(account: Account, lot: Lot) -> Movement:
    """Add a lot; a deficit is made good from it first.

    Lots that run out at the same instant and are paid by the same funder are one: it bounds an account to about one
    lot per day of the points' life.
    """
    absorbed = min(account.deficit, lot.issued)
    twin = next((held for held in account.lots if _are_one(held, lot)), None)
    if twin:
        grown = replace(twin, issued=twin.issued + lot.issued, remaining=twin.remaining + lot.issued - absorbed)
        lots = tuple(grown if held.id == twin.id else held for held in account.lots)
    else:
        grown = replace(lot, remaining=lot.issued - absorbed)
        lots = (*account.lots, grown)
    after = replace(account, balance=account.balance + lot.issued, deficit=account.deficit - absorbed, lots=_tidy(lots))
    edges = (Edge(lot_id=grown.id, points=lot.issued),)
    return Movement(kind=EntryKind.ACCRUAL, account=after, points=lot.issued, edges=edges)


def spend(account: Account, points: int, at: datetime) -> Movement:
    """Take points from the lots open at `at`, soonest expiry first, then oldest. The caller checked `available`."""
    return _take(
        EntryKind.REDEMPTION,
        account,
        points,
        in_spending_order(lot for lot in account.lots if _is_open(lot, at)),
    )


def give_back(account: Account, shares: Sequence[Lot], *, at: datetime, grace_days: int) -> Movement:
    """Reverse a redemption: points return to the very lots they came from, with the old expiry.

    A lot that ran out meanwhile lives until `at + grace_days`; none becomes immortal. A deficit is made good first.
    """
    held = {lot.id: lot for lot in account.lots}
    total = sum(share.remaining for share in shares)
    absorbed = owed = min(account.deficit, total)
    for share in shares:
        kept = held.get(share.id, replace(share, remaining=0))
        returned, owed = share.remaining - min(owed, share.remaining), owed - min(owed, share.remaining)
        expires_at = _with_grace(kept.expires_at, at, grace_days)
        held[share.id] = replace(kept, remaining=kept.remaining + returned, expires_at=expires_at)
    return Movement(
        kind=EntryKind.REVERSAL,
        account=replace(
            account,
            balance=account.balance + total,
            deficit=account.deficit - absorbed,
            lots=_tidy(held.values()),
        ),
        points=total,
        edges=tuple(Edge(lot_id=share.id, points=share.remaining) for share in shares),
    )


def take_back(account: Account, lot_id: LotId, points: int) -> Movement:
    """Reverse an accrual: from its own lot first, then the others; what was already spent becomes a deficit."""
    own = [lot for lot in account.lots if lot.id == lot_id]
    others = [lot for lot in in_spending_order(account.lots) if lot.id != lot_id]
    return _take(EntryKind.REVERSAL, account, points, [*own, *others])


def run_out(account: Account, at: datetime) -> list[Movement]:
    """Write off the lots that ran out by `at`, one movement each. Bookkeeping only: `available` never counted them."""
    movements = []
    for lot in account.lots:
        if lot.expires_at is not None and lot.expires_at <= at:
            movements.append(_take(EntryKind.EXPIRY, account, lot.remaining, [lot]))
            account = movements[-1].account
    return movements


def in_spending_order(lots: Iterable[Lot]) -> list[Lot]:
    return sorted(lots, key=lambda lot: (lot.expires_at is None, lot.expires_at or lot.active_from, lot.id))


def _take(kind: EntryKind, account: Account, points: int, source: Sequence[Lot]) -> Movement:
    left = points
    shares = []
    for lot in source:
        share = min(left, lot.remaining)
        if share:
            shares.append(replace(lot, remaining=share))
            left -= share
    taken = {share.id: share.remaining for share in shares}
    lots = (replace(lot, remaining=lot.remaining - taken.get(lot.id, 0)) for lot in account.lots)
    return Movement(
        kind=kind,
        account=replace(account, balance=account.balance - points, deficit=account.deficit + left, lots=_tidy(lots)),
        points=-points,
        edges=tuple(Edge(lot_id=share.id, points=-share.remaining) for share in shares),
        shares=tuple(shares),
    )


def _is_open(lot: Lot, at: datetime) -> bool:
    return lot.active_from <= at and (lot.expires_at is None or at < lot.expires_at)


def _are_one(held: Lot, lot: Lot) -> bool:
    return held.expires_at == lot.expires_at and held.funder == lot.funder and held.active_from <= lot.active_from


def _tidy(lots: Iterable[Lot]) -> tuple[Lot, ...]:
    """Drop emptied lots: the ledger keeps their story."""
    return tuple(lot for lot in lots if lot.remaining > 0)


def _with_grace(expires_at: datetime | None, at: datetime, grace_days: int) -> datetime | None:
    if expires_at is None or expires_at > at:
        return expires_at
    return max(expires_at, at + timedelta(days=grace_days))
