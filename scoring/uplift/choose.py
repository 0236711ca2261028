"""The learner by out-of-sample Qini, its uplift calibrated on members it was not fitted on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from scoring.arrays import Bools, Floats
from scoring.uplift.calibration import Calibration, calibrate
from scoring.uplift.errors import TooFewOutcomes
from scoring.uplift.learners import Expectation, Fit, s_learner, t_logit
from scoring.uplift.qini import qini_area
from scoring.uplift.trial import CONTROL, Trial, folds

FEWEST_OUTCOMES = 200
BLEND = "blend"
LEARNERS: Mapping[str, Fit] = MappingProxyType({"s_learner": s_learner, "t_logit": t_logit})
_FOLDS = 5
_DRAWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplift:
    """Scores per member and treated arm (members x arms without the control), with their standard errors."""

    effects: Floats
    errors: Floats

    def lower(self, deviations: float) -> Floats:
        """Give the effects less so many errors: what a budget is planned on, lest it buys noise."""
        return self.effects - deviations * self.errors


@dataclass(frozen=True, slots=True, kw_only=True)
class UpliftModel:
    """The chosen learner. `qini` has each candidate's out-of-sample areas, one per treated arm, in LEARNERS' names."""

    learner: str
    qini: Mapping[str, tuple[float, ...]]
    expectations: tuple[Expectation, ...]
    calibrations: tuple[Calibration, ...]

    def score(self, traits: Floats) -> Uplift:
        """Give each member's uplift under each treated arm, in units of the outcome."""
        raw = _uplift(np.mean([expect(traits) for expect in self.expectations], axis=0))
        moved = [raw[:, place] - each.centre for place, each in enumerate(self.calibrations)]
        pairs = list(zip(moved, self.calibrations, strict=True))
        return Uplift(
            effects=np.column_stack([each.effect + each.slope * away for away, each in pairs]),
            errors=np.column_stack([np.hypot(each.effect_error, each.slope_error * away) for away, each in pairs]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Members that a rehearsal learns from, and others that it is judged on."""

    learned_from: Bools
    judged: Bools


def learn(
    trial: Trial,
    *,
    seed: int,
    splits: Sequence[Split] = (),
    watch: Callable[[int, int], None] = lambda _done, _total: None,
    learners: Mapping[str, Fit] = LEARNERS,
) -> UpliftModel:
    """Fit the learners and their mean on some, keep what is best on others by mean Qini area, fit it on everyone.

    The mean of the learners is kept unless one of them beats it by more than a standard error of the difference.

    `splits` say on whom to rehearse and on whom to judge, later ones as a rule; without any, members are dealt into
    folds at random.
    An arm with too few outcomes (FEWEST_OUTCOMES, its own and the control's) gets its mean effect for everyone.
    `watch` hears of each fit: how many are done, of how many. Raises TooFewOutcomes when every arm has too few.
    """
    arms = range(1, trial.arm_count)
    told_apart = [arm for arm in arms if trial.outcomes_seen(arm) >= FEWEST_OUTCOMES]
    if not told_apart:
        raise TooFewOutcomes(outcomes=max(map(trial.outcomes_seen, arms)), needed=FEWEST_OUTCOMES)
    rehearsed = splits or _folds(trial, seed)
    judged = np.any([each.judged for each in rehearsed], axis=0)
    unseen = _unseen(trial, seed, rehearsed, watch, learners)
    seen_by_none = trial.part(judged)
    qini = {name: _areas(seen_by_none, expected[judged]) for name, expected in unseen.items()}
    best = _champion(seen_by_none, {name: each[judged] for name, each in unseen.items()}, told_apart, seed)
    fits = list(learners.values()) if best == BLEND else [learners[best]]
    model = UpliftModel(
        learner=best,
        qini=qini,
        expectations=tuple(fit(trial, seed) for fit in fits),
        calibrations=calibrate(seen_by_none, unseen[best][judged], told_apart),
    )
    watch(len(rehearsed) + 1, len(rehearsed) + 1)
    return model


def _folds(trial: Trial, seed: int) -> list[Split]:
    dealt = folds(trial, count=_FOLDS, seed=seed)
    return [Split(learned_from=dealt != fold, judged=dealt == fold) for fold in range(_FOLDS)]


def _unseen(
    trial: Trial,
    seed: int,
    splits: Sequence[Split],
    watch: Callable[[int, int], None],
    learners: Mapping[str, Fit],
) -> dict[str, Floats]:
    """Give each candidate's expected outcomes (members x arms) from fits that had not seen the member; else NaN."""
    unseen = {name: np.full((trial.arms.size, trial.arm_count), np.nan) for name in learners}
    for done, split in enumerate(splits, start=1):
        for name, fit in learners.items():
            unseen[name][split.judged] = fit(trial.part(split.learned_from), seed)(trial.traits[split.judged])
        watch(done, len(splits) + 1)
    blend = {BLEND: np.mean(list(unseen.values()), axis=0)} if len(unseen) > 1 else {}
    return {**unseen, **blend}


def _champion(trial: Trial, unseen: Mapping[str, Floats], told_apart: Sequence[int], seed: int) -> str:
    """Choose; half a point of Qini lies between halves of one trial, so a small lead of one learner tells nothing.

    The error of the lead is that of the Bayesian bootstrap (Rubin 1981): members counted by exponential weights.
    """

    def area(name: str, counted: Floats | None = None) -> float:
        areas = _areas(trial, unseen[name], counted)
        return sum(areas[arm - 1] for arm in told_apart)

    best = max(unseen, key=area)
    if best == BLEND or BLEND not in unseen:
        return best
    chance = np.random.default_rng(seed)
    drawn = [chance.exponential(1.0, trial.arms.size) for _ in range(_DRAWS)]
    leads = [area(best, counted) - area(BLEND, counted) for counted in drawn]
    return best if area(best) - area(BLEND) > float(np.std(leads)) else BLEND


def _areas(trial: Trial, expected: Floats, counted: Floats | None = None) -> tuple[float, ...]:
    raw, weights = _uplift(expected), trial.weights if counted is None else trial.weights * counted
    areas = []
    for arm in range(1, trial.arm_count):
        compared = trial.compared(arm)
        scores, treated = raw[compared, arm - 1], trial.arms[compared] == arm
        areas.append(qini_area(scores, treated, trial.outcomes[compared], weights=weights[compared]))
    return tuple(areas)


def _uplift(expected: Floats) -> Floats:
    uplift: Floats = expected[:, 1:] - expected[:, [CONTROL]]
    return uplift
