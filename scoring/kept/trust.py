"""Whether the model in force may speak another night, or a new one has to be learned, and why."""

from datetime import date
from enum import StrEnum

from scoring.drift import LOOSE_BIAS, LOOSE_ECE, SHIFTED_PSI, Drift
from scoring.forecast.learned import Learned
from scoring.kept.shelf import Kept

MODEL_DAYS = 7
"""After a week there is another week of labels to learn from, and the season has moved on."""


class Training(StrEnum):
    """Why a night learned a model; `KEPT` where the one in force spoke."""

    KEPT = "kept"
    FIRST = "first"
    ASKED = "asked"
    UNREADABLE = "unreadable"
    YOUNG = "young"
    AGED = "aged"
    MEMBERS_CHANGED = "members_changed"
    CHANCES_OFF = "chances_off"


def before_scoring(kept: Kept | None, *, as_of: date, asked: bool, model_days: int = MODEL_DAYS) -> Training:
    """Say what speaks against the model in force before anything is computed; `model_days` is how old it may get.

    A model whose history was too short to try the whole horizon is young: each night knows more.
    """
    if asked:
        return Training.ASKED
    if kept is None:
        return Training.FIRST
    if kept.learned is None:
        return Training.UNREADABLE
    if (as_of - kept.version.cutoff).days >= model_days:
        return Training.AGED
    if as_of > kept.version.cutoff and is_young(kept.learned):
        return Training.YOUNG
    return Training.KEPT


def after_scoring(kept: Kept, *, shift: float, drift: Drift | None, matured_on: date | None) -> Training:
    """Say what speaks against it once its scores are there.

    `shift` is the largest stability index of a trait between the members it learned from and tonight's. `drift` tells
    of an earlier night whose horizon ended on `matured_on`: its chances count where they came off since the model was
    learned, for it has not heard of that yet. So while chances stay off, every night learns anew.
    """
    news = matured_on is not None and matured_on > kept.version.cutoff
    if news and drift is not None and (drift.ece > LOOSE_ECE or abs(drift.bias) > LOOSE_BIAS):
        return Training.CHANCES_OFF
    return Training.MEMBERS_CHANGED if shift >= SHIFTED_PSI else Training.KEPT


def is_young(learned: Learned) -> bool:
    """Say whether the horizon was never tried whole: the history is shorter than three of them."""
    return learned.rehearsed is None or learned.rehearsed.when.horizon_days < learned.horizon_days
