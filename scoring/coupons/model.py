"""The share of the occasions of a coupon on which it is used: of a member, moved by template and depth."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from scoring.arrays import Bools, Floats, Ints
from scoring.forecast.pooled import fit_pooled, level_that_meets
from scoring.propensity_model import Propensity, fit_propensity

FEWEST_OWN = 50
"""A template with fewer occasions than this is told by the others, where they are enough."""
FEWEST_TEMPLATES = 3
"""Of fewer templates it cannot be told how far templates lie apart."""
THREADS = 1
"""The same bits whatever the night's threads; the rows are few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasions:
    """Rows of occasions, one entry of each array for each: `used` is 0 or 1, `depth` a share of the price.

    `template` and `owner` are numbers from 0, `names` those of the templates.
    """

    traits: Floats
    depth: Floats
    template: Ints
    names: tuple[str, ...]
    owner: Ints
    used: Floats
    day: Ints
    last_day: Ints

    def part(self, rows: Bools) -> "Occasions":
        """Give some of the rows; templates keep their numbers."""
        return Occasions(
            traits=self.traits[rows],
            depth=self.depth[rows],
            template=self.template[rows],
            names=self.names,
            owner=self.owner[rows],
            used=self.used[rows],
            day=self.day[rows],
            last_day=self.last_day[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How far a template's log-odds lie beside the common ones, and the standard error of that."""

    shift: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UseModel:
    """A fit: `level + slope * (a member's log-odds - centre)` and `by_depth` for a price of discount beyond the usual.

    `others` is the shift of templates that are not among `templates`; None where nothing can be told of them.
    """

    propensity: Propensity
    level: float
    slope: float
    centre: float
    by_depth: float
    usual_depth: float
    templates: Mapping[str, Shift]
    others: Shift | None

    def members(self, traits: Floats) -> Floats:
        """Give the log-odds of members for the usual depth of a template like all."""
        away = self.propensity.log_odds(traits, threads=THREADS) - self.centre
        return self.level + self.slope * away

    def of(self, template: str) -> Shift | None:
        return self.templates.get(template, self.others)

    def log_odds(self, rows: Occasions) -> tuple[Floats, Bools]:
        """Give the log-odds of rows, and which of them anything is told of."""
        shifts = [self.of(name) for name in rows.names]
        told = np.array([shift is not None for shift in shifts], dtype=np.bool_)[rows.template]
        moved = np.array([shift.shift if shift else 0.0 for shift in shifts])[rows.template]
        return self.members(rows.traits) + moved + self.by_depth * (rows.depth - self.usual_depth), told


def fit_use(rows: Occasions, *, seed: int) -> UseModel:
    """Fit on rows of both outcomes.

    Members are told apart by a propensity, which is calibrated by what it said of members it had not seen; with it,
    inside of templates, goes the depth: a deeper discount is never taken to be used less. Both are left out where they
    point the other way.
    """
    traits = _known(rows.traits)
    rehearsed = fit_propensity(traits, rows.used, seed=seed, threads=THREADS, owners=rows.owner.astype(np.intp))
    slope, by_depth = _slopes(rehearsed.unseen, rows)
    centre, usual_depth = float(rehearsed.unseen.mean()), float(rows.depth.mean())
    moved = slope * (rehearsed.unseen - centre) + by_depth * (rows.depth - usual_depth)
    level = level_that_meets(moved, float(np.clip(rows.used.sum(), 0.5, rows.used.size - 0.5)))
    templates, others = _shifts(moved + level, rows)
    return UseModel(
        propensity=rehearsed.model,
        level=level,
        slope=slope,
        centre=centre,
        by_depth=by_depth,
        usual_depth=usual_depth,
        templates=templates,
        others=others,
    )


def _known(traits: Floats) -> Floats:
    """Give traits without a number at all the number 0: they tell nobody apart."""
    known: Floats = np.where(np.isfinite(traits).any(axis=0), traits, 0.0)
    return known


def _slopes(unseen: Floats, rows: Occasions) -> tuple[float, float]:
    """Give the slopes of a member's log-odds and of the depth, beside a level for each template; 0 where below 0."""
    columns = {"unseen": unseen, "depth": rows.depth}
    slopes = dict.fromkeys(columns, 0.0)
    kept = [name for name, values in columns.items() if float(np.ptp(values)) > 0]
    while kept:
        covariates = np.column_stack([columns[name] for name in kept])
        fit = fit_pooled(covariates, rows.used, rows.template.astype(np.intp), link="logit")
        told = dict(zip(kept, (fit.slopes / fit.spreads).tolist(), strict=True))
        if all(slope > 0 for slope in told.values()):
            slopes |= told
            break
        kept = [name for name in kept if told[name] > 0]
    return slopes["unseen"], slopes["depth"]


def _shifts(log_odds: Floats, rows: Occasions) -> tuple[dict[str, Shift], Shift | None]:
    """Give the shift of each template of its own, and that of the others.

    With three or more, shifts are drawn to their mean as far as chance explains that they differ (random effects after
    DerSimonian and Laird 1986).
    """
    found: dict[str, Shift] = {}
    for number, name in enumerate(rows.names):
        mine = rows.template == number
        if int(mine.sum()) >= FEWEST_OWN:
            found[name] = _shift(log_odds[mine], rows.used[mine], rows.owner[mine])
    if len(found) < FEWEST_TEMPLATES:
        return found, None
    shifts, errors = (np.array([getattr(each, key) for each in found.values()]) for key in ("shift", "error"))
    weights = errors**-2
    mean = float(weights @ shifts / weights.sum())
    excess = float(weights @ (shifts - mean) ** 2) - (len(found) - 1)
    spread = max(0.0, excess / float(weights.sum() - (weights**2).sum() / weights.sum()))
    others = Shift(shift=mean, error=float(np.sqrt(spread + 1 / weights.sum())))
    if not spread:
        return dict.fromkeys(found, others), others
    trust = weights + 1 / spread
    drawn = (weights * shifts + mean / spread) / trust
    return {
        name: Shift(shift=float(shift), error=float(error))
        for name, shift, error in zip(found, drawn, trust**-0.5, strict=True)
    }, others


def _shift(log_odds: Floats, used: Floats, owner: Ints) -> Shift:
    """Give the shift that meets what was used, half an occasion of the common kind counted in.

    Occasions of one member are no independent witnesses: the error is by members (a sandwich), and never below that of
    independent ones.
    """
    expected = float(special.expit(log_odds).mean())
    met = (float(used.sum()) + expected / 2) / (used.size + 0.5)
    shift = level_that_meets(log_odds, met * used.size)
    chance = special.expit(log_odds + shift)
    known = float((chance * (1 - chance)).sum())
    by_owner = np.bincount(owner, weights=used - chance)
    return Shift(shift=shift, error=float(np.sqrt(max(known, float((by_owner**2).sum())))) / known)
