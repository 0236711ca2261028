"""Pareto/NBD: the published examples come out, whatever a member bought, and simulated shops are found again."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.purchase_models.pareto_nbd import ParetoNbd, fit_pareto_nbd

Numbers = npt.NDArray[np.float64]

PUBLISHED = ParetoNbd(r=0.5534, alpha=10.5776, s=0.6061, beta=11.6562)
NEW = (np.zeros(1), np.zeros(1), np.zeros(1))


def test_the_examples_of_the_btyd_manual_come_out() -> None:
    """A newcomer's 52 weeks, and member 1516 of the CDNOW sample (26 repeats, the last after 30.86 of 31 weeks)."""
    member = (np.array([26.0]), np.array([30.86]), np.array([31.0]))

    assert PUBLISHED.expected_purchases(*NEW, horizon=52)[0] == pytest.approx(1.473, abs=1e-3)
    assert PUBLISHED.p_alive(*member)[0] == pytest.approx(0.9979, abs=1e-4)
    assert PUBLISHED.expected_purchases(*member, horizon=52)[0] == pytest.approx(25.457, abs=2e-3)


def test_who_bought_once_may_have_left_unlike_in_bg_nbd() -> None:
    alive = PUBLISHED.p_alive(np.zeros(3), np.zeros(3), np.array([0.0, 10.0, 100.0]))

    assert alive[0] == pytest.approx(1)
    assert alive[0] > alive[1] > alive[2] > 0


models = st.builds(
    ParetoNbd, r=st.floats(0.05, 5), alpha=st.floats(0.1, 50), s=st.floats(0.05, 5), beta=st.floats(0.1, 50)
)


@given(models, st.integers(0, 2000), st.floats(0, 1), st.floats(0.5, 300), st.floats(0.1, 300))
def test_whatever_a_member_bought_the_answers_are_chances(
    model: ParetoNbd, frequency: int, share: float, age: float, horizon: float
) -> None:
    member = (np.array([float(frequency)]), np.array([share * age if frequency else 0.0]), np.array([age]))

    alive = model.p_alive(*member)[0]
    active = model.p_active(*member, horizon=horizon)[0]
    expected = model.expected_purchases(*member, horizon=horizon)[0]

    assert 0 <= alive <= 1
    assert -1e-12 <= active <= alive + 1e-12
    assert active <= expected + 1e-9
    assert np.isfinite(model.log_likelihood(*member))


def test_the_likelihood_is_the_integral_that_it_stands_for() -> None:
    """Of the rates of buying and leaving over their gammas, for members of both kinds of shops (alpha above, below)."""
    for model in (ParetoNbd(r=0.6, alpha=9, s=0.7, beta=3), ParetoNbd(r=1.4, alpha=3, s=0.7, beta=9)):
        for frequency, recency in ((0, 0.0), (3, 4.0)):
            told = model.log_likelihood(np.array([float(frequency)]), np.array([recency]), np.array([10.0]))

            assert told == pytest.approx(np.log(_integral(model, frequency, recency, 10.0)), abs=1e-5)


def _integral(model: ParetoNbd, frequency: int, recency: float, age: float) -> float:
    # On scales of logarithms: both densities are infinite at nothing.
    log_rate = np.linspace(-45, 5, 2001)
    buys, leaves = np.exp(log_rate)[:, None], np.exp(log_rate)[None, :]
    both = buys + leaves
    whole = buys**frequency * (leaves * np.exp(-both * recency) + buys * np.exp(-both * age)) / both
    whole *= buys * stats.gamma.pdf(buys, model.r, scale=1 / model.alpha)
    whole *= leaves * stats.gamma.pdf(leaves, model.s, scale=1 / model.beta)
    return float(np.trapezoid(np.trapezoid(whole, log_rate), log_rate))


def test_at_an_s_of_one_the_expectation_is_its_limit() -> None:
    near, at = (ParetoNbd(r=0.5, alpha=10, s=s, beta=12) for s in (1 + 1e-7, 1.0))

    assert at.expected_purchases(*NEW, horizon=52)[0] == pytest.approx(near.expected_purchases(*NEW, horizon=52)[0])


def simulated(model: ParetoNbd, members: int, weeks: float) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Give repeats, the last's time and age at half the weeks, and the repeats of the second half."""
    chance = np.random.default_rng(7)
    rate = chance.gamma(model.r, 1 / model.alpha, members)
    leaves = chance.exponential(1 / np.maximum(chance.gamma(model.s, 1 / model.beta, members), 1e-12))
    half = weeks / 2
    count, last, later = np.zeros(members), np.zeros(members), np.zeros(members)
    at = np.zeros(members)
    while (at < np.minimum(leaves, weeks)).any():
        at += chance.exponential(1, members) / np.maximum(rate, 1e-12)
        alive = at < np.minimum(leaves, weeks)
        count, last = count + (alive & (at < half)), np.where(alive & (at < half), at, last)
        later += alive & (at >= half)
    return count, last, np.full(members, half), later


def test_the_parameters_of_a_simulated_shop_and_its_second_half_are_found_again() -> None:
    count, last, age, later = simulated(PUBLISHED, 30_000, 104.0)

    found = fit_pareto_nbd(count, last, age)

    assert (found.r, found.alpha) == pytest.approx((PUBLISHED.r, PUBLISHED.alpha), rel=0.1)
    assert found.s == pytest.approx(PUBLISHED.s, rel=0.3)
    expected = found.expected_purchases(count, last, age, horizon=52)
    assert expected.sum() == pytest.approx(later.sum(), rel=0.03)
    active = found.p_active(count, last, age, horizon=52)
    assert active.sum() == pytest.approx(np.count_nonzero(later), rel=0.03)


def test_the_unit_of_time_changes_nothing_but_its_own_parameters() -> None:
    count, last, age, _ = simulated(PUBLISHED, 3_000, 78.0)

    weeks, days = fit_pareto_nbd(count, last, age), fit_pareto_nbd(count, last * 7, age * 7)

    assert (days.alpha, days.beta) == pytest.approx((weeks.alpha * 7, weeks.beta * 7), rel=1e-2)
    assert (days.r, days.s) == pytest.approx((weeks.r, weeks.s), rel=1e-2)


def test_members_may_be_counted_by_weight() -> None:
    count, last, age, _ = simulated(PUBLISHED, 500, 78.0)

    twice = fit_pareto_nbd(np.tile(count, 2), np.tile(last, 2), np.tile(age, 2))
    weighed = fit_pareto_nbd(count, last, age, weight=np.full(500, 2.0))

    assert weighed == twice


def test_one_member_alone_gets_a_model_from_the_prior() -> None:
    found = fit_pareto_nbd(np.array([3.0]), np.array([20.0]), np.array([30.0]), prior=1.0)

    assert all(0.01 < each < 100 for each in (found.r, found.alpha, found.s, found.beta))
