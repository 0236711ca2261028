"""The limits of a decision: floors, caps, budgets and exclusions hold, whatever the rulebook."""

from hypothesis import given

from offers.model.offer import DISCOUNT_LANES, Lane
from offers.model.purchase import ReceiptLine
from offers.model.rulebook import Floor, Rulebook
from tests.unit.decided import Made, decisions, several


@several
@given(decisions())
def test_nobody_pays_less_than_nothing_nor_less_than_the_floor(made: Made) -> None:
    rulebook, _, basket, decision = made
    guards = rulebook.guards

    assert decision.discount_minor <= decision.total_minor * guards.max_discount_bp // 10_000
    for line, bought in zip(decision.lines, basket.lines, strict=True):
        price_minor = line.total_minor - line.discount_minor
        assert line.payable_minor == price_minor - line.redeemed_minor >= 0
        assert min(line.discount_minor, line.redeemed_minor, line.points_accrued) >= 0
        for floor in guards.floors:
            if covers(floor, rulebook, line):
                least = max(line.total_minor * floor.share_bp / 10_000, floor.unit_minor * bought.quantity.__float__())
                assert price_minor >= min(line.total_minor, least) - 1e-6


def covers(floor: Floor, rulebook: Rulebook, line: ReceiptLine) -> bool:
    """Tell whether goods are such goods, in the plainest words."""
    goods = floor.goods
    tags = {tag.name for tag in rulebook.goods_tags if line.category in tag.goods.categories}
    named = not (goods.categories or goods.skus or goods.tags) or (
        line.category in goods.categories or line.sku in goods.skus or bool(tags & set(goods.tags))
    )
    return named and not (
        line.category in goods.except_categories or line.sku in goods.except_skus or tags & set(goods.except_tags)
    )


@several
@given(decisions())
def test_no_limit_is_ever_exceeded(made: Made) -> None:
    rulebook, facts, _, decision = made
    known = {offer.id: offer for offer in rulebook.offers}

    for each in decision.offers:
        limits, budgets = known[each.offer_id].limits, facts.remaining.get(each.offer_id, ())
        if each.lane in DISCOUNT_LANES:
            assert each.saving_minor <= least(limits.cap_minor, *(budget.money_minor for budget in budgets))
            share = limits.max_discount_bp
            assert share is None or decision.discount_minor <= decision.total_minor * share // 10_000
        if each.lane is Lane.ACCRUAL:
            assert each.points <= least(limits.cap_points, *(budget.points for budget in budgets))
        assert each.uses <= least(limits.uses_per_purchase, *(budget.uses for budget in budgets))
    limit_bp = min(
        [
            rulebook.guards.max_points_bp,
            *(known[each.offer_id].limits.max_points_bp or 0 for each in decision.offers
              if each.lane is not Lane.ACCRUAL and known[each.offer_id].limits.max_points_bp is not None),
        ]
    )  # fmt: skip
    assert decision.redeemed_minor * 10_000 <= (decision.total_minor - decision.discount_minor) * limit_bp
    assert decision.points_redeemed <= min(facts.points_available, decision.redeemable_points)


def least(*limits: int | None) -> float:
    return min((limit for limit in limits if limit is not None), default=float("inf"))


@several
@given(decisions())
def test_an_offer_touches_no_line_that_carries_what_it_excludes(made: Made) -> None:
    rulebook, _, _, decision = made
    known = {offer.id: offer for offer in rulebook.offers}

    for number, line in enumerate(decision.lines):
        goods = {tag.name for tag in rulebook.goods_tags if line.category in tag.goods.categories}
        there = [known[each.offer_id] for each in decision.offers if each.shares[number]]
        for offer in there:
            others = {tag for other in there if other.id != offer.id for tag in other.tags}
            assert not set(offer.excludes) & (others | goods)
