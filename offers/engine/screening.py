"""Screening: whether an offer may compete for this purchase, or which of the reasons not to comes first.

The order: is it running, was its code shown, do its conditions hold, is anything left of its budgets, is the member
held out. The last comes last, so that only members who would have had the offer count as held out.
"""

from collections.abc import Sequence

from offers.engine.eligibility import Failure, Situation
from offers.engine.ready_rulebook import ReadyOffer
from offers.model.facts import CodeState, Remaining
from offers.model.offer import Offer, OfferState
from offers.model.purchase import ExplainCode, Explanation

Says = dict[str, int | str]


def explained(code: ExplainCode, ready: ReadyOffer, facts: Says, *, applied: bool = False) -> Explanation:
    return Explanation(code=code, applied=applied, facts={**ready.says, **facts})


def skipped(ready: ReadyOffer, failure: Failure) -> Explanation:
    facts: Says = {"condition": failure.condition, "negated": int(failure.negated), **failure.facts}
    return explained(ExplainCode.OFFER_SKIPPED, ready, facts)


def screen(ready: ReadyOffer, situation: Situation) -> Explanation | None:
    """Give the explanation of an offer that may not compete; None: it may."""
    if (reason := _idle(ready.offer, situation)) is not None:
        return explained(ExplainCode.OFFER_NOT_ACTIVE, ready, reason)
    if ready.needs and (refusal := _without_code(ready, situation)):
        return refusal
    if failure := ready.check(situation):
        return skipped(ready, failure)
    offer_id = ready.offer.id
    facts = situation.facts
    if facts.remaining and (empty := _empty(facts.remaining.get(offer_id, ()))):
        return explained(ExplainCode.OFFER_EXHAUSTED, ready, empty)
    if ready.offer.may_be_withheld and offer_id in facts.held_out:
        return explained(ExplainCode.OFFER_HELD_OUT, ready, {})
    return None


def collects_stamps(ready: ReadyOffer, situation: Situation) -> bool:
    """Tell whether purchases give stamps towards an offer: while it runs, and for whoever may have it."""
    if _idle(ready.offer, situation) is not None:
        return False
    return not ready.needs or _without_code(ready, situation) is None


def _idle(offer: Offer, situation: Situation) -> Says | None:
    if offer.state is not OfferState.ACTIVE:
        return {"reason": offer.state.value}
    if offer.active_from is not None and situation.at < offer.active_from:
        return {"reason": "not_yet", "from": offer.active_from.isoformat(), "zone": situation.facts.zone}
    if offer.active_until is not None and situation.at >= offer.active_until:
        return {"reason": "ended", "until": offer.active_until.isoformat(), "zone": situation.facts.zone}
    return None


def _without_code(ready: ReadyOffer, situation: Situation) -> Explanation | None:
    shown = situation.facts.codes.get(ready.offer.id)
    if shown is None or shown.kind not in ready.needs:
        return explained(ExplainCode.OFFER_NEEDS_CODE, ready, {"needs": ready.offer.reach.value})
    if shown.state is not CodeState.USABLE:
        facts: Says = {"kind": shown.kind.value, "state": shown.state.value}
        return explained(ExplainCode.OFFER_CODE_REFUSED, ready, facts)
    return None


def _empty(budgets: Sequence[Remaining]) -> Says | None:
    for budget in budgets:
        for measure, left in (("uses", budget.uses), ("money", budget.money_minor), ("points", budget.points)):
            if left is not None and left <= 0:
                return {"measure": measure, "scope": budget.scope}
    return None
