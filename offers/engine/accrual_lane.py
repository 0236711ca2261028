"""The lane of accrual: the points a purchase gives by its rate, and what offers add to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from offers.engine.allocation import share_out
from offers.engine.basket import BasketView
from offers.engine.benefits import Proposal, step_reached
from offers.engine.conditions import names_of
from offers.engine.eligibility import Failure
from offers.engine.lanes import Bid, Contender, Nothing, Outcomes, Refusal, settle_group
from offers.engine.tally import Ceiling, Fit, Tally
from offers.engine.verdicts import block_facts
from offers.model.benefit import AccrualTimes, Benefit, ExtraPoints, Thresholds
from offers.model.offer import ACCRUAL_TAG
from offers.model.programme import BASIS_POINTS
from offers.model.purchase import ExplainCode, Explanation
from offers.model.rulebook import Mode


@dataclass(frozen=True, slots=True)
class Rate:
    """How many points a purchase gives. `of` says whose rate it is, unless the programme's: `own` or `level`."""

    accrual_bp: int
    point_value_minor: int
    of: str = ""

    def points(self, paid_minor: int) -> int:
        return paid_minor * self.accrual_bp // BASIS_POINTS // self.point_value_minor

    def added(self, paid_minor: int, times_bp: int) -> int:
        """Give what more times the rate add to it."""
        more_bp = self.accrual_bp * (times_bp - BASIS_POINTS)
        return paid_minor * more_bp // BASIS_POINTS**2 // self.point_value_minor


class AccrualLane:
    """`points` by line; offers only add to them, each reckoning from what was paid and the rate."""

    __slots__ = ("_block", "_paid", "_rate", "_tally", "base", "points")

    def __init__(self, tally: Tally, paid: Sequence[int], rate: Rate, excludes: Sequence[str]) -> None:
        lines, block = tally.allowed(range(len(paid)), (ACCRUAL_TAG,), excludes)
        weights = _only(paid, lines)
        self.base = rate.points(sum(weights))
        self.points = share_out(self.base, weights)
        self._block = None if lines else block
        self._tally = tally
        self._paid = paid
        self._rate = rate

    def settle(self, mode: Mode, contenders: Sequence[Contender]) -> Outcomes:
        """Let the offers of a group add points."""
        return settle_group(mode, contenders, self._bid, self._apply)

    def explain(self) -> Explanation:
        facts: dict[str, int | str] = {"points": self.base, "accrual_bp": self._rate.accrual_bp}
        if self._rate.of:
            facts["rate_of"] = self._rate.of
        if self._block:
            return Explanation(code=ExplainCode.ACCRUAL_EXCLUDED, applied=False, facts=block_facts(self._block))
        if self.base:
            return Explanation(code=ExplainCode.POINTS_ACCRUED, applied=True, facts=facts)
        return Explanation(code=ExplainCode.NOTHING_TO_ACCRUE, applied=False, facts=facts)

    def _bid(self, contender: Contender) -> Bid | Refusal:
        basket = self._tally.basket
        lines = basket.select(contender.goods)
        if not lines:
            return Failure("goods", names_of(contender.goods))
        allowed, block = self._tally.allowed(lines, (ACCRUAL_TAG, *contender.tags), contender.excludes)
        if block and not allowed:
            return block
        wanted = self._wanted(contender.benefit, basket, allowed)
        if isinstance(wanted, Failure):
            return wanted
        amount, cut = wanted, None
        for ceiling in _ceilings(contender):
            if ceiling.amount < amount:
                amount, cut = ceiling.amount, ceiling
        if amount <= 0:
            return Nothing(cut, wanted)
        fit = Fit(share_out(amount, self._weights(allowed)), amount, wanted, cut)
        return Bid(contender, Proposal(fit.shares), fit)

    def _wanted(self, benefit: Benefit, basket: BasketView, allowed: Sequence[int]) -> int | Failure:
        match benefit:
            case AccrualTimes(times_bp=times_bp):
                return self._rate.added(sum(self._paid[index] for index in allowed), times_bp)
            case ExtraPoints(points=points):
                return points
            case Thresholds():
                step = step_reached(benefit, basket)
                return step if isinstance(step, Failure) else step.points or 0
            case _:
                raise TypeError(f"{benefit.kind} gives no points")

    def _weights(self, allowed: Sequence[int]) -> list[int]:
        """Share by what was paid; where points or discounts paid for everything, by price, else alike."""
        for amounts in (self._paid, self._tally.basket.totals, [1] * len(self._paid)):
            weights = _only(amounts, allowed)
            if any(weights):
                break
        return weights

    def _apply(self, bid: Bid) -> None:
        for index, share in enumerate(bid.fit.shares):
            self.points[index] += share
        contender = bid.contender
        self._tally.mark(bid.fit.shares, contender.holder, contender.tags, contender.excludes)


def _ceilings(contender: Contender) -> Sequence[Ceiling]:
    cap_points = contender.limits.cap_points
    return contender.ceilings if cap_points is None else (Ceiling("cap", cap_points), *contender.ceilings)


def _only(amounts: Sequence[int], lines: Sequence[int]) -> list[int]:
    weights = [0] * len(amounts)
    for index in lines:
        weights[index] = amounts[index]
    return weights
