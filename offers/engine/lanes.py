"""Groups of offers: who of those that compete is applied, and what becomes of each of the others.

The total order is: what it gives (more first), priority (higher first), id. It decides ties in every mode, and the
order in which the offers of an `all` group are applied, so that the order offers are listed in changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from offers.engine.benefits import Proposal, Propose
from offers.engine.eligibility import Failure
from offers.engine.tally import Block, Ceiling, Fit, Holder
from offers.model.benefit import Benefit
from offers.model.goods import Goods
from offers.model.offer import Limits
from offers.model.rulebook import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """What may be applied in a group: an eligible offer, or the member's level. `ceilings` are its budgets.

    `propose` is its benefit made ready, in the lanes that take money off.
    """

    holder: Holder
    priority: int
    benefit: Benefit
    propose: Propose | None
    goods: Goods
    limits: Limits
    tags: tuple[str, ...]
    excludes: tuple[str, ...]
    most_uses: int = 1
    ceilings: tuple[Ceiling, ...] = ()


@dataclass(frozen=True, slots=True)
class Bid:
    """What a contender would give now."""

    contender: Contender
    proposal: Proposal
    fit: Fit

    @property
    def amount(self) -> int:
        return self.fit.amount

    @property
    def rank(self) -> tuple[int, str]:
        return -self.contender.priority, self.contender.holder.id


@dataclass(frozen=True, slots=True)
class Lost:
    bid: Bid
    winner: Bid
    mode: Mode


@dataclass(frozen=True, slots=True)
class Nothing:
    """There was nothing left to give; `cut` is the limit that took it, if one did."""

    cut: Ceiling | None
    wanted: int


@dataclass(frozen=True, slots=True)
class Applied:
    bid: Bid


Refusal = Failure | Block | Nothing
Outcome = Applied | Lost | Refusal
BidOn = Callable[[Contender], Bid | Refusal]
Outcomes = dict[str, Outcome]
"""What became of each contender, by the id of its holder."""


def settle_group(mode: Mode, contenders: Sequence[Contender], bid_on: BidOn, apply: Callable[[Bid], None]) -> Outcomes:
    """Let the contenders of a group bid, apply whom the mode chooses, and tell what became of each."""
    outcomes: Outcomes = {}
    bids = []
    for contender in contenders:
        bid = bid_on(contender)
        if isinstance(bid, Bid):
            bids.append(bid)
        else:
            outcomes[contender.holder.id] = bid
    if mode is Mode.ALL:
        return outcomes | _apply_all(bids, bid_on, apply)
    if bids:
        winner = min(bids, key=_PREFERENCE[mode])
        outcomes |= {bid.contender.holder.id: Lost(bid, winner, mode) for bid in bids}
        outcomes[winner.contender.holder.id] = Applied(winner)
        apply(winner)
    return outcomes


def _apply_all(bids: Sequence[Bid], bid_on: BidOn, apply: Callable[[Bid], None]) -> Outcomes:
    """Apply one after another; after the first, each bids again, for tags, floors and caps may have moved."""
    outcomes: Outcomes = {}
    applied = False
    for first_bid in sorted(bids, key=_PREFERENCE[Mode.ALL]):
        bid = bid_on(first_bid.contender) if applied else first_bid
        if isinstance(bid, Bid):
            apply(bid)
            applied = True
            outcomes[bid.contender.holder.id] = Applied(bid)
        else:
            outcomes[first_bid.contender.holder.id] = bid
    return outcomes


_PREFERENCE: dict[Mode, Callable[[Bid], tuple[object, ...]]] = {
    Mode.ALL: lambda bid: (-bid.amount, *bid.rank),
    Mode.BEST_FOR_CUSTOMER: lambda bid: (-bid.amount, *bid.rank),
    Mode.FIRST_BY_PRIORITY: lambda bid: bid.rank,
    Mode.BEST_FOR_MERCHANT: lambda bid: (bid.amount, *bid.rank),
}
