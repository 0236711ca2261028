"""Bringing two members' points, contacts and counters together, and parting them again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from offers.engine.counters import MAX_CATEGORIES
from offers.engine.lots import Movement, edge_of, in_spending_order, put_in, take_from
from offers.model.ids import LotId
from offers.model.ledger import DEFICIT, Account, Edge, EntryKind, Lot
from offers.model.member import CategoryCount, Counters, Member
from offers.model.merge import BroughtLot, Contacts
from offers.model.purchase import Receipt, ReceiptState


def leave(account: Account) -> Movement:
    """Take everything out of an account: its lots, its debt as well, and what tills hold of it."""
    edges = [edge_of(lot, -lot.remaining) for lot in account.lots]
    if account.deficit:
        edges.append(Edge(lot_id=DEFICIT, points=account.deficit))
    return Movement(
        kind=EntryKind.MERGE,
        account=replace(account, balance=0, deficit=0, lots=(), holds=()),
        points=-account.balance,
        edges=tuple(edges),
        shares=account.lots,
    )


def join(account: Account, left: Account) -> tuple[Movement, tuple[BroughtLot, ...]]:
    """Add the lots, the debt and the holds of an account to another; tell which lots it brought.

    Every lot stays itself, with its end and its funder. A debt on either side is made good at once.
    """
    joined = put_in(account, left.lots, kind=EntryKind.MERGE, twins=False)
    paid = take_from(joined.account, left.deficit, in_spending_order(joined.account.lots), kind=EntryKind.MERGE)
    both = replace(paid.account, holds=(*paid.account.holds, *left.holds))
    points, edges = joined.points + paid.points, (*joined.edges, *paid.edges)
    movement = Movement(kind=EntryKind.MERGE, account=both, points=points, edges=edges)
    brought = tuple(
        BroughtLot(currency=account.currency, lot_id=edge.lot_id, points=edge.points)
        for edge in joined.edges
        if edge.lot_id != DEFICIT and edge.points > 0
    )
    return movement, brought


def go_home(account: Account, put_in_by: Mapping[LotId, int]) -> Movement:
    """Take out of a survivor's account what is left of the points a merged member put into its lots.

    What was spent in between is borne by the lots it was spent from. A lot that both fed is split by what each put in,
    rounded in the survivor's favour; a debt stays with the survivor.
    """
    fed = {lot.id: min(put_in_by.get(lot.id, 0), lot.issued) for lot in account.lots}
    parts = [replace(lot, remaining=lot.remaining * fed[lot.id] // lot.issued) for lot in account.lots]
    movement = take_from(account, sum(part.remaining for part in parts), parts, kind=EntryKind.MERGE)
    kept = tuple(replace(lot, issued=lot.issued - fed[lot.id]) for lot in movement.account.lots)
    return replace(movement, account=replace(movement.account, lots=kept))


def come_home(account: Account, parts: Sequence[Lot]) -> Movement:
    """Put the parts back into the account of the member who was merged."""
    return put_in(account, parts, kind=EntryKind.MERGE, twins=False)


def put_in_by(brought: Iterable[BroughtLot], receipts: Iterable[Receipt], *, currency: str) -> dict[LotId, int]:
    """Sum what a merged member put into each lot: what they brought, and what their own cards earned since."""
    points: dict[LotId, int] = {}
    for lot in brought:
        if lot.currency == currency:
            points[lot.lot_id] = points.get(lot.lot_id, 0) + lot.points
    for receipt in receipts:
        if receipt.accrual_lot and receipt.state is ReceiptState.SETTLED:
            points[receipt.accrual_lot] = points.get(receipt.accrual_lot, 0) + receipt.points_accrued
    return points


def lacking(survivor: Member, merged: Member) -> Contacts:
    """Choose what a survivor takes over: only what they have not got themselves."""
    return Contacts(
        phone=merged.phone if survivor.phone is None else None,
        telegram_id=merged.telegram_id if survivor.telegram_id is None else None,
        external_id=merged.external_id if survivor.external_id is None else None,
        birthday=merged.birthday if survivor.birthday is None else None,
    )


def added(one: Counters, other: Counters) -> Counters:
    """Count two members as one."""
    counts = {count.category: count for count in one.categories}
    for count in other.categories:
        there = counts.get(count.category, CategoryCount(category=count.category, purchases=0, spend_minor=0))
        counts[count.category] = replace(
            there,
            purchases=there.purchases + count.purchases,
            spend_minor=there.spend_minor + count.spend_minor,
        )
    categories = sorted(counts.values(), key=lambda count: (-count.spend_minor, count.category))
    firsts = [at for at in (one.first_purchase_at, other.first_purchase_at) if at is not None]
    lasts = [at for at in (one.last_purchase_at, other.last_purchase_at) if at is not None]
    return replace(
        one,
        purchases=one.purchases + other.purchases,
        spend_minor=one.spend_minor + other.spend_minor,
        first_purchase_at=min(firsts, default=None),
        last_purchase_at=max(lasts, default=None),
        categories=tuple(categories[:MAX_CATEGORIES]),
    )
