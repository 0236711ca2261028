"""The alarm of sample ratio mismatch: arms of other sizes than planned make every figure of a report worthless."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

BLOCKING_P = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """How well the observed arms fit the planned shares."""

    chi_square: float
    p_value: float

    @property
    def blocks(self) -> bool:
        """True when no report may be shown: chance makes such arms less than once in a thousand times."""
        return self.p_value < BLOCKING_P


def sample_ratio(members: Mapping[str, int], shares: Mapping[str, float]) -> Mismatch:
    """Test observed members per arm against the shares they were assigned with (any positive scale).

    Pearson's chi-square test, as Fabijan et al. (2019), "Diagnosing Sample Ratio Mismatch in Online Controlled
    Experiments". An arm without any member counts as zero, and members in an arm nobody planned are a mismatch.
    """
    if any(members.get(arm, 0) and not shares.get(arm) for arm in members):
        return Mismatch(chi_square=float("inf"), p_value=0.0)
    arms = [arm for arm, share in shares.items() if share > 0]
    observed = np.array([members.get(arm, 0) for arm in arms], dtype=np.float64)
    planned = np.array([shares[arm] for arm in arms], dtype=np.float64)
    expected = observed.sum() * planned / planned.sum()
    if len(arms) < 2 or observed.sum() == 0:  # noqa: PLR2004 - one arm has no ratio
        return Mismatch(chi_square=0.0, p_value=1.0)
    chi_square = float(np.sum((observed - expected) ** 2 / expected))
    return Mismatch(chi_square=chi_square, p_value=float(stats.chi2.sf(chi_square, len(arms) - 1)))
