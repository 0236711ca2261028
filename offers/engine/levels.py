"""Discount levels: which one a spend has reached, and how far the next is."""

from offers.model.programme import DiscountLevel, Terms


def level_of(terms: Terms, spend_minor: int) -> DiscountLevel | None:
    """Give the highest level whose threshold the spend has reached, or None."""
    reached = [level for level in terms.levels if level.spend_threshold_minor <= spend_minor]
    return max(reached, key=lambda level: level.spend_threshold_minor, default=None)


def next_level(terms: Terms, spend_minor: int) -> DiscountLevel | None:
    """Give the nearest level not reached yet, or None at the top."""
    ahead = [level for level in terms.levels if level.spend_threshold_minor > spend_minor]
    return min(ahead, key=lambda level: level.spend_threshold_minor, default=None)


def discount_bp(terms: Terms, spend_minor: int) -> int:
    level = level_of(terms, spend_minor)
    return level.discount_bp if level else 0
