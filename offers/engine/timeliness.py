"""When a purchase took place and when it is reported: what a till may say late, and what it may not."""

from datetime import datetime, timedelta

from offers.model.checkout_errors import LateRedemption
from offers.model.errors import PurchaseInFuture, PurchaseTooOld
from offers.model.purchase import Purchase

CLOCK_SKEW = timedelta(minutes=5)
"""A till's clock may be this far ahead, and an answer may have been under way as long."""
LATE_DAYS = 30


def is_late(purchase: Purchase, at: datetime) -> bool:
    """Tell whether a purchase took place before its till could ask: it was paid for without us.

    Such a purchase only accrues points. What it gives follows from itself alone, so that a batch of them, sent in any
    order, comes to the same.
    """
    return purchase.at < at - CLOCK_SKEW


def check_time(purchase: Purchase, at: datetime) -> None:
    """Refuse what cannot have happened, or should not be told any more: PurchaseInFuture, PurchaseTooOld."""
    if purchase.at > at + CLOCK_SKEW:
        raise PurchaseInFuture
    if purchase.at < at - timedelta(days=LATE_DAYS):
        raise PurchaseTooOld(days=LATE_DAYS)


def check_redemption(purchase: Purchase, at: datetime) -> None:
    """Refuse to spend points afterwards: the member was not asked, and may have spent them since (LateRedemption)."""
    if purchase.points_to_redeem and is_late(purchase, at):
        raise LateRedemption(minutes=int(CLOCK_SKEW.total_seconds() // 60))
