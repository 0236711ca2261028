"""The lane of points as tender: how much of the price points may pay, and how much they do."""

from collections.abc import Sequence
from dataclasses import dataclass

from offers.engine.allocation import share_out
from offers.engine.benefits import Proposal
from offers.engine.lanes import Bid, Contender, Nothing, Outcomes, Refusal, settle_group
from offers.engine.tally import Block, Ceiling, Fit, Tally
from offers.engine.verdicts import block_facts
from offers.model.benefit import PayWithPoints
from offers.model.errors import NotEnoughPoints, TooManyPointsForPurchase
from offers.model.offer import POINTS_TAG
from offers.model.programme import BASIS_POINTS, Terms
from offers.model.purchase import ExplainCode, Explanation
from offers.model.rulebook import Mode


@dataclass(frozen=True, slots=True)
class Tender:
    """What points pay. `block` is why no line may be paid with points."""

    asked: int
    redeemable: int
    redeemed_minor: int
    shares: Sequence[int]
    block: Block | None

    def explain(self) -> Explanation:
        if self.asked:
            facts: dict[str, int | str] = {"points": self.asked, "redeemed_minor": self.redeemed_minor}
            return Explanation(code=ExplainCode.POINTS_REDEEMED, applied=True, facts=facts)
        if self.block:
            return Explanation(code=ExplainCode.POINTS_EXCLUDED, applied=False, facts=block_facts(self.block))
        return Explanation(code=ExplainCode.POINTS_NOT_ASKED, applied=False, facts={"redeemable": self.redeemable})


class PointsLane:
    """The limit rises from the terms' own as offers raise it, and never above the guards'."""

    __slots__ = ("_available", "_block", "_payable", "_tally", "_terms", "limit_bp")

    def __init__(self, tally: Tally, terms: Terms, excludes: Sequence[str], available: int) -> None:
        every = range(len(tally.prices))
        lines, block = tally.allowed(every, (POINTS_TAG,), excludes)
        self._payable = [0] * len(tally.prices)
        for index in lines:
            self._payable[index] = tally.prices[index]
        self._block = None if lines else block
        self._tally = tally
        self._terms = terms
        self._available = available
        self.limit_bp = min(terms.redemption_limit_bp, tally.max_points_bp)

    def settle(self, mode: Mode, contenders: Sequence[Contender]) -> Outcomes:
        """Let the offers of a group raise the limit."""
        return settle_group(mode, contenders, self._bid, self._raise)

    def tender(self, asked: int) -> Tender:
        """Pay with points. Raises NotEnoughPoints, TooManyPointsForPurchase."""
        redeemable = self.redeemable(self.limit_bp)
        if asked > self._available:
            raise NotEnoughPoints(asked=asked, available=self._available)
        if asked > redeemable:
            raise TooManyPointsForPurchase(asked=asked, allowed=redeemable)
        redeemed_minor = asked * self._terms.point_value_minor
        shares = share_out(redeemed_minor, self._payable)
        return Tender(asked, redeemable, redeemed_minor, shares, self._block)

    def _bid(self, contender: Contender) -> Bid | Refusal:
        """Bid the points that could be spent beyond what the limit so far allows."""
        if self._block:
            return self._block
        limit_bp = _limit_bp(contender)
        wanted = self._allowed(limit_bp) - self._allowed(self.limit_bp)
        gain = self._allowed(min(limit_bp, self._tally.max_points_bp)) - self._allowed(self.limit_bp)
        cut = Ceiling("max_points", gain) if gain < wanted else None
        if gain <= 0:
            return Nothing(cut, max(0, wanted))
        return Bid(contender, Proposal([]), Fit([], gain, wanted, cut))

    def _raise(self, bid: Bid) -> None:
        self._tally.keep_points_within(bid.contender.limits)
        self.limit_bp = min(_limit_bp(bid.contender), self._tally.max_points_bp)

    def _allowed(self, limit_bp: int) -> int:
        return sum(self._payable) * limit_bp // BASIS_POINTS // self._terms.point_value_minor

    def redeemable(self, limit_bp: int) -> int:
        """Give the points that may be spent when they may pay this share of the price."""
        return min(self._available, self._allowed(limit_bp))


def _limit_bp(contender: Contender) -> int:
    if not isinstance(contender.benefit, PayWithPoints):
        raise TypeError(f"{contender.benefit.kind} says nothing of paying with points")
    return contender.benefit.limit_bp
