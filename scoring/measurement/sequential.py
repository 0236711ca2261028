"""Looking before the end: an interval that stays right however often one looks."""

import math
from dataclasses import dataclass

from scoring.measurement.effect import Effect, Verdict

_ALPHA_MOST = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a running comparison; its interval holds at all looks together, so it is wider than Welch's."""

    absolute: float
    low: float
    high: float
    members: int

    @property
    def verdict(self) -> Verdict:
        if self.low > 0:
            return Verdict.UP
        return Verdict.DOWN if self.high < 0 else Verdict.CANNOT_TELL


def look(effect: Effect, *, planned_members: int) -> Look:
    """Widen an effect's interval so that it covers the truth at every look at once with the effect's confidence.

    The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas (2024, Annals of Statistics 52),
    theorem 2.2: a normal mixture whose tuning makes it tightest at `planned_members` (both arms together), its
    equation for rho. Members are looked at in the order of arrival; a look may be taken at any time, and stopping at
    the first verdict keeps the error below 1 - confidence. Not meant for the first few dozen members.
    """
    alpha = min(1 - effect.confidence, _ALPHA_MOST)
    members = effect.treated_members + effect.control_members
    spread = -2 * math.log(alpha)
    rho_squared = (spread + math.log(spread + 1)) / planned_members
    grown = members * rho_squared + 1
    reach = effect.standard_error * math.sqrt(2 * grown / (grown - 1) * math.log(math.sqrt(grown) / alpha))
    return Look(absolute=effect.absolute, low=effect.absolute - reach, high=effect.absolute + reach, members=members)
