"""The candidates of one decision: every offer of the rulebook, what became of it, and its one explanation."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from offers.engine.benefits import goods_of, money_off
from offers.engine.eligibility import Situation
from offers.engine.lanes import Applied, Contender, Outcomes
from offers.engine.ready_rulebook import ReadyOffer, ReadyRulebook
from offers.engine.screening import collects_stamps, screen
from offers.engine.tally import Ceiling
from offers.engine.verdicts import verdict
from offers.model.applied import AppliedOffer, StampChange
from offers.model.benefit import Benefit
from offers.model.facts import Remaining
from offers.model.offer import DISCOUNT_LANES, Lane
from offers.model.purchase import Explanation


class Candidates:
    """Screens every offer at once; lanes then take who may compete and note what became of them."""

    __slots__ = ("_eligible", "_outcomes", "_ready", "_refused", "_situation", "_spared")

    def __init__(self, ready: ReadyRulebook, situation: Situation) -> None:
        self._ready = ready
        self._situation = situation
        self._refused: dict[str, Explanation] = {}
        self._eligible: dict[tuple[Lane, str], list[Contender]] = {}
        self._outcomes: Outcomes = {}
        self._spared: set[Lane] = set()
        for each in ready.offers:
            if refusal := screen(each, situation):
                self._refused[each.offer.id] = refusal
            else:
                self._eligible.setdefault((each.offer.lane, each.offer.group), []).append(self._contender(each))

    def of(self, lane: Lane, group: str) -> list[Contender]:
        return self._eligible.get((lane, group), [])

    def note(self, outcomes: Outcomes) -> None:
        self._outcomes |= outcomes

    def spare(self, lane: Lane) -> None:
        """Let the applied offers of a lane cost no use: the purchase would have been the same without them."""
        self._spared.add(lane)

    def explain(self, lane: Lane) -> Iterator[Explanation]:
        for each in self._ready.offers:
            if each.offer.lane is lane:
                refusal = self._refused.get(each.offer.id)
                yield refusal or verdict(each, self._outcomes[each.offer.id])

    def applied(self) -> tuple[AppliedOffer, ...]:
        """Give what was applied, in the order of lanes, then ids."""
        return tuple(
            self._applied(each, outcome)
            for each in self._ready.offers
            if isinstance(outcome := self._outcomes.get(each.offer.id), Applied)
        )

    def stamps(self) -> tuple[StampChange, ...]:
        """Give the stamps that change hands: units that were free give none."""
        changes = (
            self._stamp_change(each)
            for each in self._ready.offers
            if each.stamps and collects_stamps(each, self._situation)
        )
        return tuple(change for change in changes if change.given or change.taken)

    def _contender(self, ready: ReadyOffer) -> Contender:
        budgets = self._situation.facts.remaining.get(ready.offer.id, ())
        code = self._situation.facts.codes.get(ready.offer.id) if ready.needs else None
        contender = ready.contender
        if code and code.benefit:
            contender = _with_own(contender, ready.offer.lane, code.benefit)
        if not budgets and not ready.stamps:
            return contender
        return replace(
            contender,
            most_uses=self._most_uses(ready, budgets),
            ceilings=_ceilings(ready.offer.lane, budgets) if budgets else (),
        )

    def _most_uses(self, ready: ReadyOffer, budgets: Sequence[Remaining]) -> int:
        limits = [budget.uses for budget in budgets if budget.uses is not None]
        if ready.stamps and (sets := self._full_sets(ready)):
            limits.append(sets)
        return min(ready.offer.limits.uses_per_purchase, *limits) if limits else ready.offer.limits.uses_per_purchase

    def _full_sets(self, ready: ReadyOffer) -> int:
        if ready.stamps is None:
            return 0
        return self._situation.facts.stamps.get(ready.offer.id, 0) // ready.stamps.needed

    def _applied(self, ready: ReadyOffer, outcome: Applied) -> AppliedOffer:
        offer, bid = ready.offer, outcome.bid
        code = self._situation.facts.codes.get(offer.id)
        shares = bid.fit.shares or [0] * len(self._situation.basket.lines)
        return AppliedOffer(
            offer_id=offer.id,
            version=offer.version,
            lane=offer.lane,
            funder=offer.funder,
            saving_minor=bid.amount if offer.lane in DISCOUNT_LANES else 0,
            points=bid.amount if offer.lane is Lane.ACCRUAL else 0,
            uses=0 if offer.lane in self._spared else bid.proposal.uses,
            shares=self._situation.basket.in_basket_order(shares),
            code=code.reference if code and ready.needs else None,
            is_limited=bool((code and ready.needs) or self._situation.facts.remaining.get(offer.id)),
        )

    def _stamp_change(self, ready: ReadyOffer) -> StampChange:
        basket, stamps, offer = self._situation.basket, ready.stamps, ready.offer
        if stamps is None:
            return StampChange(offer_id=offer.id, given=0, taken=0)
        by_line, taken = [0] * len(basket.lines), 0
        for index in basket.select(stamps.goods):
            by_line[index] = basket.whole_units(index)
        outcome = self._outcomes.get(offer.id)
        if isinstance(outcome, Applied):
            proposal = outcome.bid.proposal
            for index, free in (proposal.given or {}).items():
                by_line[index] = max(0, by_line[index] - free)
            taken = stamps.needed * min(proposal.uses, self._full_sets(ready))
        return StampChange(
            offer_id=offer.id,
            given=sum(by_line),
            taken=taken,
            by_line=basket.in_basket_order(by_line),
            needed=stamps.needed,
            title=offer.title,
        )


def _with_own(contender: Contender, lane: Lane, benefit: Benefit) -> Contender:
    """Let the coupon that was shown give its own benefit; the offer's limits hold for it all the same."""
    propose = money_off(benefit) if lane in DISCOUNT_LANES else None
    return replace(contender, benefit=benefit, propose=propose, goods=goods_of(benefit))


def _ceilings(lane: Lane, budgets: Sequence[Remaining]) -> tuple[Ceiling, ...]:
    """Give what is left of the budgets that the lane's gifts are counted in."""
    measured = ((budget.points if lane is Lane.ACCRUAL else budget.money_minor, budget.scope) for budget in budgets)
    return tuple(Ceiling("budget", left, scope) for left, scope in measured if left is not None)
