"""The member's counters after a purchase or after its void."""

from dataclasses import replace

from offers.model.member import CategoryCount, Counters
from offers.model.purchase import Receipt

MAX_CATEGORIES = 50


def counting(counters: Counters, receipt: Receipt) -> Counters:
    """Count a purchase; the 50 categories with the highest spend are kept."""
    return replace(
        counters,
        purchases=counters.purchases + 1,
        spend_minor=counters.spend_minor + receipt.payable_minor,
        first_purchase_at=min(counters.first_purchase_at or receipt.at, receipt.at),
        last_purchase_at=max(counters.last_purchase_at or receipt.at, receipt.at),
        categories=_categories(counters, receipt, sign=1),
    )


def uncounting(counters: Counters, receipt: Receipt) -> Counters:
    """Take a voided purchase back out; the first and last instants stay, for the visit did happen."""
    return replace(
        counters,
        purchases=counters.purchases - 1,
        spend_minor=counters.spend_minor - receipt.payable_minor,
        categories=_categories(counters, receipt, sign=-1),
    )


def _categories(counters: Counters, receipt: Receipt, *, sign: int) -> tuple[CategoryCount, ...]:
    counts = {count.category: count for count in counters.categories}
    spend: dict[str, int] = {}
    for line in receipt.lines:
        spend[line.category] = spend.get(line.category, 0) + line.payable_minor
    for category, amount in spend.items():
        before = counts.get(category, CategoryCount(category=category, purchases=0, spend_minor=0))
        counts[category] = replace(
            before, purchases=before.purchases + sign, spend_minor=before.spend_minor + sign * amount
        )
    kept = sorted(
        (count for count in counts.values() if count.purchases > 0),
        key=lambda count: (-count.spend_minor, count.category),
    )
    return tuple(kept[:MAX_CATEGORIES])
