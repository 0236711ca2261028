"""The laws of a price: it is never below nothing, its lines are the whole of it, and their order changes nothing."""

import random
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from offers.engine.basket import line_total
from offers.model.decision import Decision
from offers.model.errors import NotEnoughPoints, TooManyPointsForPurchase
from offers.model.programme import Programme
from offers.model.purchase import MAX_TOTAL_MINOR, ExplainCode, Line
from tests.unit.accounts import LINES, programmes, purchase
from tests.unit.priced import price

BASKETS = st.lists(LINES, min_size=1, max_size=8).filter(lambda lines: 0 < total(lines) <= MAX_TOTAL_MINOR)
SPEND = st.integers(0, 2 * 10**7)
POINTS_HELD = st.integers(0, 10**7)


def total(lines: list[Line]) -> int:
    return sum(line_total(line) for line in lines)


@st.composite
def decisions(draw: st.DrawFn) -> tuple[Programme, Decision]:
    """A purchase that takes as many of its points as it may, or fewer."""
    programme, lines = draw(programmes()), draw(BASKETS)
    spend_minor, held = draw(SPEND), draw(POINTS_HELD)
    most = price(programme, purchase(lines), spend_minor=spend_minor, points_available=held).redeemable_points
    taken = purchase(lines, points=draw(st.integers(0, most)))
    return programme, price(programme, taken, spend_minor=spend_minor, points_available=held)


@given(decisions())
def test_nobody_pays_less_than_nothing_and_every_kopeck_is_accounted_for(made: tuple[Programme, Decision]) -> None:
    _, decision = made

    paid = decision.total_minor - decision.discount_minor - decision.redeemed_minor
    assert decision.payable_minor == paid >= 0
    assert decision.discount_minor == decision.total_minor * decision.discount_bp // 10_000 <= decision.total_minor


@given(decisions())
def test_the_lines_are_the_whole_of_the_receipt(made: tuple[Programme, Decision]) -> None:
    _, decision = made

    for name in ("total_minor", "discount_minor", "redeemed_minor", "payable_minor", "points_accrued"):
        assert sum(getattr(line, name) for line in decision.lines) == getattr(decision, name), name
    for line in decision.lines:
        assert line.payable_minor == line.total_minor - line.discount_minor - line.redeemed_minor >= 0
        assert min(line.discount_minor, line.redeemed_minor, line.points_accrued) >= 0


@given(decisions())
def test_points_pay_no_more_than_the_terms_allow_and_give_no_more_than_was_paid(
    made: tuple[Programme, Decision],
) -> None:
    programme, decision = made
    terms = programme.terms

    discounted = decision.total_minor - decision.discount_minor
    assert decision.redeemed_minor == decision.points_redeemed * terms.point_value_minor
    assert decision.redeemed_minor * 10_000 <= discounted * terms.redemption_limit_bp
    assert decision.points_accrued * terms.point_value_minor * 10_000 <= decision.payable_minor * terms.accrual_bp


@given(programmes(), BASKETS, SPEND, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_no_total(
    programme: Programme, lines: list[Line], spend_minor: int, dice: random.Random
) -> None:
    mixed = list(lines)
    dice.shuffle(mixed)

    one = price(programme, purchase(lines), spend_minor=spend_minor, points_available=0)
    other = price(programme, purchase(mixed), spend_minor=spend_minor, points_available=0)

    names = ("total_minor", "discount_minor", "payable_minor", "points_accrued", "redeemable_points", "explain")
    assert [getattr(one, name) for name in names] == [getattr(other, name) for name in names]


@given(programmes(), BASKETS, SPEND, POINTS_HELD, st.integers(1, 10**9))
def test_one_point_too_many_is_refused(
    programme: Programme, lines: list[Line], spend_minor: int, held: int, beyond: int
) -> None:
    most = price(programme, purchase(lines), spend_minor=spend_minor, points_available=held).redeemable_points

    with pytest.raises((NotEnoughPoints, TooManyPointsForPurchase)):
        price(programme, purchase(lines, points=most + beyond), spend_minor=spend_minor, points_available=held)


@given(programmes(), BASKETS, SPEND, POINTS_HELD)
def test_every_level_and_both_kinds_of_points_are_explained(
    programme: Programme, lines: list[Line], spend_minor: int, held: int
) -> None:
    decision = price(programme, purchase(lines), spend_minor=spend_minor, points_available=held)

    levels = [line for line in decision.explain if line.code.value.startswith("level_")]
    assert len(levels) == len(programme.terms.levels)
    assert sum(line.code is ExplainCode.LEVEL_APPLIED for line in levels) <= 1
    assert len(decision.explain) == max(1, len(levels)) + 2


@given(st.decimals(Decimal("0.000001"), Decimal(10**6), places=6), st.integers(0, 10**12))
def test_a_line_is_rounded_by_half_a_unit_at_most(quantity: Decimal, unit_price_minor: int) -> None:
    line = Line(sku="s", category="c", quantity=quantity, unit_price_minor=unit_price_minor)
    assume(unit_price_minor * 10**6 < 10**18)

    exact = int(quantity.scaleb(6)) * unit_price_minor

    assert abs(2 * (line_total(line) * 10**6 - exact)) <= 10**6
