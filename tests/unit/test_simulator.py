"""The simulator's rules against rigging."""

from itertools import islice

import numpy as np
import pytest

from scoring.simulator.course import World
from scoring.simulator.experiment import Prepared, prepare, try_policy
from scoring.simulator.grid import Strength, nothing_found, simulate
from scoring.simulator.policies import POLICIES, everyone
from scoring.simulator.population import Kind, populate
from scoring.simulator.shop import DENSE, SPARSE

MEMBERS = 1500


@pytest.fixture(scope="module")
def null_world() -> Prepared:
    population = populate(DENSE, members=MEMBERS, seed=3)
    return prepare(World(shop=DENSE, population=population, strength=0.0, seed=3))


@pytest.fixture(scope="module")
def strong_world() -> Prepared:
    population = populate(SPARSE, members=MEMBERS, seed=3)
    return prepare(World(shop=SPARSE, population=population, strength=2.0, seed=3))


@pytest.mark.parametrize("name", POLICIES)
def test_where_offers_change_nobody_the_lift_is_zero_to_the_bit_and_margin_is_lost(
    null_world: Prepared, name: str
) -> None:
    found = try_policy(null_world, POLICIES[name], seed=5)

    assert found.true_purchases == 0
    assert (found.true_purchases_change, found.true_silent_change, found.true_check_change) == (0, 0, 0)
    assert found.true_margin < 0 or found.sends == 0
    assert found.true_margin <= 0


def test_sending_nothing_is_the_twin(strong_world: Prepared) -> None:
    found = try_policy(strong_world, POLICIES["nothing"], seed=5)

    assert (found.true_purchases, found.true_margin, found.sends) == (0, 0, 0)


def test_the_held_out_get_nothing_and_live_as_their_twins(strong_world: Prepared) -> None:
    found = try_policy(strong_world, everyone(0.15), seed=5)

    out = strong_world.members & strong_world.held_out
    assert found.repeat.control_mean == pytest.approx(strong_world.twin.purchases[out].mean(), abs=0.2)
    assert found.sends == pytest.approx(3, abs=0.01)
    assert found.repeat_plain.control_members == out.sum()


def test_strong_offers_sell_more_and_sleeping_dogs_less(strong_world: Prepared) -> None:
    found = try_policy(strong_world, everyone(0.15), seed=5)

    kinds = strong_world.world.population.kinds
    assert found.true_purchases > 0
    assert (strong_world.world.population.effects[kinds == Kind.SLEEPING_DOG] < 0).all()
    assert (strong_world.world.population.effects[kinds == Kind.SURE_THING] == 0).all()


def test_a_policy_leaves_the_world_as_it_found_it(strong_world: Prepared) -> None:
    first = try_policy(strong_world, everyone(0.15), seed=5)
    again = try_policy(strong_world, everyone(0.15), seed=5)

    assert first == again


def test_comparing_nothing_with_nothing_covers_zero_as_often_as_promised() -> None:
    assert 0.93 <= nothing_found(DENSE, members=1000, seed=4, rounds=800) <= 0.97


def test_the_grid_goes_through_every_policy_and_is_the_same_each_time() -> None:
    first, again = (
        [(cell.strength, cell.policy, cell.finding) for cell in islice(simulate([DENSE], members=1000, seed=2), 8)]
        for _ in range(2)
    )

    assert first == again
    assert [policy for _, policy, _ in first] == [*POLICIES, "nothing"]
    assert [strength for strength, _, _ in first] == [Strength.NULL] * 7 + [Strength.WEAK]


def test_members_are_distributed_as_the_published_fit_says() -> None:
    people = populate(SPARSE, members=50_000, seed=1)

    assert people.rates.mean() * 7 == pytest.approx(0.553 / 10.58, rel=0.05)
    assert (people.basket_scales * SPARSE.basket_shape).mean() == pytest.approx(6.25 * 15.44 / 2.74, rel=0.05)
    assert np.allclose(people.tastes.sum(axis=1), 1)
