"""Decide a purchase on what is kept: reads the facts, then lets the engine decide."""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from offers.engine.decide import decide
from offers.engine.ready_rulebook import ReadyRulebook, make_ready
from offers.model.decision import Basket, Decision
from offers.model.errors import NotEnoughPoints, TooManyPointsForPurchase
from offers.model.facts import Facts
from offers.model.member import Member
from offers.model.programme import Programme, Till
from offers.model.purchase import ExplainCode, Explanation
from offers.model.rulebook import rulebook_of

_RULEBOOKS_KEPT = 256
_ACCRUAL = {ExplainCode.POINTS_ACCRUED, ExplainCode.NOTHING_TO_ACCRUE, ExplainCode.ACCRUAL_EXCLUDED}


def decide_purchase(till: Till, member: Member, basket: Basket, *, points: int, at: datetime) -> Decision:
    """Decide a basket at an instant; `points` may be spent on it.

    Raises WrongCurrency, AmountOutOfRange, NotEnoughPoints, TooManyPointsForPurchase.
    """
    counters = member.counters
    facts = Facts(
        outlet_id=till.outlet.id,
        zone=till.outlet.zone,
        points_available=points,
        spend_minor=counters.spend_minor,
        purchases=counters.purchases,
        birthday=member.birthday,
    )
    return decide(_ready(till.programme), facts, basket, at)


def decide_as_far_as_possible(till: Till, member: Member, basket: Basket, *, points: int, at: datetime) -> Decision:
    """Decide like `decide_purchase`, but spend only as many of the points asked for as may be spent."""
    try:
        return decide_purchase(till, member, basket, points=points, at=at)
    except (NotEnoughPoints, TooManyPointsForPurchase):
        unspent = decide_purchase(till, member, replace(basket, points_to_redeem=0), points=points, at=at)
        fewer = min(basket.points_to_redeem, unspent.redeemable_points)
        return decide_purchase(till, member, replace(basket, points_to_redeem=fewer), points=points, at=at)


def decide_late(till: Till, basket: Basket, at: datetime) -> Decision:
    """Decide a sale that was paid for before anybody could ask: it accrues at the programme's own rate, and no more.

    Nothing of it depends on the member, so that late purchases come to the same in whatever order they arrive.
    """
    unlevelled = replace(till.programme, terms=replace(till.programme.terms, levels=()))
    facts = Facts(outlet_id=till.outlet.id, zone=till.outlet.zone)
    decision = decide(_ready(unlevelled), facts, replace(basket, points_to_redeem=0), at)
    late = Explanation(code=ExplainCode.RECEIVED_LATE, applied=False, facts={})
    return replace(decision, explain=(late, *(line for line in decision.explain if line.code in _ACCRUAL)))


@lru_cache(maxsize=_RULEBOOKS_KEPT)
def _ready(programme: Programme) -> ReadyRulebook:
    return make_ready(rulebook_of(programme))
