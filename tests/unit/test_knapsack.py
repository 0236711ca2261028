"""Options under a budget: never over it, never far from the best."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scoring.decisions.errors import ImpossibleCost, ImpossibleValue, NegativeBudget, UnevenOptions
from scoring.decisions.knapsack import allocate

SHAPE = (5, 3)
values = arrays(np.float64, SHAPE, elements=st.floats(-5, 20, width=16))
costs = arrays(np.float64, SHAPE, elements=st.floats(0, 10, width=16))


def best_of_all(value: np.ndarray, cost: np.ndarray, budget: float) -> float:
    worth = np.column_stack([np.zeros(len(value)), value])
    price = np.column_stack([np.zeros(len(cost)), cost])
    members = np.arange(len(value))
    every = (np.array(each) for each in product(range(worth.shape[1]), repeat=len(value)))
    return max(float(worth[members, each].sum()) for each in every if price[members, each].sum() <= budget)


@settings(max_examples=40, deadline=None)
@given(values, costs, st.floats(0, 40))
def test_the_best_lies_between_the_value_and_the_bound(value: np.ndarray, cost: np.ndarray, budget: float) -> None:
    best = best_of_all(value, cost, budget)

    found = allocate(value, cost, budget=budget)

    assert found.cost <= budget
    assert found.value <= best + 1e-9 <= found.bound + 1e-6
    assert found.value >= 0


@pytest.mark.parametrize("seed", range(5))
def test_many_members_come_within_a_ten_thousandth_and_inside_the_budget(seed: int) -> None:
    chance = np.random.default_rng(seed)
    cost = np.cumsum(chance.gamma(2, 1, (20_000, 5)), axis=1)
    value = chance.normal(0.2, 1, (20_000, 1)) * cost**0.7

    found = allocate(value, cost, budget=5_000)

    assert found.cost <= 5_000
    assert found.gap < 1e-4
    spent = np.where(found.options > 0, cost[np.arange(20_000), found.options - 1], 0).sum()
    assert spent == pytest.approx(found.cost)


def test_members_alike_to_the_last_bit_do_not_break_the_budget() -> None:
    value, cost = np.full((10_000, 2), [3.0, 4.0]), np.full((10_000, 2), [1.0, 2.0])

    found = allocate(value, cost, budget=7_001)

    assert found.cost <= 7_001
    assert found.value == pytest.approx(21_003)
    assert found.gap < 1e-4


def test_without_money_only_what_is_free_is_given() -> None:
    found = allocate(np.array([[5.0, 9.0], [1.0, 9.0]]), np.array([[0.0, 1.0], [1.0, 2.0]]), budget=0)

    assert found.options.tolist() == [1, 0]
    assert found.cost == 0


def test_with_money_enough_everyone_gets_what_is_best_and_nobody_what_harms() -> None:
    found = allocate(np.array([[5.0, 4.0], [-1.0, -np.inf]]), np.array([[2.0, 1.0], [1.0, 1.0]]), budget=100)

    assert found.options.tolist() == [1, 0]
    assert (found.price, found.gap) == (0, 0)


def test_a_budget_nearly_whole_is_filled() -> None:
    found = allocate(np.array([[10.0], [9.0], [1.0]]), np.array([[5.0], [5.0], [1.0]]), budget=6)

    assert found.options.tolist() == [1, 0, 1]


@pytest.mark.parametrize("cost", [-1.0, float("nan"), float("inf")])
def test_a_cost_that_cannot_be_is_refused(cost: float) -> None:
    with pytest.raises(ImpossibleCost):
        allocate(np.ones((1, 1)), np.array([[cost]]), budget=1)


def test_other_nonsense_is_refused() -> None:
    with pytest.raises(ImpossibleValue):
        allocate(np.array([[np.nan]]), np.ones((1, 1)), budget=1)
    with pytest.raises(NegativeBudget):
        allocate(np.ones((1, 1)), np.ones((1, 1)), budget=-1)
    with pytest.raises(UnevenOptions):
        allocate(np.ones((2, 1)), np.ones((1, 1)), budget=1)
