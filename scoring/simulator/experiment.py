"""One cell of the grid: a policy in a world, the truth from its do-nothing twin beside the holdout's estimate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from scoring.arrays import Bools, Floats
from scoring.measurement.assignment import places
from scoring.measurement.cuped import cuped
from scoring.measurement.effect import Effect, difference_in_means
from scoring.simulator.course import OFFER_DAYS, Course, Offers, World, begin, live
from scoring.simulator.policies import Policy, Seen, Terms, TrialLog, see
from scoring.simulator.population import HISTORY_DAYS

TRIAL_DAYS = 42
MEASURED_DAYS = 60
PUSH_EVERY_DAYS = 20
SILENT_DAYS = 30
HOLDOUT_SHARE = 0.5
TRIAL_LEVELS = (0.0, 0.05, 0.15)
_BUDGET_SHARE = 0.01

Push = Callable[[int, Seen], Offers]
"""The number of the measured day and what is seen on it to the offers that are sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the measured days brought each member. `silent`: nothing bought in the last 30 of them."""

    purchases: Floats
    gross: Floats
    discount: Floats
    margin: Floats
    silent: Floats
    sends: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A world after its history and trial, the same for every policy, with its twin's outcome and the holdout."""

    world: World
    course: Course
    log: TrialLog
    before: Floats
    members: Bools
    held_out: Bools
    twin: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Truth beside estimate. Changes are relative to the twin's level (purchases, silent members, check).

    `margin` is the incremental margin per treated member over the measured days, in money; `repeat` and `margin_told`
    are what the holdout tells. None where the twin's level is zero.
    """

    sends: float
    true_purchases: float
    true_purchases_change: float | None
    true_silent_change: float | None
    true_check_change: float | None
    true_margin: float
    repeat: Effect
    repeat_plain: Effect
    margin_told: Effect


def prepare(world: World, *, salt: str = "measured") -> Prepared:
    """Live the history and a randomised trial of two discount levels; say who is held out, by salted hash."""
    course, people = begin(world), world.population
    for _ in range(HISTORY_DAYS):
        live(world, course)
    log = _trial(world, course)
    members = people.joining_days < HISTORY_DAYS
    before = log.purchases_after + log.seen.purchases
    out = places([str(number) for number in range(people.size)], salt=salt) < HOLDOUT_SHARE
    twin = measure(world, course.copy(), {})
    return Prepared(world=world, course=course, log=log, before=before, members=members, held_out=out, twin=twin)


def try_policy(prepared: Prepared, policy: Policy, *, seed: int) -> Finding:
    """Run a policy on members not held out, and compare them with their own twins and with the holdout."""
    world, course = prepared.world, prepared.course.copy()
    terms = Terms(margin_share=world.shop.margin_share, budget=_budget(prepared))

    def push(number: int, seen: Seen) -> Offers:
        offers = policy(seen, prepared.log, terms, seed + number)
        return Offers(discounts=np.where(prepared.held_out, 0.0, offers.discounts), categories=offers.categories)

    pushes = {course.day + day: push for day in range(0, MEASURED_DAYS - OFFER_DAYS, PUSH_EVERY_DAYS)}
    treated = prepared.members & ~prepared.held_out
    return compare(prepared, measure(world, course, pushes), treated, prepared.members & prepared.held_out)


def compare(prepared: Prepared, outcome: Outcome, treated: Bools, control: Bools) -> Finding:
    """Set the truth (treated members against themselves undisturbed) beside the estimate (against the control)."""
    twin = prepared.twin
    adjusted = cuped(
        outcome.purchases[treated],
        outcome.purchases[control],
        treated_before=prepared.before[treated],
        control_before=prepared.before[control],
    )
    return Finding(
        sends=float(outcome.sends[treated].mean()),
        true_purchases=float((outcome.purchases - twin.purchases)[treated].mean()),
        true_purchases_change=_change(outcome.purchases[treated].sum(), twin.purchases[treated].sum()),
        true_silent_change=_change(outcome.silent[treated].sum(), twin.silent[treated].sum()),
        true_check_change=_change(_check(outcome, treated), _check(twin, treated)),
        true_margin=float((outcome.margin - twin.margin)[treated].mean()),
        repeat=adjusted.adjusted,
        repeat_plain=adjusted.plain,
        margin_told=difference_in_means(outcome.margin[treated], outcome.margin[control]),
    )


def measure(world: World, course: Course, pushes: Mapping[int, Push]) -> Outcome:
    """Live the measured days with pushes on some of them."""
    size = world.population.size
    purchases, gross, discount, late = (np.zeros(size) for _ in range(4))
    sends_before, end = course.sends.copy(), course.day + MEASURED_DAYS
    for number in range(MEASURED_DAYS):
        push = pushes.get(course.day)
        offers = push(number, see(course, world.population.joining_days)) if push else None
        day = live(world, course, offers)
        purchases += day.bought
        gross += day.gross
        discount += day.discount
        late += day.bought * (course.day > end - SILENT_DAYS)
    return Outcome(
        purchases=purchases,
        gross=gross,
        discount=discount,
        margin=world.shop.margin_share * gross - discount,
        silent=(late == 0).astype(np.float64),
        sends=course.sends - sends_before,
    )


def _trial(world: World, course: Course) -> TrialLog:
    """Draw a level for everyone, log what was seen and what came of it in the days until the measured ones."""
    seen = see(course, world.population.joining_days)
    drawn = np.random.default_rng([world.seed, 2]).integers(0, len(TRIAL_LEVELS), seen.members.size)
    discounts = np.where(seen.members, np.array(TRIAL_LEVELS)[drawn], 0.0)
    offers: Offers | None = Offers(discounts=discounts, categories=seen.favourite)
    after = np.zeros(drawn.size)
    for _ in range(TRIAL_DAYS):
        after += live(world, course, offers).bought
        offers = None
    return TrialLog(seen=seen, levels=TRIAL_LEVELS, drawn=drawn, purchases_after=after)


def _budget(prepared: Prepared) -> float:
    """Give one push a hundredth of what was spent in the year before."""
    return float(prepared.course.spend.sum()) * _BUDGET_SHARE


def _check(outcome: Outcome, members: Bools) -> float:
    purchases = float(outcome.purchases[members].sum())
    return float(outcome.gross[members].sum()) / purchases if purchases else 0.0


def _change(after: float, before: float) -> float | None:
    return float(after) / float(before) - 1 if before else None
