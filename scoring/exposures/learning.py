"""What exposures teach: uplift for every arm of a campaign, what its policy would have earned, or why not yet."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from scoring.arrays import Bools, Floats
from scoring.exposures.trial import Drawn, drawn_of, later_splits
from scoring.latest import latest
from scoring.measurement.errors import TooFewMembers
from scoring.measurement.off_policy import Log, PolicyValue, self_normalised
from scoring.uplift.choose import FEWEST_OUTCOMES, UpliftModel, learn
from scoring.uplift.errors import NoTraits, OneArm, TooFewOutcomes
from scoring.uplift.trial import CONTROL

MOST_LEARNED = 60_000
"""The latest draws of a campaign that are learned from: some minutes of work, and older ones tell of another shop."""
CAUTION = 1.0
Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """A policy's purchases (share of members who bought) and money per member, as later draws tell; with intervals.

    `margin` is what the merchant keeps of the money after the discounts; None where costs are not known.
    """

    policy: str
    bought: PolicyValue
    spend: PolicyValue
    margin: PolicyValue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a campaign taught. `reason` is a code of `scoring.uplift.errors` where it taught nothing yet, else empty.

    `outcomes` are the randomised ones of the arm that has most, `worth` compares the learned policy with giving nothing
    and with what was drawn; empty where no later draws can judge it.
    """

    campaign: str
    exposures: int
    outcomes: int
    needed: int = FEWEST_OUTCOMES
    reason: str = ""
    drawn: Drawn | None = None
    model: UpliftModel | None = None
    is_later: bool = False
    worth: tuple[Worth, ...] = ()


def latest_draws(draws: pl.DataFrame) -> pl.DataFrame:
    """Give those of a campaign's draws that are learned from."""
    return latest(draws, most=MOST_LEARNED, name=pl.concat_str("occurrence", "member_id", separator="|"))


def learn_campaign(campaign: str, outcomes: pl.DataFrame, *, seed: int, watch: Watch = lambda *_: None) -> Lesson:
    """Learn from one campaign's matured exposures, as `outcomes_of` gives them; too little is a reason, not an error.

    An S-learner of XGBoost and a T-learner of regressions, weighed by inverse propensities, are judged on later draws
    where there are such (else on others drawn at random), and the better one, or their mean, is kept. The same rows and
    seed give the same bits.
    """
    rows = latest_draws(outcomes)
    empty = Lesson(campaign=campaign, exposures=outcomes.height, outcomes=0)
    try:
        drawn = drawn_of(rows)
    except (OneArm, NoTraits) as refusal:
        return replace(empty, reason=refusal.code)
    seen = max(drawn.trial.outcomes_seen(arm) for arm in range(1, drawn.trial.arm_count))
    splits = later_splits(drawn)
    try:
        model = learn(drawn.trial, seed=seed, splits=splits, watch=watch)
    except TooFewOutcomes as refusal:
        return replace(empty, outcomes=refusal.outcomes, reason=refusal.code, drawn=drawn)
    return replace(empty, outcomes=seen, drawn=drawn, model=model, is_later=bool(splits), worth=_worth(drawn, seed))


def worth_of_policies(outcomes: pl.DataFrame, *, seed: int) -> tuple[Worth, ...]:
    """Give what a learned policy, giving nothing, and the draw were worth, as a lesson has it; empty: unknown."""
    try:
        return _worth(drawn_of(latest_draws(outcomes)), seed)
    except (OneArm, NoTraits):
        return ()


def arms_to_take(effects: Floats, errors: Floats) -> Floats:
    """Give the policy that was learned as chances, members x arms: the arm of the highest lower bound, or nothing."""
    lower = np.column_stack([np.zeros(len(effects)), effects - CAUTION * errors])
    chances = np.zeros(lower.shape)
    chances[np.arange(len(lower)), np.argmax(lower, axis=1)] = 1.0
    return chances


def _worth(drawn: Drawn, seed: int) -> tuple[Worth, ...]:
    """Judge on the last third of the draws a policy learned from those that were over when it began."""
    begins = int(np.sort(drawn.days)[drawn.days.size * 2 // 3])
    early, late = drawn.days + drawn.horizon_days <= begins, drawn.days >= begins
    if not early.any():
        return ()
    try:
        then = learn(drawn.trial.part(early), seed=seed)
    except TooFewOutcomes:
        return ()
    uplift = then.score(drawn.trial.traits[late])
    nothing = np.zeros((int(late.sum()), drawn.trial.arm_count))
    nothing[:, CONTROL] = 1.0
    policies = {
        "learned": arms_to_take(uplift.effects, uplift.errors),
        "nothing": nothing,
        "as_drawn": drawn.trial.propensities[late],
    }
    try:
        return tuple(_value(drawn, late, name, chances) for name, chances in policies.items())
    except TooFewMembers:
        return ()


def _value(drawn: Drawn, rows: Bools, name: str, chances: Floats) -> Worth:
    trial = drawn.trial
    arms = trial.arms[rows]
    own = trial.propensities[rows][np.arange(arms.size), arms]
    afterwards = [trial.outcomes, drawn.spend, *([] if drawn.margin is None else [drawn.margin])]
    told = [self_normalised(Log(arms=arms, propensities=own, outcomes=after[rows]), chances) for after in afterwards]
    return Worth(policy=name, bought=told[0], spend=told[1], margin=told[2] if drawn.margin is not None else None)
