"""Decisions in plain cases: who wins, who stands back, and what is said of each."""

from dataclasses import replace
from decimal import Decimal

import pytest

from offers.engine.ready_rulebook import make_ready
from offers.model.benefit import AccrualTimes, AmountOff, ExtraPoints, FixedPrice, PayWithPoints, Percent
from offers.model.condition import (
    DuringDayparts,
)
from offers.model.daypart import Dayparts, WeeklyWindow, Window
from offers.model.facts import Remaining
from offers.model.goods import Goods, GoodsTag
from offers.model.offer import Lane, Limits, offer_id
from offers.model.purchase import ExplainCode, Line
from offers.model.rulebook import Floor, Guards, Mode, OfferGroup, Rulebook
from tests.unit.offer_cases import (
    CAKE,
    COFFEE,
    LATTE,
    NOBODY,
    REGULAR,
    TERMS,
    WINE,
    about,
    decided,
    discounts,
    offer,
    said,
)
from tests.unit.offered import PROGRAMME

A = offer_id(PROGRAMME, "a")
MORNINGS = DuringDayparts(
    dayparts=Dayparts(weekly=(WeeklyWindow(weekdays=(0, 1, 2, 3, 4), window=Window(start_minute=600, end_minute=720)),))
)
TENTH, FIFTH = Percent(bp=1_000), Percent(bp=2_000)


def test_lanes_apply_one_after_another_on_the_reduced_price() -> None:
    decision = decided(
        offer("price", FixedPrice(unit_price_minor=16_000, goods=COFFEE)),
        offer("coupon", TENTH, Lane.COUPON),
        facts=REGULAR,
        points=100,
    )

    # 300 → 260 → 234 → level 5 % → 222.30 → 100 points → 122.30 → 10 % in points
    assert decision.discount_minor == 4_000 + 2_600 + 1_170
    assert decision.payable_minor == 12_230
    assert decision.points_accrued == 12
    assert [each.saving_minor for each in decision.offers] == [2_600, 4_000][::-1]


def test_happy_hours_over_are_explained_with_the_outlets_time() -> None:
    code, facts = said(decided(offer("a", FIFTH, condition=MORNINGS)), "a")

    assert code == "offer_skipped"
    assert (facts["condition"], facts["local_time"], facts["windows"]) == ("daypart", "12:30", "10:00–12:00")


def test_the_best_wins_and_the_others_learn_by_how_much() -> None:
    decision = decided(offer("a", TENTH), offer("b", FIFTH), offer("c", AmountOff(amount_minor=6_000), priority=-1))

    assert [each.offer_id for each in decision.offers] == [offer_id(PROGRAMME, "b")]
    code, facts = said(decision, "a")
    assert (code, facts["winner_id"]) == ("offer_lost", offer_id(PROGRAMME, "b"))
    assert (facts["saving_minor"], facts["winner_saving_minor"]) == (3_000, 6_000)
    assert said(decision, "c")[0] == "offer_lost"  # as much, but lower in priority


@pytest.mark.parametrize(
    ("mode", "applied", "saving_minor"),
    [
        (Mode.ALL, ["a", "b", "c"], 3_000 + 6_000 + 500),
        (Mode.BEST_FOR_CUSTOMER, ["b"], 6_000),
        (Mode.FIRST_BY_PRIORITY, ["a"], 3_000),
        (Mode.BEST_FOR_MERCHANT, ["c"], 500),
    ],
)
def test_the_mode_of_the_group_decides(mode: Mode, applied: list[str], saving_minor: int) -> None:
    decision = decided(
        offer("a", TENTH, priority=5),
        offer("b", FIFTH),
        offer("c", AmountOff(amount_minor=500)),
        groups=(OfferGroup(lane=Lane.PRICE, name="main", mode=mode),),
    )

    assert [each.offer_id for each in decision.offers] == [offer_id(PROGRAMME, code) for code in applied]
    assert decision.discount_minor == saving_minor


def test_an_offer_may_compete_with_the_members_level() -> None:
    birthday = offer("a", TENTH, Lane.LOYALTY_DISCOUNT, group="levels")
    small = offer("a", Percent(bp=100), Lane.LOYALTY_DISCOUNT, group="levels")

    better, worse = decided(birthday, facts=REGULAR), decided(small, facts=REGULAR)

    assert better.discount_minor == 3_000
    assert [line.code for line in better.explain[:2]] == [ExplainCode.LEVEL_LOST, ExplainCode.OFFER_APPLIED]
    assert better.discount_bp == 500, "what the member holds, even when something better was taken"
    assert worse.discount_minor == 1_500
    assert said(worse, "a")[1]["winner_id"] == "level:silver"


def test_of_two_lines_that_deserve_the_odd_kopeck_alike_the_till_does_not_choose() -> None:
    lines = tuple(Line(sku=sku, category="tea", quantity=Decimal(1), unit_price_minor=100) for sku in "abc")
    one_off = offer("x", AmountOff(amount_minor=1))

    for order in (lines, lines[::-1], lines[1:] + lines[:1]):
        decision = decided(one_off, lines=order)
        assert [line.sku for line in decision.lines if line.discount_minor] == ["a"]


def test_alcohol_is_left_alone_by_levels_points_and_accrual() -> None:
    tags = (GoodsTag(name="alcohol", goods=Goods(categories=("wine",))),)
    guards = Guards(level_excludes=("alcohol",), points_excludes=("alcohol",), accrual_excludes=("alcohol",))

    mixed = decided(lines=(LATTE, WINE), facts=REGULAR, goods_tags=tags, guards=guards, points=10)
    alone = decided(lines=(WINE,), facts=REGULAR, goods_tags=tags, guards=guards)

    assert discounts(mixed) == [1_000, 0]
    assert [line.redeemed_minor for line in mixed.lines] == [1_000, 0]
    assert [line.points_accrued for line in mixed.lines] == [18, 0]
    assert [line.code for line in alone.explain] == [
        ExplainCode.LEVEL_EXCLUDED, ExplainCode.POINTS_EXCLUDED, ExplainCode.ACCRUAL_EXCLUDED,
    ]  # fmt: skip
    assert alone.redeemable_points == 0


def test_an_excluded_offer_names_the_tag_and_whose_it_is() -> None:
    sale = offer("sale", Percent(bp=3_000, goods=COFFEE), tags=("sale",))
    coupon = offer("coupon", TENTH, Lane.COUPON, excludes=("sale",))

    part, whole = decided(sale, coupon), decided(sale, coupon, lines=(LATTE,))

    assert discounts(part) == [6_000, 1_000]
    code, facts = said(whole, "coupon")
    assert (code, facts["tag"], facts["holder_id"]) == ("offer_excluded", "sale", offer_id(PROGRAMME, "sale"))


def test_exclusion_holds_the_other_way_round_too() -> None:
    jealous = offer("jealous", Percent(bp=3_000, goods=COFFEE), excludes=("coupons", "levels", "points", "accrual"))
    coupon = offer("coupon", TENTH, Lane.COUPON, tags=("coupons",))

    decision = decided(jealous, coupon, facts=REGULAR, points=40)

    assert discounts(decision) == [6_000, 1_000 + 450]
    assert [line.redeemed_minor for line in decision.lines] == [0, 4_000]
    assert [line.points_accrued for line in decision.lines] == [0, 4]


def test_a_floor_cuts_a_discount_and_says_so() -> None:
    guards = Guards(floors=(Floor(goods=COFFEE, unit_minor=17_000),))

    decision = decided(offer("a", FIFTH), guards=guards)
    nothing = decided(offer("a", Percent(bp=2_000, goods=COFFEE)), guards=Guards(floors=(Floor(share_bp=10_000),)))

    assert discounts(decision) == [3_000, 2_000]
    code, facts = said(decision, "a")
    assert (code, facts["limit"], facts["saving_minor"], facts["wanted"]) == ("offer_capped", "floor", 5_000, 6_000)
    assert about(nothing, "a").applied is False
    assert said(nothing, "a")[0] == "offer_capped"


@pytest.mark.parametrize(
    ("limits", "remaining", "limit", "saving_minor"),
    [
        (Limits(cap_minor=1_000), (), "cap", 1_000),
        (Limits(max_discount_bp=500), (), "max_discount", 1_500),
        (Limits(floor_bp=9_500), (), "floor", 1_500),
        (Limits(), (Remaining(scope="campaign", money_minor=700), Remaining(scope="member", uses=1)), "budget", 700),
    ],
)
def test_every_limit_cuts_and_is_named(
    limits: Limits, remaining: tuple[Remaining, ...], limit: str, saving_minor: int
) -> None:
    decision = decided(offer("a", FIFTH, limits=limits), facts=replace(NOBODY, remaining={A: remaining}))

    assert decision.discount_minor == sum(discounts(decision)) == saving_minor
    assert said(decision, "a")[1]["limit"] == limit


def test_discounts_of_all_lanes_share_one_ceiling() -> None:
    guards = Guards(max_discount_bp=2_500)

    decision = decided(offer("a", FIFTH), offer("b", TENTH, Lane.COUPON), facts=REGULAR, guards=guards)

    assert decision.discount_minor == 7_500
    assert said(decision, "b")[1]["saving_minor"] == 1_500
    assert decision.explain[2].code is ExplainCode.LEVEL_CAPPED


def test_an_offer_may_lower_what_points_pay() -> None:
    sale = offer("a", FIFTH, limits=Limits(max_points_bp=1_000))
    more = offer("b", PayWithPoints(limit_bp=9_000), Lane.POINTS)

    decision = decided(sale, more, facts=REGULAR)

    assert decision.redeemable_points == 22  # a tenth of 228
    assert said(decision, "b")[0] == "offer_capped"


def test_points_of_offers_are_capped_and_add_up() -> None:
    decision = decided(
        offer("a", AccrualTimes(times_bp=30_000), Lane.ACCRUAL, limits=Limits(cap_points=40)),
        offer("b", ExtraPoints(points=10), Lane.ACCRUAL),
        groups=(OfferGroup(lane=Lane.ACCRUAL, name="main", mode=Mode.ALL),),
    )

    assert decision.points_accrued == 30 + 40 + 10
    assert said(decision, "a")[1]["limit"] == "cap"


def test_the_editions_of_rules_and_zones_are_pinned() -> None:
    one, other = decided(offer("a", FIFTH)), decided(offer("a", TENTH))

    assert len(one.rulebook_digest) == 64
    assert one.rulebook_digest != other.rulebook_digest
    assert one.zone_rules
    assert [each.version for each in one.offers] == [1]


def test_a_rulebook_with_two_versions_of_an_offer_is_no_rulebook() -> None:
    twice = (offer("a", FIFTH), replace(offer("a", TENTH), version=2))

    with pytest.raises(ValueError, match="one version"):
        make_ready(Rulebook(programme_id=PROGRAMME, currency="RUB", terms=TERMS, offers=twice))
    with pytest.raises(ValueError, match="no place in the lane"):
        decided(offer("a", FIFTH, Lane.ACCRUAL))


def test_cheaper_goods_are_cheap_already() -> None:
    free = replace(CAKE, unit_price_minor=0)

    assert said(decided(offer("a", Percent(bp=5_000, goods=Goods(categories=("cake",)))), lines=(LATTE, free)), "a")[
        0
    ] == ("offer_saves_nothing")
