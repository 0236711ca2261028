"""Quotes: how long a price stands, and whether it may still be honoured."""

import hashlib
import json
from datetime import datetime, timedelta

from offers.model.decision import Decision
from offers.model.quote import Quote

QUOTE_TTL = timedelta(minutes=15)
HOLD_TTL = timedelta(minutes=15)
LONGEST_HOLD = timedelta(hours=2)
"""However often a hold is renewed, it ends this long after the quote was made."""
UNSETTLED_KEPT = timedelta(days=1)
SETTLED_KEPT = timedelta(days=30)
"""As long as a till may take to send its settlement again."""


def digest_of(decision: Decision) -> str:
    """Fingerprint what a decision charges, takes and gives, and by which rulebook; its words are left out.

    Written field by field, for every quote has one: the general fingerprint takes ten times as long.
    """
    lines = [
        (
            *(line.sku, line.category, f"{line.quantity.normalize():f}", line.unit_price_minor, line.total_minor),
            *(line.discount_minor, line.redeemed_minor, line.payable_minor, line.points_accrued),
        )
        for line in decision.lines
    ]
    offers = [
        (offer.offer_id, offer.version, offer.uses, offer.saving_minor, offer.points, offer.shares, offer.code)
        for offer in decision.offers
    ]
    stamps = [(change.offer_id, change.given, change.taken) for change in decision.stamps]
    pinned = (decision.rulebook_digest, decision.zone_rules, decision.points_redeemed, decision.redeemed_minor)
    text = json.dumps((pinned, lines, offers, stamps), separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def hold_end(quote: Quote, at: datetime) -> datetime:
    """Give until when a hold that begins or is renewed now lasts."""
    return min(at + HOLD_TTL, quote.made_at + LONGEST_HOLD)


def costs_the_same(quoted: Decision, now: Decision) -> bool:
    """Tell whether two decisions charge, take and give the same, line by line, whatever their reasons."""
    return (quoted.lines, quoted.points_redeemed, quoted.points_accrued) == (
        now.lines,
        now.points_redeemed,
        now.points_accrued,
    )
