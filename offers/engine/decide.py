"""Decide a purchase: every lane in order, every candidate explained once. Pure: the same arguments, the same decision.

Order: the basket is laid out, offers are screened, the three lanes of discounts reduce the prices, points pay, and what
is left to pay gives points.
"""

from datetime import datetime

from offers.engine.accrual_lane import AccrualLane, Rate
from offers.engine.basket import BasketView
from offers.engine.candidates import Candidates
from offers.engine.dayparts import local_moment
from offers.engine.discounts import settle_discounts
from offers.engine.eligibility import Situation
from offers.engine.points_lane import PointsLane, Tender
from offers.engine.ready_rulebook import ReadyRulebook
from offers.engine.standing_discount import standing_discount
from offers.engine.tally import Tally
from offers.engine.zones import zone_rules
from offers.model.decision import Basket, Decision
from offers.model.errors import AmountOutOfRange, WrongCurrency
from offers.model.facts import Facts
from offers.model.offer import DISCOUNT_LANES, LEVELS_GROUP, Lane
from offers.model.purchase import MAX_TOTAL_MINOR, Explanation, ReceiptLine


def decide(ready: ReadyRulebook, facts: Facts, basket: Basket, at: datetime) -> Decision:
    """Decide what a basket costs and gives at an instant.

    Raises WrongCurrency, AmountOutOfRange, NotEnoughPoints, TooManyPointsForPurchase.
    """
    rulebook = ready.rulebook
    if basket.currency != rulebook.currency:
        raise WrongCurrency(given=basket.currency, expected=rulebook.currency)
    view = BasketView(basket.lines, rulebook.goods_tags)
    if not 0 < view.total_minor <= MAX_TOTAL_MINOR:
        raise AmountOutOfRange(limit_minor=MAX_TOTAL_MINOR)
    return _Deciding(ready, facts, view, at).decide(basket.points_to_redeem)


class _Deciding:
    """One decision on its way."""

    __slots__ = ("_at", "_candidates", "_explain", "_facts", "_ready", "_standing", "_tally", "_view")

    def __init__(self, ready: ReadyRulebook, facts: Facts, view: BasketView, at: datetime) -> None:
        own = facts.own_terms if facts.own_terms and facts.own_terms.hold(at) else None
        self._ready = ready
        self._facts = facts
        self._view = view
        self._at = at
        self._standing = standing_discount(ready.rulebook.terms, facts, own)
        level = self._standing.level
        situation = Situation(facts, view, local_moment(at, facts.zone), at, level.key if level else None)
        self._candidates = Candidates(ready, situation)
        self._tally = Tally(view, ready.rulebook.guards)
        self._explain: list[Explanation] = []

    def decide(self, points_to_redeem: int) -> Decision:
        for lane in DISCOUNT_LANES:
            self._settle_discounts(lane)
        discounted = list(self._tally.prices)
        tender = self._pay_with_points(points_to_redeem)
        paid = [price - share for price, share in zip(discounted, tender.shares, strict=True)]
        accrual = self._accrue(paid)
        return Decision(
            total_minor=self._view.total_minor,
            discount_bp=self._standing.discount_bp,
            discount_minor=self._tally.discount_minor,
            points_redeemed=tender.asked,
            redeemed_minor=tender.redeemed_minor,
            payable_minor=sum(paid),
            points_accrued=sum(accrual.points),
            redeemable_points=tender.redeemable,
            lines=self._lines(discounted, tender, accrual),
            explain=tuple(self._explain),
            offers=self._candidates.applied(),
            stamps=self._candidates.stamps(),
            rulebook_digest=self._ready.digest,
            zone_rules=zone_rules(),
        )

    def _settle_discounts(self, lane: Lane) -> None:
        outcome = None
        for group in self._ready.groups[lane]:
            contenders = self._candidates.of(lane, group.name)
            level = None
            if lane is Lane.LOYALTY_DISCOUNT and group.name == LEVELS_GROUP:
                level = self._standing.contender(self._ready.rulebook.guards)
                contenders = [*contenders, level] if level else contenders
            outcomes = settle_discounts(self._tally, group.mode, contenders)
            if level:
                outcome = outcomes.pop(level.holder.id)
            self._candidates.note(outcomes)
        if lane is Lane.LOYALTY_DISCOUNT:
            self._explain += self._standing.explain(outcome)
        self._explain += self._candidates.explain(lane)

    def _pay_with_points(self, asked: int) -> Tender:
        guards, terms = self._ready.rulebook.guards, self._ready.rulebook.terms
        lane = PointsLane(self._tally, terms, guards.points_excludes, self._facts.points_available)
        needed_without = lane.limit_bp
        for group in self._ready.groups[Lane.POINTS]:
            self._candidates.note(lane.settle(group.mode, self._candidates.of(Lane.POINTS, group.name)))
        tender = lane.tender(asked)
        if asked <= lane.redeemable(needed_without):
            self._candidates.spare(Lane.POINTS)
        self._explain.append(tender.explain())
        self._explain += self._candidates.explain(Lane.POINTS)
        return tender

    def _accrue(self, paid: list[int]) -> AccrualLane:
        lane = AccrualLane(self._tally, paid, self._rate(), self._ready.rulebook.guards.accrual_excludes)
        for group in self._ready.groups[Lane.ACCRUAL]:
            self._candidates.note(lane.settle(group.mode, self._candidates.of(Lane.ACCRUAL, group.name)))
        self._explain.append(lane.explain())
        self._explain += self._candidates.explain(Lane.ACCRUAL)
        return lane

    def _rate(self) -> Rate:
        terms, standing = self._ready.rulebook.terms, self._standing
        if standing.own and standing.own.accrual_bp is not None:
            return Rate(standing.own.accrual_bp, terms.point_value_minor, of="own")
        if standing.level and standing.level.accrual_bp is not None:
            return Rate(standing.level.accrual_bp, terms.point_value_minor, of="level")
        return Rate(terms.accrual_bp, terms.point_value_minor)

    def _lines(self, discounted: list[int], tender: Tender, accrual: AccrualLane) -> tuple[ReceiptLine, ...]:
        view = self._view
        lines = [
            ReceiptLine(
                sku=line.sku,
                category=line.category,
                quantity=line.quantity,
                unit_price_minor=line.unit_price_minor,
                total_minor=view.totals[index],
                discount_minor=view.totals[index] - discounted[index],
                redeemed_minor=tender.shares[index],
                payable_minor=discounted[index] - tender.shares[index],
                points_accrued=accrual.points[index],
            )
            for index, line in enumerate(view.lines)
        ]
        places = dict(zip(view.places, lines, strict=True))
        return tuple(places[place] for place in range(len(lines)))
