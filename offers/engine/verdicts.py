"""Verdicts: the one explanation of an offer that competed, from what became of it."""

from offers.engine.eligibility import Failure
from offers.engine.lanes import Applied, Bid, Lost, Nothing, Outcome
from offers.engine.ready_rulebook import ReadyOffer
from offers.engine.screening import Says, explained, skipped
from offers.engine.tally import Block, Ceiling
from offers.model.offer import Lane
from offers.model.purchase import ExplainCode, Explanation


def verdict(ready: ReadyOffer, outcome: Outcome) -> Explanation:
    """Explain what became of an offer in its group."""
    lane = ready.offer.lane
    match outcome:
        case Applied(bid=bid):
            return _given(ready, gain(lane, bid.amount), bid)
        case Lost():
            return explained(ExplainCode.OFFER_LOST, ready, lost_facts(outcome, lane))
        case Block():
            return explained(ExplainCode.OFFER_EXCLUDED, ready, block_facts(outcome))
        case Failure():
            return skipped(ready, outcome)
        case Nothing(cut=Ceiling() as cut, wanted=wanted):
            facts = {**gain(lane, 0), **cut_facts(cut), "wanted": wanted}
            return explained(ExplainCode.OFFER_CAPPED, ready, facts)
    return explained(ExplainCode.OFFER_SAVES_NOTHING, ready, {})


def _given(ready: ReadyOffer, gave: Says, bid: Bid) -> Explanation:
    if bid.fit.cut:
        facts = {**gave, **cut_facts(bid.fit.cut), "wanted": bid.fit.wanted}
        return explained(ExplainCode.OFFER_CAPPED, ready, facts, applied=True)
    return explained(ExplainCode.OFFER_APPLIED, ready, {**gave, "uses": bid.proposal.uses}, applied=True)


def gain(lane: Lane, amount: int) -> Says:
    """Say what was given in the lane's own measure."""
    return {"points": amount} if lane in (Lane.POINTS, Lane.ACCRUAL) else {"saving_minor": amount}


def cut_facts(cut: Ceiling) -> Says:
    """Say which limit cut something, and whose budget it was."""
    return {"limit": cut.name, "scope": cut.scope} if cut.scope else {"limit": cut.name}


def lost_facts(lost: Lost, lane: Lane) -> Says:
    winner = lost.winner.contender.holder
    theirs = {f"winner_{name}": amount for name, amount in gain(lane, lost.winner.amount).items()}
    return {
        "winner_id": winner.id,
        "winner_ru": winner.ru,
        "winner_en": winner.en,
        "mode": lost.mode.value,
        **gain(lane, lost.bid.amount),
        **theirs,
    }


def block_facts(block: Block) -> Says:
    """Say which tag was in the way, and whose it was unless the goods' own."""
    if not block.holder.id:
        return {"tag": block.tag}
    return {
        "tag": block.tag,
        "holder_id": block.holder.id,
        "holder_ru": block.holder.ru,
        "holder_en": block.holder.en,
    }
