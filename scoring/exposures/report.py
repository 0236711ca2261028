"""A campaign's exposures in figures: was the draw as its chances say, what did each arm change, can it be told."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from scoring.arrays import Floats
from scoring.exposures.learning import Worth
from scoring.exposures.log import NOTHING, arms_of, chances_of
from scoring.measurement.draws import DrawnEffect, draw_ratio, effect_of_draw
from scoring.measurement.errors import TooFewMembers
from scoring.measurement.mismatch import Mismatch

_BEFORE = "spend_90d"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmReport:
    """One arm. `members` were drawn for it, `expected` by their chances, `over` is of how many the horizon is over.

    `bought`, `spend` and `margin` compare it with nothing, member by member; None for nothing itself, where too few can
    be compared, and where the draw is not what its chances say; `margin` too where costs are not known.
    """

    arm: str
    members: int
    expected: float
    over: int
    bought: DrawnEffect | None = None
    spend: DrawnEffect | None = None
    margin: DrawnEffect | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignReport:
    """All arms of a campaign, nothing first; `worth` is that of policies, where later draws can tell it."""

    campaign: str
    mismatch: Mismatch
    arms: tuple[ArmReport, ...]
    worth: tuple[Worth, ...] = ()

    @property
    def members(self) -> int:
        return sum(each.members for each in self.arms)

    @property
    def over(self) -> int:
        return sum(each.over for each in self.arms)


def report_of(campaign: str, exposures: pl.DataFrame, outcomes: pl.DataFrame) -> CampaignReport:
    """Report one campaign from its exposures, as `read_log` gives them, and those of them that have outcomes.

    A draw that does not match its chances blocks the comparison: whatever moved members may have moved outcomes.
    """
    names = arms_of(exposures)
    chances, drawn = chances_of(exposures, names), _numbers(exposures, names)
    mismatch = draw_ratio(drawn, chances)
    counted = np.bincount(drawn, minlength=len(names))
    over = np.bincount(_numbers(outcomes, names), minlength=len(names))
    arms = []
    for place, name in enumerate(names):
        is_compared = name != NOTHING and not mismatch.blocks
        has_margin = is_compared and not outcomes["margin_after"].null_count()
        arms.append(
            ArmReport(
                arm=name,
                members=int(counted[place]),
                expected=float(chances[:, place].sum()),
                over=int(over[place]),
                bought=_effect(outcomes, names, place, "bought") if is_compared else None,
                spend=_effect(outcomes, names, place, "spend_after") if is_compared else None,
                margin=_effect(outcomes, names, place, "margin_after") if has_margin else None,
            )
        )
    return CampaignReport(campaign=campaign, mismatch=mismatch, arms=tuple(arms))


def _effect(outcomes: pl.DataFrame, names: tuple[str, ...], place: int, column: str) -> DrawnEffect | None:
    """Compare, with the money of the 90 days before taken out."""
    before: Floats = outcomes[_BEFORE].fill_null(0.0).fill_nan(0.0).to_numpy()
    try:
        return effect_of_draw(
            outcomes[column].to_numpy(), _numbers(outcomes, names), chances_of(outcomes, names), place, before=before
        )
    except TooFewMembers:
        return None


def _numbers(table: pl.DataFrame, names: tuple[str, ...]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[arm] for arm in table["arm"].to_list()], dtype=np.int64)
