"""The liability and breakage report, from the ledger's edges summed: it adds up to the unit, or says so."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime

from offers.model.ledger import EntryKind
from offers.model.liability import DEBTS, LiabilityReport, LiabilityRow, MovedSum, OpenMonth
from offers.model.programme import BASIS_POINTS

TOTAL = "total"
_COUNTED_UP = frozenset({"redeemed", "expired", "taken_back"})
_COLUMNS = {
    EntryKind.ACCRUAL: "issued",
    EntryKind.REDEMPTION: "redeemed",
    EntryKind.EXPIRY: "expired",
    EntryKind.ADJUSTMENT: "adjusted",
    EntryKind.TRANSFER: "moved",
    EntryKind.MERGE: "moved",
    EntryKind.ACTIVATION: "moved",
}


def liability(
    sums: Sequence[MovedSum], *, currency: str, since: datetime, until: datetime, held: dict[str, int] | None
) -> LiabilityReport:
    """Make the report out of sums that reach back to the first entry."""
    rows: dict[str, LiabilityRow] = {}
    months: dict[tuple[str, str], int] = {}
    for moved in sums:
        row = rows.get(moved.funder, LiabilityRow(funder=moved.funder))
        column = column_of(moved) if moved.in_period else "opening"
        counted = -moved.points if column in _COUNTED_UP else moved.points
        rows[moved.funder] = replace(
            row,
            **{column: getattr(row, column) + counted},
            closing=row.closing + moved.points,
        )
        place = (moved.month, moved.funder)
        months[place] = months.get(place, 0) + moved.points
    ordered = tuple(rows[funder] for funder in sorted(rows))
    total = _total(ordered)
    return LiabilityReport(
        currency=currency,
        since=since,
        until=until,
        rows=ordered,
        total=total,
        months=tuple(
            OpenMonth(month=month, funder=funder, points=points)
            for (month, funder), points in sorted(months.items())
            if points and funder != DEBTS
        ),
        breakage_bp=_breakage_bp(total),
        held=held,
        reconciles=all(adds_up(row) for row in (*ordered, total))
        and total.moved == total.made_good == 0
        and (held is None or _open(ordered) == {funder: points for funder, points in held.items() if points}),
    )


def column_of(moved: MovedSum) -> str:
    """Give the column of a sum. An edge against its entry is a debt made good; but a merge moves both ways."""
    kind = EntryKind(moved.kind)
    if kind is not EntryKind.MERGE and (moved.against or (moved.is_debt and moved.gives)):
        return "made_good"
    if kind is EntryKind.REVERSAL:
        return "restored" if moved.gives else "taken_back"
    return _COLUMNS[kind]


def adds_up(row: LiabilityRow) -> bool:
    given = row.opening + row.issued + row.restored + row.adjusted + row.moved + row.made_good
    return row.closing == given - row.redeemed - row.expired - row.taken_back


def _total(rows: Iterable[LiabilityRow]) -> LiabilityRow:
    numbers = [each.name for each in fields(LiabilityRow) if each.name != "funder"]
    kept = list(rows)
    return LiabilityRow(funder=TOTAL, **{name: sum(getattr(row, name) for row in kept) for name in numbers})


def _open(rows: Iterable[LiabilityRow]) -> dict[str, int]:
    return {row.funder: row.closing for row in rows if row.closing}


def _breakage_bp(total: LiabilityRow) -> int:
    """Of the points whose life ended in the period, spent or not, give the share that was not spent."""
    ended = total.redeemed - total.restored + total.expired
    return total.expired * BASIS_POINTS // ended if ended > 0 else 0
