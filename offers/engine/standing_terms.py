"""What a member has without any offer: their own discount and rate, else their level's, else everybody's."""

from datetime import datetime

from offers.engine.levels import discount_held_bp, level_held
from offers.model.held_level import LevelStanding
from offers.model.member import Member, OwnTerms
from offers.model.programme import DiscountLevel, Terms


def discount_shown_bp(terms: Terms, standing: LevelStanding, member: Member, at: datetime) -> int:
    """Give the discount a member has without any offer: their own, else their level's."""
    own = member.own_terms
    if own and own.hold(at) and own.discount_bp is not None and not gives_way(terms, own, level_held(terms, standing)):
        return own.discount_bp
    return discount_held_bp(terms, standing)


def gives_way(terms: Terms, own: OwnTerms, level: DiscountLevel | None) -> bool:
    """Tell whether an own discount that only follows activity is no deeper than the level held, or follows no rules."""
    if own.activity is None:
        return False
    return terms.activity is None or (level is not None and level.discount_bp >= (own.discount_bp or 0))


def accrual_shown_bp(terms: Terms, standing: LevelStanding, member: Member, at: datetime) -> int:
    """Give the rate at which purchases give a member points: their own, else their level's, else everybody's."""
    own, level = member.own_terms, level_held(terms, standing)
    if own and own.hold(at) and own.accrual_bp is not None:
        return own.accrual_bp
    return level.accrual_bp if level and level.accrual_bp is not None else terms.accrual_bp
