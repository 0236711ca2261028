"""Discount levels: which one a spend has reached, and how far the next is."""

from offers.model.held_level import LevelStanding
from offers.model.programme import DiscountLevel, Terms


def level_of(terms: Terms, spend_minor: int) -> DiscountLevel | None:
    """Give the highest level whose threshold the spend has reached, or None."""
    reached = [level for level in terms.levels if level.spend_threshold_minor <= spend_minor]
    return max(reached, key=lambda level: level.spend_threshold_minor, default=None)


def next_level(terms: Terms, spend_minor: int) -> DiscountLevel | None:
    """Give the nearest level not reached yet, or None at the top."""
    ahead = [level for level in terms.levels if level.spend_threshold_minor > spend_minor]
    return min(ahead, key=lambda level: level.spend_threshold_minor, default=None)


def level_held(terms: Terms, standing: LevelStanding) -> DiscountLevel | None:
    """Give the level a member has: the one kept for them, else the one the spend has reached."""
    if standing.held is None:
        return level_of(terms, standing.spend_minor)
    return next((level for level in terms.levels if level.key == standing.held.level), None)


def level_ahead(terms: Terms, standing: LevelStanding) -> DiscountLevel | None:
    """Give the nearest level above the one a member has, or None at the top."""
    held = level_held(terms, standing)
    above = held.spend_threshold_minor if held else -1
    return next_level(terms, max(standing.spend_minor, above))


def discount_bp(terms: Terms, spend_minor: int) -> int:
    level = level_of(terms, spend_minor)
    return level.discount_bp if level else 0


def discount_held_bp(terms: Terms, standing: LevelStanding) -> int:
    level = level_held(terms, standing)
    return level.discount_bp if level else 0
