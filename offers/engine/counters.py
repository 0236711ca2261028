"""The member's counters after a purchase, and after its void or return."""

from collections.abc import Iterable
from dataclasses import replace

from offers.model.member import CategoryCount, Counters
from offers.model.purchase import Receipt
from offers.model.returns import ReturnedLine

MAX_CATEGORIES = 50


def counting(counters: Counters, receipt: Receipt) -> Counters:
    """Count a purchase; the 50 categories with the highest spend are kept."""
    return replace(
        counters,
        purchases=counters.purchases + 1,
        spend_minor=counters.spend_minor + receipt.payable_minor,
        first_purchase_at=min(counters.first_purchase_at or receipt.at, receipt.at),
        last_purchase_at=max(counters.last_purchase_at or receipt.at, receipt.at),
        categories=_categories(counters, ((line.category, line.payable_minor) for line in receipt.lines), visits=1),
    )


def uncounting(counters: Counters, receipt: Receipt, lines: Iterable[ReturnedLine], *, is_whole: bool) -> Counters:
    """Take what came back out again; with `is_whole` nothing of the purchase is left, and it counts no more.

    The first and last instants stay, for the visit did happen.
    """
    refunds = {line.line: line.refund_minor for line in lines}
    by_category = ((line.category, -refunds.get(index, 0)) for index, line in enumerate(receipt.lines))
    visits = -1 if is_whole else 0
    return replace(
        counters,
        purchases=counters.purchases + visits,
        spend_minor=counters.spend_minor - sum(refunds.values()),
        categories=_categories(counters, by_category, visits=visits),
    )


def _categories(counters: Counters, amounts: Iterable[tuple[str, int]], *, visits: int) -> tuple[CategoryCount, ...]:
    counts = {count.category: count for count in counters.categories}
    spend: dict[str, int] = {}
    for category, amount in amounts:
        spend[category] = spend.get(category, 0) + amount
    for category, amount in spend.items():
        before = counts.get(category, CategoryCount(category=category, purchases=0, spend_minor=0))
        counts[category] = replace(before, purchases=before.purchases + visits, spend_minor=before.spend_minor + amount)
    kept = sorted(
        (count for count in counts.values() if count.purchases > 0),
        key=lambda count: (-count.spend_minor, count.category),
    )
    return tuple(kept[:MAX_CATEGORIES])
