"""A campaign's exposures as a trial: its arms, the chances of each draw, and rehearsals that judge on later draws."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from scoring.arrays import Floats, Ints
from scoring.exposures.log import arms_of, chances_of
from scoring.exposures.outcomes import TRAIT_NAMES
from scoring.uplift.choose import Split
from scoring.uplift.errors import NoTraits, OneArm
from scoring.uplift.traits import Trait, encode, fit_traits
from scoring.uplift.trial import CONTROL, Trial

FEWEST_DRAWN = 20
"""An arm that fewer were drawn for tells nothing yet: it is left out, and so are they."""
_BLOCKS = 5
_OUTCOME = "bought"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A trial with what its numbers mean. `days` are those of the draws, `spend` the money after, row by row.

    `margin` is what the merchant kept of it after the discounts; None where costs are not known.
    """

    trial: Trial
    arm_names: tuple[str, ...]
    traits: tuple[Trait, ...]
    days: Ints
    horizon_days: int
    spend: Floats
    margin: Floats | None = None

    def encode(self, traits: pl.DataFrame) -> Floats:
        """Give other members' traits, named as in `TRAIT_NAMES`, as the trial has them."""
        return encode(traits, self.traits)


def drawn_of(outcomes: pl.DataFrame) -> Drawn:
    """Take the trial of one campaign from its exposures with outcomes, in order of day. Raises OneArm, NoTraits."""
    names, chances = arms_of(outcomes), chances_of(outcomes, arms_of(outcomes))
    numbers = outcomes["arm"].replace_strict(dict(zip(names, range(len(names)), strict=True)), return_dtype=pl.Int64)
    arms = numbers.to_numpy()
    kept = [CONTROL, *(arm for arm in range(1, len(names)) if _can_be_told(arms, chances, arm))]
    if len(kept) == 1:
        raise OneArm(column="arm")
    rows = np.isin(arms, kept)
    table = outcomes.filter(pl.Series(rows))
    traits = fit_traits(table, list(TRAIT_NAMES))
    if not traits:
        raise NoTraits
    among = chances[rows][:, kept]
    trial = Trial(
        traits=encode(table, traits),
        arms=np.searchsorted(kept, arms[rows]),
        outcomes=table[_OUTCOME].to_numpy().astype(np.float64),
        arm_count=len(kept),
        # Given that one of the kept arms came out, each had its share of their chances.
        chances=among / among.sum(axis=1, keepdims=True),
    )
    return Drawn(
        trial=trial,
        arm_names=tuple(names[arm] for arm in kept),
        traits=traits,
        days=table["day"].to_numpy().astype(np.int64),
        horizon_days=int(table["horizon_days"].max() or 0),  # type: ignore[arg-type]  # a column of whole numbers
        spend=table["spend_after"].to_numpy().astype(np.float64),
        margin=None if table["margin_after"].null_count() else table["margin_after"].to_numpy().astype(np.float64),
    )


def later_splits(drawn: Drawn) -> list[Split]:
    """Give rehearsals that learn from draws whose horizon was over and judge on later ones; none where days are few.

    Days are cut into five blocks of about as many draws; each but the first is judged by what was over when it began.
    """
    order = np.sort(drawn.days)
    edges = sorted({int(order[order.size * block // _BLOCKS]) for block in range(1, _BLOCKS)})
    ends = [*edges[1:], int(order[-1]) + 1]
    splits = [
        Split(
            learned_from=drawn.days + drawn.horizon_days <= begins,
            judged=(drawn.days >= begins) & (drawn.days < ends_before),
        )
        for begins, ends_before in zip(edges, ends, strict=True)
    ]
    return [each for each in splits if _teaches(drawn.trial, each)]


def _can_be_told(arms: Ints, chances: Floats, arm: int) -> bool:
    both = (chances[:, arm] > 0) & (chances[:, CONTROL] > 0)
    return min(int((both & (arms == each)).sum()) for each in (arm, CONTROL)) >= FEWEST_DRAWN


def _teaches(trial: Trial, split: Split) -> bool:
    """Say whether every arm is on both sides, with both outcomes among those learned from."""
    for arm in range(trial.arm_count):
        there = trial.arms == arm
        learned = trial.outcomes[split.learned_from & there]
        if min(learned.size, int((split.judged & there).sum())) < FEWEST_DRAWN or len(np.unique(learned)) == 1:
            return False
    return True
