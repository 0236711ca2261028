"""The lanes that take money off: how a contender bids there, and what its discount does to the tally."""

from offers.engine.benefits import Counter
from offers.engine.conditions import names_of
from offers.engine.eligibility import Failure
from offers.engine.lanes import Bid, Contender, Nothing, Outcomes, Refusal, settle_group
from offers.engine.tally import Tally
from offers.model.rulebook import Mode


def settle_discounts(tally: Tally, mode: Mode, contenders: list[Contender]) -> Outcomes:
    """Apply one group of a discount lane."""
    tally.open_group()
    return settle_group(mode, contenders, lambda contender: _bid(tally, contender), lambda bid: _apply(tally, bid))


def _bid(tally: Tally, contender: Contender) -> Bid | Refusal:
    if contender.propose is None:
        raise TypeError(f"{contender.benefit.kind} takes no money off")
    lines = tally.basket.select(contender.goods)
    if not lines:
        return Failure("goods", names_of(contender.goods))
    allowed, block = tally.allowed(lines, contender.tags, contender.excludes)
    if block and not allowed:
        return block
    proposal = contender.propose(Counter(tally.basket, tally.entry, allowed, contender.most_uses))
    if isinstance(proposal, Failure):
        return block or proposal
    fit = tally.fit(proposal.shares, contender.limits, contender.ceilings)
    if fit.amount:
        return Bid(contender, proposal, fit)
    return Nothing(fit.cut, fit.wanted)


def _apply(tally: Tally, bid: Bid) -> None:
    contender = bid.contender
    tally.apply(bid.fit, contender.limits)
    tally.mark(bid.fit.shares, contender.holder, contender.tags, contender.excludes)
