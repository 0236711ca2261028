"""Exposures: who was drawn for which arm, with which chances; the held out and those given nothing are there too."""

import math
import re
from dataclasses import dataclass
from datetime import datetime

from offers.model.ids import MemberId, ProgrammeId

NOTHING = "nothing"
"""The arm of whoever gets no offer: the control of every comparison."""
MOST_ARMS = 20
LONGEST_HORIZON_DAYS = 365
_NAME = re.compile(r"[\w.:@-]{1,80}")
_ROUNDING = 1e-6


def arm_of(offer: str, level: int) -> str:
    """Name the arm of an offer at a level, in the offer's own unit: `coffee@1000` is ten per cent off coffee."""
    return f"{offer}@{level}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmChance:
    """The chance, from 0 to 1, with which the draw could have come to an arm."""

    arm: str
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One member's draw in one occurrence of a campaign, as it was made; never changed afterwards.

    `campaign` names what decides (`personal:win-back`), `occurrence` which time it did, `policy` the version of its
    rules: exposures of one campaign and policy are one trial. `chances` are those of all arms, `nothing` among them,
    summing to one: what the whole draw gave, holdout and exploration included. `explored`: drawn to learn, not chosen;
    `held_out`: `nothing` because the member is kept out. Outcomes are looked for in `horizon_days` after `at`.
    Raises ValueError for a draw that could not have been made.
    """

    programme_id: ProgrammeId
    member_id: MemberId
    campaign: str
    occurrence: str
    policy: str
    arm: str
    chances: tuple[ArmChance, ...]
    at: datetime
    horizon_days: int
    explored: bool = False
    held_out: bool = False

    def __post_init__(self) -> None:
        for name in (self.campaign, self.occurrence, self.policy, *(each.arm for each in self.chances)):
            if not _NAME.fullmatch(name):
                message = f"{name!r} is no name: 1 to 80 letters, digits and . : @ - _"
                raise ValueError(message)
        if not 1 < len(self.chances) <= MOST_ARMS or len({each.arm for each in self.chances}) < len(self.chances):
            message = f"from 2 to {MOST_ARMS} different arms are drawn among, not {self.chances}"
            raise ValueError(message)
        whole = math.fsum(each.chance for each in self.chances)
        if not abs(whole - 1) < _ROUNDING or not all(0 <= each.chance <= 1 for each in self.chances):
            message = f"chances lie between 0 and 1 and sum to 1: {self.chances}"
            raise ValueError(message)
        if not self.chance_of(self.arm) or not any(each.arm == NOTHING for each in self.chances):
            message = f"{self.arm} could not have been drawn, or nothing is no arm: {self.chances}"
            raise ValueError(message)
        if self.held_out and self.arm != NOTHING:
            message = f"whoever is held out gets nothing, not {self.arm}"
            raise ValueError(message)
        if not 1 <= self.horizon_days <= LONGEST_HORIZON_DAYS:
            message = f"outcomes are looked for within 1 to {LONGEST_HORIZON_DAYS} days, not {self.horizon_days}"
            raise ValueError(message)

    @property
    def key(self) -> str:
        """Name the draw: campaign, occurrence and member. Names hold no bar, so no two draws share one."""
        return f"{self.campaign}|{self.occurrence}|{self.member_id}"

    @property
    def propensity(self) -> float:
        """Give the chance with which the arm was drawn that was drawn."""
        return self.chance_of(self.arm)

    def chance_of(self, arm: str) -> float:
        """Give an arm's chance; 0 where it was not among them."""
        return next((each.chance for each in self.chances if each.arm == arm), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmCount:
    """One arm of a campaign: how many were drawn for it, how many should have been by their chances."""

    campaign: str
    policy: str
    arm: str
    members: int
    expected: float
    first_at: datetime
    last_at: datetime
