"""What each benefit takes off, or gives."""

from decimal import Decimal

import pytest

from offers.model.benefit import (
    AccrualTimes,
    AmountOff,
    Benefit,
    BundlePart,
    BundlePrice,
    ExtraPoints,
    FixedPrice,
    Gift,
    PayWithPoints,
    Percent,
    Step,
    TakeAndPay,
    Thresholds,
)
from offers.model.goods import Goods
from offers.model.offer import Lane, Limits
from offers.model.purchase import Line
from tests.unit.offer_cases import CAKE, COFFEE, LATTE, REGULAR, WINE, about, decided, discounts, offer, said

CAKES = Goods(categories=("cake",))


def many(line: Line, quantity: str, price_minor: int | None = None) -> Line:
    return Line(
        sku=line.sku,
        category=line.category,
        quantity=Decimal(quantity),
        unit_price_minor=line.unit_price_minor if price_minor is None else price_minor,
    )


@pytest.mark.parametrize(
    ("benefit", "expected"),
    [
        (Percent(bp=2_500), [5_000, 2_500]),
        (Percent(bp=2_500, goods=COFFEE), [5_000, 0]),
        (Percent(bp=2_500, goods=Goods(except_categories=("coffee",))), [0, 2_500]),
        (AmountOff(amount_minor=6_000), [4_000, 2_000]),
        (AmountOff(amount_minor=90_000), [20_000, 10_000]),
        (AmountOff(amount_minor=100), [67, 33]),
        (FixedPrice(unit_price_minor=15_000, goods=COFFEE), [5_000, 0]),
        (Gift(sku="eclair"), [0, 10_000]),
        (BundlePrice(parts=(BundlePart(goods=COFFEE), BundlePart(goods=CAKES)), price_minor=24_000), [4_000, 2_000]),
        (Thresholds(steps=(Step(at_least_minor=0, bp=100), Step(at_least_minor=30_000, bp=1_000))), [2_000, 1_000]),
        (Thresholds(steps=(Step(at_least_minor=30_000, amount_minor=300),)), [200, 100]),
    ],
)
def test_a_benefit_takes_off_what_it_says(benefit: Benefit, expected: list[int]) -> None:
    decision = decided(offer("a", benefit))

    assert discounts(decision) == expected
    assert said(decision, "a")[0] == "offer_applied"
    assert said(decision, "a")[1]["saving_minor"] == sum(expected)


def test_of_every_handful_the_cheapest_are_free_and_the_dearest_stand_together() -> None:
    three_for_two = offer("a", TakeAndPay(take=3, pay=2, goods=COFFEE), limits=Limits(uses_per_purchase=5))
    lines = (many(LATTE, "2", 30_000), many(LATTE, "3", 20_000), many(LATTE, "2", 10_000))

    decision = decided(three_for_two, lines=lines)

    # 30 30 (20) · 20 20 (10) · 10 is no handful
    assert discounts(decision) == [0, 20_000, 10_000]
    assert said(decision, "a")[1]["uses"] == 2


def test_a_million_units_are_counted_without_being_listed() -> None:
    two_for_one = offer("a", TakeAndPay(take=2, pay=1, goods=COFFEE), limits=Limits(uses_per_purchase=100))

    assert discounts(decided(two_for_one, lines=(many(LATTE, "1000000", 100),))) == [10_000]


def test_too_few_units_are_told() -> None:
    code, facts = said(decided(offer("a", TakeAndPay(take=3, pay=2, goods=COFFEE))), "a")

    assert (code, facts["condition"], facts["needed"], facts["units"]) == ("offer_skipped", "units", 3, 1)


def test_weighed_goods_have_no_units_to_give_away() -> None:
    by_weight = Line(sku="beans", category="coffee", quantity=Decimal("0.350"), unit_price_minor=200_000)

    code, facts = said(decided(offer("a", Gift(sku="beans")), lines=(by_weight,)), "a")

    assert (code, facts["condition"]) == ("offer_skipped", "gift")


def test_a_gift_is_the_cheaper_one_and_only_as_often_as_allowed() -> None:
    lines = (many(CAKE, "1", 12_000), many(CAKE, "2", 9_000))

    assert discounts(decided(offer("a", Gift(sku="eclair")), lines=lines)) == [0, 9_000]


def test_a_gift_that_nobody_put_into_the_basket_is_named() -> None:
    code, facts = said(decided(offer("a", Gift(sku="mug"))), "a")

    assert (code, facts["condition"], facts["skus"]) == ("offer_skipped", "goods", "mug")


def test_sets_repeat_as_often_as_allowed_and_never_cost_more() -> None:
    parts = (BundlePart(goods=COFFEE), BundlePart(goods=CAKES, quantity=2))
    lines = (many(LATTE, "3"), many(CAKE, "4"))
    twice = offer("a", BundlePrice(parts=parts, price_minor=25_000), limits=Limits(uses_per_purchase=9))
    dear = offer("b", BundlePrice(parts=parts, price_minor=90_000))

    assert sum(discounts(decided(twice, lines=lines))) == 2 * (40_000 - 25_000)
    assert said(decided(dear, lines=lines), "b")[0] == "offer_saves_nothing"


def test_the_wider_choice_does_not_starve_the_narrower_one() -> None:
    parts = (BundlePart(goods=Goods(categories=("coffee", "cake"))), BundlePart(goods=COFFEE))

    assert sum(discounts(decided(offer("a", BundlePrice(parts=parts, price_minor=20_000))))) == 10_000


def test_a_fixed_price_makes_nothing_dearer() -> None:
    decision = decided(offer("a", FixedPrice(unit_price_minor=25_000, goods=COFFEE)))

    assert decision.discount_minor == 0
    assert said(decision, "a")[0] == "offer_saves_nothing"


def test_a_threshold_out_of_reach_tells_how_far_it_is() -> None:
    code, facts = said(decided(offer("a", Thresholds(steps=(Step(at_least_minor=50_000, bp=1_000),)))), "a")

    assert (code, facts["condition"]) == ("offer_skipped", "amount")
    assert (facts["needed_minor"], facts["amount_minor"]) == (50_000, 30_000)


@pytest.mark.parametrize(
    ("benefit", "points"),
    [
        (AccrualTimes(times_bp=20_000), 30),
        (AccrualTimes(times_bp=25_000, goods=COFFEE), 30),
        (ExtraPoints(points=50), 50),
        (Thresholds(steps=(Step(at_least_minor=0, points=5), Step(at_least_minor=30_000, points=7))), 7),
    ],
)
def test_points_come_on_top_of_the_rate(benefit: Benefit, points: int) -> None:
    decision = decided(offer("a", benefit, Lane.ACCRUAL))

    assert decision.points_accrued == 30 + points
    assert sum(line.points_accrued for line in decision.lines) == decision.points_accrued
    assert about(decision, "a").facts["points"] == points


def test_extra_points_need_nothing_to_be_paid() -> None:
    decision = decided(offer("a", ExtraPoints(points=7), Lane.ACCRUAL), offer("b", Percent(bp=10_000)))

    assert decision.payable_minor == 0
    assert decision.points_accrued == sum(line.points_accrued for line in decision.lines) == 7


def test_an_offer_may_let_points_pay_for_more_and_costs_a_use_only_then() -> None:
    all_of_it = offer("a", PayWithPoints(limit_bp=10_000), Lane.POINTS)
    usual = decided(all_of_it, facts=REGULAR, points=100, lines=(WINE,))
    more = decided(all_of_it, facts=REGULAR, points=400, lines=(WINE,))

    assert usual.redeemable_points == more.redeemable_points == 475
    assert [each.uses for each in usual.offers] == [0]
    assert [each.uses for each in more.offers] == [1]
    assert more.payable_minor == 47_500 - 40_000
