"""Uplift from logged draws with chances that differ between members, judged on later ones."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.arrays import Floats
from scoring.uplift.choose import Split, learn
from scoring.uplift.errors import TooFewOutcomes
from scoring.uplift.learners import t_logit
from scoring.uplift.logistic import fit_linear
from scoring.uplift.qini import qini_area
from scoring.uplift.trial import MOST_WEIGHT, Trial

QUICK = {"t_logit": t_logit}


def targeted_trial(members: int = 12_000, seed: int = 3) -> Trial:
    """Those who buy anyway are drawn for the offer nine times of ten; it brings 5 points to everyone, 30 to some."""
    chance = np.random.default_rng(seed)
    keen, open_ = chance.random(members) < 0.5, chance.random(members) < 0.5
    treated_chance = np.where(keen, 0.9, 0.1)
    arms = (chance.random(members) < treated_chance).astype(np.int64)
    bought = chance.random(members) < 0.1 + 0.4 * keen + arms * (0.05 + 0.25 * open_)
    return Trial(
        traits=np.column_stack([chance.random(members), open_]).astype(np.float64),  # keenness is not among them
        arms=arms,
        outcomes=bought.astype(np.float64),
        arm_count=2,
        chances=np.column_stack([1 - treated_chance, treated_chance]),
    )


def test_chances_undo_whom_the_draw_favoured() -> None:
    trial = targeted_trial()

    told = learn(trial, seed=0, learners=QUICK)
    naive = learn(replace(trial, chances=None), seed=0, learners=QUICK)

    fit, wrong = told.calibrations[0], naive.calibrations[0]
    assert fit.effect == pytest.approx(0.175, abs=2.6 * fit.effect_error)
    assert fit.effect_error < 0.03
    assert wrong.effect > 0.35, "without chances the keen are taken for persuaded"


def test_the_same_chance_for_all_is_what_no_chances_are() -> None:
    chance = np.random.default_rng(5)
    trial = replace(targeted_trial(3_000), chances=None)
    trial = replace(trial, arms=chance.permutation(np.arange(3_000) % 2))
    even = replace(trial, chances=np.full((3_000, 2), 0.5))

    plain, weighed = (learn(each, seed=0) for each in (trial, even))

    assert plain.qini == weighed.qini
    assert plain.calibrations == weighed.calibrations
    assert np.array_equal(plain.score(trial.traits).effects, weighed.score(trial.traits).effects)


def test_weights_have_a_limit_and_one_as_their_middle() -> None:
    trial = targeted_trial()

    weights = trial.weights

    assert weights.max() <= MOST_WEIGHT
    assert weights.mean() == pytest.approx(1.0, abs=0.05)
    assert np.array_equal(replace(trial, chances=None).weights, np.ones(trial.arms.size))


def test_outcomes_against_great_odds_count_for_fewer() -> None:
    trial = targeted_trial(2_000)
    even = replace(trial, chances=None)

    assert trial.outcomes_seen(1) < even.outcomes_seen(1)
    assert even.outcomes_seen(1) == min(trial.outcomes.sum(), (1 - trial.outcomes).sum())


def test_members_who_could_not_get_an_arm_tell_nothing_of_it() -> None:
    trial = targeted_trial()
    chances = np.array(trial.chances)
    closed = trial.traits[:, 0] < 0.3
    chances[closed] = [1.0, 0.0]
    arms = np.where(closed, 0, trial.arms)
    lied: Floats = np.where(closed, 1.0, trial.outcomes)

    told = learn(replace(trial, chances=chances, arms=arms, outcomes=lied), seed=0, learners=QUICK).calibrations[0]

    assert told.effect == pytest.approx(0.175, abs=2.6 * told.effect_error)


def test_later_members_judge_what_earlier_ones_taught() -> None:
    trial = targeted_trial()
    early = np.arange(trial.arms.size) < 8_000
    splits = [Split(learned_from=early, judged=~early)]
    # The learners see the early members alone, the figures the later ones alone.
    upside_down = np.where(early, 1 - trial.outcomes, trial.outcomes)

    told = learn(trial, seed=0, splits=splits)
    misled = learn(replace(trial, outcomes=upside_down), seed=0, splits=splits)

    assert told.qini["t_logit"][0] > 0.005
    assert misled.qini["t_logit"][0] < -0.005
    assert told.calibrations[0].effect == pytest.approx(0.175, abs=3 * told.calibrations[0].effect_error)


def test_too_few_randomised_outcomes_are_refused() -> None:
    with pytest.raises(TooFewOutcomes):
        learn(targeted_trial(600), seed=0, learners=QUICK)


def test_the_curve_of_weighed_members_is_that_of_as_many_members() -> None:
    chance = np.random.default_rng(2)
    scores, treated = chance.random(400), chance.random(400) < 0.5
    outcomes = (chance.random(400) < 0.3).astype(np.float64)
    twice = np.where(np.arange(400) < 100, 2.0, 1.0)
    repeated = np.repeat(np.arange(400), twice.astype(int))

    weighed = qini_area(scores, treated, outcomes, weights=twice)
    spelled = qini_area(scores[repeated], treated[repeated], outcomes[repeated])

    assert weighed * 400 == pytest.approx(spelled * 500, rel=0.05)


def test_a_row_that_counts_twice_is_two_rows() -> None:
    chance = np.random.default_rng(4)
    traits, outcomes = chance.random((200, 2)), (chance.random(200) < 0.4).astype(np.float64)
    twice = np.where(np.arange(200) < 50, 2.0, 1.0)
    repeated = np.repeat(np.arange(200), twice.astype(int))

    for logistic in (True, False):
        weighed = fit_linear(traits, outcomes, logistic=logistic, weights=twice, ridge=0.0)
        spelled = fit_linear(traits[repeated], outcomes[repeated], logistic=logistic, ridge=0.0)
        assert weighed.expect(traits) == pytest.approx(spelled.expect(traits), abs=1e-6)
