"""A line of a past purchase: paid in full, without discount and without points."""

from decimal import Decimal

from offers.model.purchase import ReceiptLine


def past_line(*, sku: str, category: str, quantity: Decimal, unit_price_minor: int, total_minor: int) -> ReceiptLine:
    return ReceiptLine(
        sku=sku,
        category=category,
        quantity=quantity,
        unit_price_minor=unit_price_minor,
        total_minor=total_minor,
        discount_minor=0,
        redeemed_minor=0,
        payable_minor=total_minor,
        points_accrued=0,
    )
