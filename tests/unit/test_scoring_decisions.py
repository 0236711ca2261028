"""Decisions: cautious about what is known, inside the fences, with propensities that are true."""

import numpy as np
import pytest

from scoring.decisions.bounds import Bounds, audit, refuse_protected
from scoring.decisions.decide import Decisions, Reason, Wishes, decide
from scoring.decisions.errors import ExplorationTooCostly, ProtectedTrait, SpreadTooWide
from scoring.decisions.margins import Prospect, Worth, worth_of
from scoring.decisions.reasons import TEXTS, line_of
from scoring.measurement.off_policy import Log, inverse_propensity

LEVELS = (0.05, 0.1, 0.15)
BOUNDS = Bounds(deepest=0.2, widest_spread=0.15)


def wishes(*, budget: float = 20_000.0, explore: float = 0.1, salt: str = "spring") -> Wishes:
    return Wishes(discounts=LEVELS, budget_minor=budget, bounds=BOUNDS, explore_share=explore, salt=salt)


def worth(members: int = 4000, seed: int = 1) -> Worth:
    chance = np.random.default_rng(seed)
    cost = np.cumsum(chance.gamma(2, 5, (members, 3)), axis=1)
    return Worth(margin_minor=chance.normal(0, 1, (members, 1)) * cost, cost_minor=cost)


def ids(members: int = 4000) -> list[str]:
    return [f"m{number}" for number in range(members)]


def test_the_whole_stays_within_the_budget_learning_included() -> None:
    found = decide(ids(), worth(), wishes())

    cost = np.column_stack([np.zeros(4000), worth().cost_minor])
    assert cost[np.arange(4000), found.options].sum() == pytest.approx(found.cost_minor)
    assert found.cost_minor <= 20_000


def test_a_member_is_drawn_whatever_the_order_of_the_members() -> None:
    first = decide(ids(), worth(), wishes(budget=1e9))
    flipped = worth()
    again = decide(
        ids()[::-1],
        Worth(margin_minor=flipped.margin_minor[::-1], cost_minor=flipped.cost_minor[::-1]),
        wishes(budget=1e9),
    )

    assert np.array_equal(first.options, again.options[::-1])
    assert not np.array_equal(first.explored, decide(ids(), worth(), wishes(salt="autumn")).explored)


def test_propensities_are_the_shares_in_which_options_are_given() -> None:
    pushes = [decide(ids(300), worth(300), wishes(budget=1e9, explore=0.4, salt=str(push))) for push in range(400)]

    taken = np.mean([each.options[:, None] == np.arange(4) for each in pushes], axis=0)
    assert np.abs(taken - pushes[0].chances).mean() < 0.02
    assert np.allclose(pushes[0].chances.sum(axis=1), 1)
    assert all(found.propensities.min() > 0 for found in pushes)


def test_the_log_tells_what_another_policy_would_have_earned() -> None:
    found: Decisions = decide(ids(), worth(), wishes(budget=1e9, explore=0.5))
    chance = np.random.default_rng(2)
    outcomes = found.options * 1.0 + chance.normal(0, 1, 4000)
    always_second = np.tile([0.0, 0.0, 1.0, 0.0], (4000, 1))

    value = inverse_propensity(
        Log(arms=found.options, propensities=found.propensities, outcomes=outcomes), always_second
    )

    assert value.low < 2 < value.high
    assert value.trustworthy


def test_every_member_has_a_reason_in_both_languages() -> None:
    found = decide(ids(), worth(), wishes())

    assert set(found.reasons) >= {Reason.PAYS, Reason.DRAWN, Reason.BUDGET, Reason.NOT_PROVEN}
    assert set(TEXTS) == set(Reason)
    assert line_of(Reason.PAYS, "en", level="15 %", margin="£1.20").startswith("15 %: it should bring at least £1.20")
    for reason in Reason:
        assert line_of(reason, "ru", level="10 %", margin="1") != line_of(reason, "en", level="10 %", margin="1")


def test_levels_beyond_the_fences_are_refused() -> None:
    with pytest.raises(SpreadTooWide):
        decide(ids(10), worth(10), Wishes(
            discounts=(0.05, 0.1, 0.3), budget_minor=1e9, bounds=BOUNDS, explore_share=0, salt="s",
        ))  # fmt: skip


def test_learning_dearer_than_the_budget_is_refused() -> None:
    with pytest.raises(ExplorationTooCostly):
        decide(ids(), worth(), wishes(budget=100, explore=1.0))


@pytest.mark.parametrize("trait", ["gender", "member_gender", "Age", "religion", "birthday"])
def test_no_decision_reads_a_protected_trait(trait: str) -> None:
    with pytest.raises(ProtectedTrait):
        refuse_protected(["purchases", trait])


def test_what_only_sounds_alike_is_allowed() -> None:
    refuse_protected(["average_check", "package_size", "storage", "essex_outlet"])


def test_the_audit_notices_a_group_that_gets_more() -> None:
    options = np.array([0, 3] * 500)
    group = (options == 3).astype(float)

    found = audit(options, np.array(LEVELS), {"women": group, "nobody": np.zeros(1000)})

    assert (found.lowest, found.highest) == (0, 0.15)
    assert found.members_at == ((0.0, 500), (0.15, 500))
    assert [gap.group for gap in found.gaps] == ["women"]
    assert found.gaps[0].worth_a_look(tolerance=0.02)


def test_the_cost_counts_those_who_would_have_bought_anyway() -> None:
    prospect = Prospect(
        anyway=np.array([[4.0]]), basket_minor=np.array([[1000.0]]), margin_share=np.array([[0.3]]),
        redeeming=np.array([[0.5]]),
    )  # fmt: skip

    found = worth_of(
        prospect, effects=np.array([[1.0]]), errors=np.array([[0.25]]), discounts=np.array([0.1]), caution=1.0
    )

    assert found.cost_minor[0, 0] == pytest.approx(0.1 * 1000 * (4 + 1) * 0.5)
    assert found.margin_minor[0, 0] == pytest.approx(0.3 * 1000 * 0.75 - 250)


def test_no_level_promises_more_than_a_deeper_one() -> None:
    prospect = Prospect(
        anyway=np.zeros((1, 1)), basket_minor=np.array([[1.0]]), margin_share=np.array([[1.0]]),
        redeeming=np.zeros((1, 1)),
    )  # fmt: skip

    found = worth_of(prospect, effects=np.array([[3.0, 1.0, 2.0]]), errors=np.zeros((1, 3)), discounts=np.array(LEVELS))

    assert found.margin_minor.tolist() == [[1.0, 1.0, 2.0]]
