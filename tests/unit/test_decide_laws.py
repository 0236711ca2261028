"""The laws of a decision: whatever the rulebook, the member and the basket, these hold."""

import random
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from offers.engine.decide import decide
from offers.engine.ready_rulebook import make_ready
from offers.model.condition import AllOf, Not
from offers.model.decision import Basket, Decision
from offers.model.facts import Facts
from offers.model.offer import Lane, Offer, OfferState
from offers.model.purchase import ExplainCode, Explanation, ReceiptLine
from offers.model.rulebook import Mode, OfferGroup, Rulebook
from tests.unit.decided import Made, decisions, several
from tests.unit.offered import AT, offers
from tests.unit.rulebooks import rulebooks

AMOUNTS = ("total_minor", "discount_minor", "redeemed_minor", "payable_minor", "points_accrued")


def about_offers(decision: Decision) -> list[Explanation]:
    return [line for line in decision.explain if "offer_id" in line.facts]


def effect(decision: Decision) -> dict[str, object]:
    """What a decision does, without the words and the edition of the rules."""
    names = (*AMOUNTS, "points_redeemed", "redeemable_points", "lines", "offers", "stamps", "discount_bp")
    return {name: getattr(decision, name) for name in names}


@several
@given(decisions(), st.randoms(use_true_random=False))
def test_the_order_of_offers_and_of_everything_listed_with_them_changes_nothing(
    made: Made, dice: random.Random
) -> None:
    rulebook, facts, basket, decision = made
    mixed = replace(
        rulebook,
        offers=tuple(dice.sample(rulebook.offers, len(rulebook.offers))),
        groups=tuple(dice.sample(rulebook.groups, len(rulebook.groups))),
        goods_tags=tuple(dice.sample(rulebook.goods_tags, len(rulebook.goods_tags))),
    )

    assert decide(make_ready(mixed), facts, basket, AT) == decision


@several
@given(decisions(), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_nothing(made: Made, dice: random.Random) -> None:
    rulebook, facts, basket, decision = made
    order = dice.sample(range(len(basket.lines)), len(basket.lines))

    mixed = decide(
        make_ready(rulebook), facts, replace(basket, lines=tuple(basket.lines[place] for place in order)), AT
    )

    assert [line_key(line) for line in mixed.lines] == [line_key(decision.lines[place]) for place in order]
    assert Counter(mixed.lines) == Counter(decision.lines)
    assert mixed.explain == decision.explain
    assert {name: getattr(mixed, name) for name in AMOUNTS} == {name: getattr(decision, name) for name in AMOUNTS}
    assert [(each.offer_id, sorted(each.shares)) for each in mixed.offers] == [
        (each.offer_id, sorted(each.shares)) for each in decision.offers
    ]


def line_key(line: ReceiptLine) -> tuple[object, ...]:
    return line.sku, line.category, line.quantity, line.unit_price_minor


@several
@given(decisions(), st.data())
def test_adding_an_offer_that_nobody_may_have_changes_nothing(made: Made, data: st.DataObject) -> None:
    rulebook, facts, basket, decision = made
    nobody = data.draw(
        offers("offer-9", condition=st.just(Not(condition=AllOf())), state=st.just(OfferState.ACTIVE))
        | offers("offer-9", state=st.sampled_from((OfferState.DRAFT, OfferState.PAUSED, OfferState.ARCHIVED)))
    )

    more = decide(make_ready(replace(rulebook, offers=(*rulebook.offers, nobody))), facts, basket, AT)

    without_stamps = {**effect(more), "stamps": ()}
    assert without_stamps == {**effect(decision), "stamps": ()}
    assert [line for line in more.explain if line.facts.get("offer_id") != nobody.id] == list(decision.explain)


@several
@given(decisions())
def test_an_offer_that_was_not_applied_might_as_well_not_be_there(made: Made) -> None:
    rulebook, facts, basket, decision = made
    left_out = {line.facts["offer_id"] for line in about_offers(decision) if not line.applied}
    fewer = replace(rulebook, offers=tuple(offer for offer in rulebook.offers if offer.id not in left_out))

    alone = decide(make_ready(fewer), facts, basket, AT)

    assert {**effect(alone), "stamps": ()} == {**effect(decision), "stamps": ()}


@several
@given(decisions())
def test_every_candidate_is_explained_exactly_once(made: Made) -> None:
    rulebook, facts, _, decision = made

    explained = Counter(line.facts["offer_id"] for line in about_offers(decision))
    assert explained == Counter(offer.id for offer in rulebook.offers)
    applied = {line.facts["offer_id"] for line in about_offers(decision) if line.applied}
    assert applied == {each.offer_id for each in decision.offers}
    others = Counter(line.code for line in decision.explain if "offer_id" not in line.facts)
    points = {ExplainCode.POINTS_REDEEMED, ExplainCode.POINTS_NOT_ASKED, ExplainCode.POINTS_EXCLUDED}
    accrual = {ExplainCode.POINTS_ACCRUED, ExplainCode.NOTHING_TO_ACCRUE, ExplainCode.ACCRUAL_EXCLUDED}
    assert sum(others[code] for code in points) == sum(others[code] for code in accrual) == 1
    own = facts.own_terms and facts.own_terms.hold(AT) and facts.own_terms.discount_bp is not None
    levels = len(rulebook.terms.levels) + bool(own)
    assert sum(count for code, count in others.items() if code not in points | accrual) == max(1, levels)


@several
@given(decisions())
def test_the_shares_are_the_whole(made: Made) -> None:
    _, _, _, decision = made

    for name in AMOUNTS:
        assert sum(getattr(line, name) for line in decision.lines) == getattr(decision, name), name
    for each in decision.offers:
        assert sum(each.shares) == each.saving_minor + each.points
        assert min(each.shares, default=0) >= 0
    by_offers = sum(each.saving_minor for each in decision.offers)
    by_level = sum(int(line.facts["discount_minor"]) for line in decision.explain if "discount_minor" in line.facts)
    assert by_offers + by_level == decision.discount_minor
    base = [line for line in decision.explain if line.code is ExplainCode.POINTS_ACCRUED]
    assert decision.points_accrued == sum(each.points for each in decision.offers) + sum(
        int(line.facts["points"]) for line in base
    )


@several
@given(decisions(), st.sampled_from(Lane), st.sampled_from(("main", "happy")))
def test_the_best_for_the_customer_is_never_worse_than_the_first(made: Made, lane: Lane, group: str) -> None:
    rulebook, facts, basket, _ = made
    basket = replace(basket, points_to_redeem=0)
    gains = {
        mode: gained(rulebook_with(rulebook, lane, group, mode), facts, basket, lane, group)
        for mode in (Mode.BEST_FOR_MERCHANT, Mode.FIRST_BY_PRIORITY, Mode.BEST_FOR_CUSTOMER)
    }

    assert gains[Mode.BEST_FOR_MERCHANT] <= gains[Mode.FIRST_BY_PRIORITY] <= gains[Mode.BEST_FOR_CUSTOMER]


def rulebook_with(rulebook: Rulebook, lane: Lane, group: str, mode: Mode) -> Rulebook:
    """The same with one group's mode changed; the group goes first, so that all modes choose at the same prices."""
    others = tuple(each for each in rulebook.groups if (each.lane, each.name) != (lane, group))
    return replace(rulebook, groups=(*others, OfferGroup(lane=lane, name=group, mode=mode, rank=-1)))


def gained(rulebook: Rulebook, facts: Facts, basket: Basket, lane: Lane, group: str) -> int:
    known = {offer.id: offer for offer in rulebook.offers}
    decision = decide(make_ready(rulebook), facts, basket, AT)
    amounts = [
        int(line.facts.get("saving_minor", line.facts.get("points", 0)))
        for line in about_offers(decision)
        if line.applied and belongs(known[str(line.facts["offer_id"])], lane, group)  # type: ignore[index] # ids are strings
    ]
    return sum(amounts)


def belongs(offer: Offer, lane: Lane, group: str) -> bool:
    return offer.lane is lane and offer.group == group


@several
@given(decisions())
def test_what_was_lost_to_is_what_was_applied_and_gives_no_less_where_the_best_wins(made: Made) -> None:
    _, _, _, decision = made
    applied = {each.offer_id for each in decision.offers}

    for line in about_offers(decision):
        if line.code is not ExplainCode.OFFER_LOST:
            continue
        winner = str(line.facts["winner_id"])
        assert winner in applied or winner == "own" or winner.startswith("level:")
        if line.facts["mode"] == Mode.BEST_FOR_CUSTOMER.value:
            name = "points" if "points" in line.facts else "saving_minor"
            assert int(line.facts[f"winner_{name}"]) >= int(line.facts[name])


@several
@given(decisions())
def test_what_is_promised_to_everybody_is_never_withheld(made: Made) -> None:
    rulebook, _, _, decision = made
    promised = {offer.id for offer in rulebook.offers if not offer.may_be_withheld}

    withheld = {line.facts["offer_id"] for line in decision.explain if line.code is ExplainCode.OFFER_HELD_OUT}
    assert not withheld & promised


@several
@given(rulebooks(), st.data())
def test_another_version_of_a_rule_is_another_rulebook(rulebook: Rulebook, data: st.DataObject) -> None:
    if rulebook.offers:
        offer = data.draw(st.sampled_from(rulebook.offers))
        newer = replace(offer, version=offer.version + 1)
        others = tuple(each for each in rulebook.offers if each is not offer)

        assert make_ready(replace(rulebook, offers=(newer, *others))).digest != make_ready(rulebook).digest
    assert make_ready(replace(rulebook, currency="EUR")).digest != make_ready(rulebook).digest
