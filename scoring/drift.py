"""Drift: whether members still look as they did when a model was trained, and whether its chances still come true."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from scoring.metrics import bias, calibration_error

Numbers = npt.NDArray[np.float64]

BINS = 10
SHIFTED_PSI = 0.25
"""The usual reading of the population stability index: under .1 nothing, from .25 another population."""
LOOSE_ECE = 0.05
LOOSE_BIAS = 0.15
OLDEST_DAYS = 35


class Retrain(StrEnum):
    """Why a model is to be trained again; `NO` where nothing speaks for it."""

    NO = "no"
    AGED = "aged"
    MEMBERS_CHANGED = "members_changed"
    CHANCES_OFF = "chances_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The largest PSI of a trait with its name, and how the chances of the last matured window came true."""

    trait: str
    psi: float
    ece: float
    bias: float
    age_days: int

    @property
    def verdict(self) -> Retrain:
        """Give the weightiest reason to train again."""
        if self.ece > LOOSE_ECE or abs(self.bias) > LOOSE_BIAS:
            return Retrain.CHANCES_OFF
        if self.psi >= SHIFTED_PSI:
            return Retrain.MEMBERS_CHANGED
        return Retrain.AGED if self.age_days > OLDEST_DAYS else Retrain.NO


def stability_index(then: Numbers, now: Numbers) -> float:
    """Give the population stability index between two samples of a trait, over tenths of the first; empty is a bin.

    Half a member is added to each bin, so that an empty one does not make it infinite.
    """
    known = then[np.isfinite(then)]
    inner = np.linspace(0, 1, BINS + 1)[1:-1]
    edges: Numbers = np.unique(np.quantile(known, inner)) if known.size else np.zeros(0)

    def shares(values: Numbers) -> Numbers:
        there = values[~np.isnan(values)]
        counted = np.bincount(np.searchsorted(edges, there, side="right"), minlength=len(edges) + 1)
        whole: Numbers = np.append(counted, values.size - there.size) + 0.5
        share: Numbers = whole / whole.sum()
        return share

    before, after = shares(then), shares(now)
    return float(((after - before) * np.log(after / before)).sum())


def drift_of(
    names: tuple[str, ...], then: Numbers, now: Numbers, *, chance: Numbers, came: Numbers, age_days: int
) -> Drift:
    """Compare traits (members by names) of the training with those of today, and matured chances with what came."""
    found = {name: stability_index(then[:, place], now[:, place]) for place, name in enumerate(names)}
    worst = max(found, key=lambda name: found[name])
    return Drift(
        trait=worst,
        psi=found[worst],
        ece=calibration_error(chance, came),
        bias=bias(chance, came),
        age_days=age_days,
    )
