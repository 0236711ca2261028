"""Pushes of personal offers: never over the budget, inside the fences, the same in any order, with true chances."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from scoring.coupons.shares import UseShares
from scoring.decisions.bounds import Bounds
from scoring.decisions.decide import Reason
from scoring.decisions.errors import ExplorationTooCostly, SpreadTooWide
from scoring.decisions.push import Audience, Pushed, PushTerms, expected_uses, margin_interval, push

TERMS = PushTerms(
    discounts=(0.05, 0.1, 0.15),
    margin_share=0.6,
    uses=1,
    budget_minor=1_000_000.0,
    bounds=Bounds(deepest=0.2, widest_spread=0.15),
    explore_share=0.1,
    holdout_share=0.1,
    salt="p:win-back:r1",
    standing_salt="p:win-back",
)
several = settings(max_examples=60, deadline=None)


def audience(members: int, seed: int = 1, *, known: bool = True, used: bool = False) -> Audience:
    chance = np.random.default_rng(seed)
    share = np.sort(np.random.default_rng(seed + 1).uniform(0.05, 0.9, (members, 3)), axis=1)
    effects = np.cumsum(chance.normal(0.05, 0.1, (members, 3)), axis=1)
    return Audience(
        member_ids=[f"m{number}" for number in range(members)],
        anyway=chance.gamma(1, 0.8, members),
        basket_minor=chance.gamma(3, 15_000, members).round(),
        touched=chance.uniform(0.2, 1, members),
        effects=effects if known else None,
        errors=np.full((members, 3), 0.05) if known else None,
        use=UseShares(expected=share, reckoned=np.minimum(share * 1.2, 1.0)) if used else None,
    )


def shuffled(people: Audience, order: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Audience:
    return Audience(
        member_ids=[people.member_ids[index] for index in order],
        anyway=people.anyway[order],
        basket_minor=people.basket_minor[order],
        touched=people.touched[order],
        effects=None if people.effects is None else people.effects[order],
        errors=None if people.errors is None else people.errors[order],
        use=people.use and UseShares(expected=people.use.expected[order], reckoned=people.use.reckoned[order]),
    )


def by_member(people: Audience, pushed: Pushed) -> dict[str, tuple[int, Reason]]:
    return dict(zip(people.member_ids, zip(pushed.options.tolist(), pushed.reasons, strict=True), strict=True))


people_of_any_kind = st.builds(
    audience, st.integers(0, 200), st.integers(0, 1_000), known=st.booleans(), used=st.booleans()
)
terms_of_any_kind = st.builds(
    replace,
    st.just(TERMS),
    budget_minor=st.floats(0, 1e7),
    explore_share=st.floats(0, 1),
    holdout_share=st.floats(0, 0.5),
)


@given(people=people_of_any_kind, terms=terms_of_any_kind)
@several
def test_a_budget_is_never_exceeded_and_nobody_gets_more_than_the_fences_allow(
    people: Audience, terms: PushTerms
) -> None:
    try:
        pushed = push(people, terms)
    except ExplorationTooCostly:
        reject()

    assert pushed.total_cost_minor <= terms.budget_minor * (1 + 1e-9)
    assert (pushed.expected_minor <= pushed.cost_minor).all()
    given_shares = np.array([0.0, *terms.discounts])[pushed.options]
    assert given_shares.max(initial=0) - given_shares.min(initial=0) <= terms.bounds.widest_spread
    assert not pushed.options[pushed.held_out].any()
    assert np.allclose(pushed.chances.sum(axis=1), 1)
    assert (pushed.chances[np.arange(len(people.member_ids)), pushed.options] > 0).all()


@given(people=people_of_any_kind, seed=st.integers(0, 1_000))
@several
def test_the_order_of_the_members_changes_nothing(people: Audience, seed: int) -> None:
    other = shuffled(people, np.random.default_rng(seed).permutation(len(people.member_ids)))
    terms = replace(TERMS, budget_minor=3e5)

    assert by_member(people, push(people, terms)) == by_member(other, push(other, terms))


def test_who_is_held_out_stays_held_out_and_who_is_drawn_does_not() -> None:
    people = audience(2_000)

    first, next_time = push(people, TERMS), push(people, replace(TERMS, salt="p:win-back:r2"))

    assert np.array_equal(first.held_out, next_time.held_out)
    assert not np.array_equal(first.explored, next_time.explored)
    assert 0.07 < first.held_out.mean() < 0.13
    assert {first.reasons[index] for index in np.flatnonzero(first.held_out)} == {Reason.HELD_OUT}


def test_with_too_little_known_a_random_part_gets_the_smallest_level() -> None:
    people = audience(2_000, known=False)
    terms = replace(TERMS, budget_minor=400_000.0)

    pushed = push(people, terms)

    ruled = pushed.options[[reason is Reason.RULE for reason in pushed.reasons]]
    assert set(ruled.tolist()) == {1}
    assert set(pushed.reasons) == {Reason.RULE, Reason.DRAWN, Reason.BUDGET, Reason.HELD_OUT}
    assert set(pushed.options[pushed.explored].tolist()) == {0, 1, 2, 3}
    assert len({tuple(row) for row in pushed.chances.round(12).tolist()}) == 1
    assert np.bincount(pushed.options, minlength=4) / 2_000 == pytest.approx(pushed.chances[0], abs=0.03)
    assert margin_interval(people, terms, pushed) is None


def test_chances_are_the_shares_in_which_levels_are_given_the_held_out_included() -> None:
    people = audience(300)
    pushes = [
        push(people, replace(TERMS, budget_minor=1e9, explore_share=0.4, salt=str(n), standing_salt=str(n)))
        for n in range(300)
    ]

    taken = np.mean([each.options[:, None] == np.arange(4) for each in pushes], axis=0)
    assert np.abs(taken - pushes[0].chances).mean() < 0.025
    assert all(np.allclose(each.chances, pushes[0].chances) for each in pushes)


def test_what_sure_buyers_take_is_a_cost() -> None:
    faithful = Audience(
        member_ids=["a"],
        anyway=np.array([5.0]),
        basket_minor=np.array([10_000.0]),
        touched=np.array([1.0]),
        effects=np.array([[0.01, 0.02, 0.03]]),
        errors=np.zeros((1, 3)),
    )

    pushed = push(faithful, replace(TERMS, holdout_share=0.0, explore_share=0.0))

    assert pushed.reasons == (Reason.WOULD_BUY_ANYWAY,)
    assert pushed.worth.cost_minor[0, 1] == pytest.approx(10_000 * 0.1 * (1 - np.exp(-5.02)))


def test_a_coupon_costs_on_the_share_of_occasions_it_is_used_on_and_the_budget_reckons_with_more() -> None:
    people = audience(400, used=True)
    assert people.use is not None
    terms = replace(TERMS, budget_minor=1e9)

    always, sometimes = push(replace(people, use=None), terms), push(people, terms)

    assert sometimes.worth.cost_minor == pytest.approx(always.worth.cost_minor * people.use.reckoned)
    given = np.flatnonzero(sometimes.options > 0)
    share = people.use.expected[given, sometimes.options[given] - 1]
    cost_always = always.worth.cost_minor[given, sometimes.options[given] - 1]
    assert sometimes.expected_minor[given] == pytest.approx(cost_always * share)
    assert np.count_nonzero(sometimes.options) > np.count_nonzero(always.options), "what costs less pays for more"


def test_the_interval_of_the_margin_is_wider_by_what_is_not_known_of_the_use() -> None:
    people = audience(400, used=True)
    assert people.use is not None
    sure = replace(people, use=UseShares(expected=people.use.expected, reckoned=people.use.expected))
    terms = replace(TERMS, budget_minor=1e9, explore_share=1.0)

    wide, narrow = (margin_interval(each, terms, push(each, terms)) for each in (people, sure))

    assert wide is not None
    assert narrow is not None
    assert wide[1] == pytest.approx(narrow[1])
    assert wide[0] < narrow[0]


def test_a_coupon_on_a_favourite_waits_for_a_purchase_with_it() -> None:
    people = replace(audience(1), anyway=np.array([4.0]), touched=np.array([0.5]), effects=np.zeros((1, 3)))

    pushed = push(people, replace(TERMS, holdout_share=0.0, explore_share=0.0))

    basket = float(people.basket_minor[0])
    assert pushed.worth.cost_minor[0, 1] == pytest.approx(basket * 0.1 * (1 - np.exp(-2.0)))


def test_a_cap_and_the_uses_bound_what_one_member_costs() -> None:
    people = audience(50)

    capped = push(people, replace(TERMS, cap_minor=500.0, uses=2, budget_minor=1e9))

    assert capped.worth.cost_minor.max() <= 2 * 500
    assert expected_uses(np.array([0.5, 50.0]), 2) == pytest.approx([0.4837, 2.0], abs=1e-3)


def test_the_margin_lies_in_its_interval_and_above_what_was_promised() -> None:
    people = audience(2_000)

    pushed = push(people, TERMS)
    interval = margin_interval(people, TERMS, pushed)

    assert interval is not None
    low, middle, high = interval
    assert low < middle < high
    assert pushed.margin_minor.sum() <= middle


def test_levels_beyond_the_fences_are_refused() -> None:
    with pytest.raises(SpreadTooWide):
        push(audience(5), replace(TERMS, discounts=(0.05, 0.1, 0.3)))
