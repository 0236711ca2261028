"""Purchase models: what was published of them comes out again."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scoring.purchase_models.bg_nbd import BgNbd, fit_bg_nbd
from scoring.purchase_models.gamma_gamma import GammaGamma, fit_gamma_gamma

PUBLISHED = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
BASKETS = GammaGamma(p=6.25, q=3.74, gamma=15.44)


def test_the_example_of_the_article_comes_out() -> None:
    """Member 1 of the CDNOW sample: two repeats, the last after 30.43 of 38.86 weeks (the authors' notes)."""
    member = (np.array([2.0]), np.array([30.43]), np.array([38.86]))

    alive = PUBLISHED.p_alive(*member)[0]
    expected = PUBLISHED.expected_purchases(*member, horizon=39)[0]

    assert alive == pytest.approx(0.7266, abs=2e-4)
    assert expected == pytest.approx(1.226, abs=2e-3)


def test_who_bought_once_is_alive_for_sure_and_yet_may_stay_away() -> None:
    member = (np.array([0.0]), np.array([0.0]), np.array([38.86]))

    alive, active = PUBLISHED.p_alive(*member)[0], PUBLISHED.p_active(*member, horizon=39)[0]

    assert alive == 1
    assert 0 < active < 0.2


models = st.builds(BgNbd, r=st.floats(0.05, 5), alpha=st.floats(0.5, 200), a=st.floats(0.01, 6), b=st.floats(0.1, 30))


@given(models, st.integers(0, 3000), st.floats(0, 1), st.floats(1, 800), st.floats(1, 400))
@example(BgNbd(r=0.7754, alpha=67.39, a=0.00524, b=0.5301), 0, 0.0, 280.0, 90.0)
@example(BgNbd(r=0.7754, alpha=67.39, a=0.5, b=0.5), 0, 0.0, 280.0, 90.0)
@example(BgNbd(r=0.8221, alpha=66.64, a=6.1e-06, b=5697.0), 69, 0.9, 220.0, 60.0)
@example(BgNbd(r=1.0, alpha=1.0, a=2.0, b=1.0), 102, 0.0, 1.0, 19.0)
@example(BgNbd(r=1.0, alpha=1.0, a=1.0, b=1.0), 0, 0.0, 1.0, 1.0)
@example(BgNbd(r=0.8, alpha=30.0, a=90_000.0, b=160_000.0), 3, 0.9, 260.0, 180.0)
def test_whatever_a_member_bought_the_expectation_is_finite_and_no_more_than_a_life_without_leaving(
    model: BgNbd, frequency: int, share: float, age: float, horizon: float
) -> None:
    member = (np.array([float(frequency)]), np.array([share * age if frequency else 0.0]), np.array([age]))

    expected = model.expected_purchases(*member, horizon=horizon)[0]

    for_ever = (model.r + frequency) / (model.alpha + age) * horizon
    alive = model.p_alive(*member)[0]
    assert -1e-9 <= expected <= for_ever * alive * (1 + 1e-6) + 1e-9
    assert expected >= model.p_active(*member, horizon=horizon)[0] * (1 - 1e-6) - 1e-6


Numbers = npt.NDArray[np.float64]


def simulated(model: BgNbd, members: int, weeks: float) -> tuple[Numbers, Numbers, Numbers]:
    chance = np.random.default_rng(7)
    rate = chance.gamma(model.r, 1 / model.alpha, members)
    leaving = chance.beta(model.a, model.b, members)
    at, last, count = np.zeros(members), np.zeros(members), np.zeros(members)
    alive = np.ones(members, dtype=bool)
    while alive.any():
        at = at + chance.exponential(1, members) / np.maximum(rate, 1e-12)
        alive &= at < weeks
        count, last = count + alive, np.where(alive, at, last)
        alive &= chance.random(members) > leaving
    return count, last, np.full(members, weeks)


def test_the_parameters_of_a_simulated_shop_are_found_again() -> None:
    count, last, age = simulated(PUBLISHED, 60_000, 78.0)

    found = fit_bg_nbd(count, last, age)

    assert found.r == pytest.approx(PUBLISHED.r, rel=0.05)
    assert found.alpha == pytest.approx(PUBLISHED.alpha, rel=0.08)
    assert found.a / (found.a + found.b) == pytest.approx(PUBLISHED.a / (PUBLISHED.a + PUBLISHED.b), rel=0.08)


def test_the_unit_of_time_changes_nothing_but_alpha() -> None:
    count, last, age = simulated(PUBLISHED, 3_000, 39.0)

    weeks, days = fit_bg_nbd(count, last, age), fit_bg_nbd(count, last * 7, age * 7)

    assert days.alpha == pytest.approx(weeks.alpha * 7, rel=1e-3)
    assert (days.r, days.a, days.b) == pytest.approx((weeks.r, weeks.a, weeks.b), rel=1e-3)


def test_one_member_alone_gets_a_model_from_the_prior() -> None:
    found = fit_bg_nbd(np.array([3.0]), np.array([20.0]), np.array([30.0]), prior=1.0)

    assert all(0.01 < each < 100 for each in (found.r, found.alpha, found.a, found.b))


def test_baskets_shrink_towards_all_members() -> None:
    usual = BASKETS.p * BASKETS.gamma / (BASKETS.q - 1)

    nothing, once, often = BASKETS.expected_basket(np.array([0.0, 1.0, 30.0]), np.array([0.0, 100.0, 100.0]))

    assert nothing == pytest.approx(usual)
    assert usual < once < often < 100


def test_the_parameters_of_simulated_baskets_are_found_again() -> None:
    chance = np.random.default_rng(3)
    rate = chance.gamma(BASKETS.q, 1 / BASKETS.gamma, 30_000)
    count = chance.integers(1, 12, 30_000).astype(float)
    mean = chance.gamma(BASKETS.p * count, 1 / rate) / count

    found = fit_gamma_gamma(count, mean)

    assert found is not None
    assert (found.p, found.q, found.gamma) == pytest.approx((6.25, 3.74, 15.44), rel=0.06)


def test_baskets_all_alike_have_no_model() -> None:
    assert fit_gamma_gamma(np.array([1.0, 4.0]), np.array([5.0, 5.0])) is None
