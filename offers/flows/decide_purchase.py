"""Decide a purchase on what is known of it: the facts put together, then the engine decides."""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from offers.engine.decide import decide
from offers.engine.holds import free, free_stamps
from offers.engine.ready_rulebook import ReadyRulebook, make_ready
from offers.flows.find_standing import find_standing
from offers.model.decision import Basket, Decision
from offers.model.errors import NotEnoughPoints, TooManyPointsForPurchase
from offers.model.facts import Facts, Limited
from offers.model.ledger import Account
from offers.model.member import Member
from offers.model.programme import Programme, Till
from offers.model.purchase import ExplainCode, Explanation
from offers.model.rules import Rules
from offers.store.work import Work

_RULEBOOKS_KEPT = 256
_ACCRUAL = {ExplainCode.POINTS_ACCRUED, ExplainCode.NOTHING_TO_ACCRUE, ExplainCode.ACCRUAL_EXCLUDED}


async def find_facts(
    work: Work,
    till: Till,
    member: Member,
    limited: Limited,
    *,
    ready: ReadyRulebook,
    account: Account | None,
    at: datetime,
    points: int | None = None,
) -> Facts:
    """Put together what a decision knows: the points and stamps no hold keeps, and the level held at `at`.

    `points` are those that may be spent, where the card's code lets fewer go.
    """
    standing = await find_standing(work, till.programme, member, at=at)
    free_points = free(account, at) if account else 0
    scores = await work.scores.of_member(till.programme.id, member.id) if ready.needs_scores else None
    return Facts(
        outlet_id=till.outlet.id,
        zone=till.outlet.zone,
        points_available=free_points if points is None else points,
        spend_minor=standing.spend_minor,
        purchases=member.counters.purchases,
        birthday=member.birthday,
        segments=frozenset(member.segments) | (scores.segments if scores else frozenset()),
        held_level=standing.held,
        own_terms=member.own_terms,
        codes=limited.codes,
        remaining=limited.remaining,
        stamps=free_stamps(member.stamps, account, at),
        scores=scores,
    )


def decide_as_far_as_possible(ready: ReadyRulebook, facts: Facts, basket: Basket, at: datetime) -> Decision:
    """Decide like `decide`, but spend only as many of the points asked for as may be spent."""
    try:
        return decide(ready, facts, basket, at)
    except (NotEnoughPoints, TooManyPointsForPurchase):
        unspent = decide(ready, facts, replace(basket, points_to_redeem=0), at)
        fewer = min(basket.points_to_redeem, unspent.redeemable_points)
        return decide(ready, facts, replace(basket, points_to_redeem=fewer), at)


def decide_late(till: Till, basket: Basket, at: datetime) -> Decision:
    """Decide a sale that was paid for before anybody could ask: it accrues at the programme's own rate, and no more.

    Nothing of it depends on the member, so that late purchases come to the same in whatever order they arrive.
    """
    facts = Facts(outlet_id=till.outlet.id, zone=till.outlet.zone)
    decision = decide(_terms_alone(till.programme), facts, replace(basket, points_to_redeem=0), at)
    late = Explanation(code=ExplainCode.RECEIVED_LATE, applied=False, facts={})
    return replace(decision, explain=(late, *(line for line in decision.explain if line.code in _ACCRUAL)))


@lru_cache(maxsize=_RULEBOOKS_KEPT)
def _terms_alone(programme: Programme) -> ReadyRulebook:
    """Make the rulebook of a programme without levels and without offers."""
    plain = replace(programme, terms=replace(programme.terms, levels=()))
    return make_ready(Rules(programme_id=programme.id).rulebook(plain))
