"""What belongs to one member: own terms, the level held, stamps."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from offers.model.benefit import BundlePart, BundlePrice, Gift
from offers.model.condition import (
    StampsCollected,
)
from offers.model.held_level import HeldLevel
from offers.model.member import OwnTerms
from offers.model.offer import Limits, offer_id
from offers.model.programme import Terms
from offers.model.purchase import ExplainCode
from tests.unit.offer_cases import (
    COFFEE,
    LATTE,
    NOBODY,
    REGULAR,
    TERMS,
    decided,
    offer,
    said,
)
from tests.unit.offered import AT, PROGRAMME

A = offer_id(PROGRAMME, "a")


def test_own_terms_replace_the_level_and_the_rate_until_they_end() -> None:
    own = OwnTerms(discount_bp=300, accrual_bp=2_000, until=AT + timedelta(seconds=1))

    now = decided(facts=replace(REGULAR, own_terms=own))
    then = decided(facts=replace(REGULAR, own_terms=own), at=AT + timedelta(seconds=1))

    assert (now.discount_bp, now.discount_minor, now.points_accrued) == (300, 900, 58)
    assert [line.code for line in now.explain[:2]] == [ExplainCode.OWN_DISCOUNT_APPLIED, ExplainCode.LEVEL_REPLACED]
    assert now.explain[-1].facts["rate_of"] == "own"
    assert (then.discount_bp, then.points_accrued) == (500, 28)


def test_a_level_that_was_kept_counts_though_the_spend_has_fallen() -> None:
    held = HeldLevel(level="silver", since=AT - timedelta(days=300), safe_until=AT)

    assert decided(facts=replace(NOBODY, held_level=held)).discount_bp == 500
    assert decided(facts=replace(REGULAR, held_level=replace(held, level=None))).discount_bp == 0


def test_a_level_may_have_a_rate_of_its_own() -> None:
    terms = Terms(accrual_bp=1_000, levels=(replace(TERMS.levels[0], accrual_bp=2_000),))

    assert decided(facts=REGULAR, terms=terms).points_accrued == 57
    assert decided(facts=NOBODY, terms=terms).points_accrued == 30


def test_stamps_are_given_for_what_was_bought_and_taken_for_the_gift() -> None:
    sixth_free = offer("a", Gift(sku="latte"), condition=StampsCollected(needed=5, goods=COFFEE))
    three = (replace(LATTE, quantity=Decimal(3)),)

    collecting = decided(sixth_free, lines=three, facts=replace(NOBODY, stamps={A: 4}))
    full = decided(sixth_free, lines=three, facts=replace(NOBODY, stamps={A: 5}))

    assert said(collecting, "a")[1]["missing"] == 1
    assert [(change.given, change.taken) for change in collecting.stamps] == [(3, 0)]
    assert full.discount_minor == 20_000
    assert [(change.given, change.taken) for change in full.stamps] == [(2, 5)]


def test_a_set_that_costs_nothing_is_a_gift_and_gives_no_stamps() -> None:
    any_coffee = offer(
        "a",
        BundlePrice(parts=(BundlePart(goods=COFFEE),), price_minor=0),
        condition=StampsCollected(needed=5, goods=COFFEE),
    )
    for_a_price = replace(any_coffee, benefit=BundlePrice(parts=(BundlePart(goods=COFFEE),), price_minor=100))
    dear = (replace(LATTE, sku="raf", unit_price_minor=30_000), replace(LATTE, quantity=Decimal(2)))

    free, cheap = (
        decided(each, lines=dear, facts=replace(NOBODY, stamps={A: 5})) for each in (any_coffee, for_a_price)
    )

    assert (free.discount_minor, cheap.discount_minor) == (30_000, 29_900)
    assert [(change.given, change.taken) for change in free.stamps] == [(2, 5)]
    assert [(change.given, change.taken) for change in cheap.stamps] == [(3, 5)]


def test_two_full_cards_give_two_gifts_where_that_is_allowed() -> None:
    twice = offer(
        "a", Gift(sku="latte"), condition=StampsCollected(needed=5, goods=COFFEE), limits=Limits(uses_per_purchase=9)
    )
    three = (replace(LATTE, quantity=Decimal(3)),)

    decision = decided(twice, lines=three, facts=replace(NOBODY, stamps={A: 14}))

    assert decision.discount_minor == 40_000
    assert [(change.given, change.taken) for change in decision.stamps] == [(1, 10)]
