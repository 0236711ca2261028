"""One push of personal offers: who is held out, who is drawn, who gets which level, and what that should cost."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from scoring.arrays import Bools, Floats, Ints
from scoring.coupons.shares import UseShares
from scoring.decisions.bounds import Bounds, refuse_wide
from scoring.decisions.decide import Decisions, Reason, Wishes, decide
from scoring.decisions.errors import ExplorationTooCostly
from scoring.decisions.margins import CAUTION, Prospect, Worth, worth_of
from scoring.measurement.assignment import places

CERTAIN = 1.96
"""Standard errors on each side of a 95 % interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """The members it is for, one entry of each array for each; money in minor units.

    `anyway` is how many purchases they would make without an offer while one lives, `touched` the share of those on
    which it could be used: with the favourite in them, where it is on one. `effects` are the extra purchases under each
    level (members x levels) with their standard `errors`; None: not enough is known. `use` has the shares of occasions
    on which coupons are used; None: all of them are.
    """

    member_ids: list[str]
    anyway: Floats
    basket_minor: Floats
    touched: Floats
    effects: Floats | None = None
    errors: Floats | None = None
    use: UseShares | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PushTerms:
    """What is given and within which fences.

    `discounts` are the levels in ascending order as shares of the price; a gift's is 0 and costs `gift_minor`. `salt`
    names this push and `standing_salt` what stays the same from push to push: who is held out.
    """

    discounts: tuple[float, ...]
    margin_share: float
    uses: int
    budget_minor: float
    bounds: Bounds
    explore_share: float
    holdout_share: float
    salt: str
    standing_salt: str
    cap_minor: float | None = None
    gift_minor: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """One option per member (0 is nothing), the chances of all options (members x options, nothing first), and why.

    `cost_minor` is what the budget reckons with for each member's option, the discount of purchases made anyway
    included, `expected_minor` what it is expected to cost (never more), and `margin_minor` the least it should bring
    beyond the former; all are 0 for nothing.
    """

    options: Ints
    chances: Floats
    explored: Bools
    held_out: Bools
    reasons: tuple[Reason, ...]
    cost_minor: Floats
    expected_minor: Floats
    margin_minor: Floats
    worth: Worth

    @property
    def total_cost_minor(self) -> float:
        return float(self.cost_minor.sum())


def push(audience: Audience, terms: PushTerms) -> Pushed:
    """Decide for every member; deterministic in the ids and the salts, whatever their order.

    With too little known, members in a random order get the smallest level until the budget is spent: every one of them
    is a lesson. Raises what `decide` raises.
    """
    refuse_wide(np.array(terms.discounts), terms.bounds)
    use = audience.use
    worth = _worth(audience, terms, use.reckoned if use else None)
    held_out = places(audience.member_ids, salt=terms.standing_salt) < terms.holdout_share
    asked = np.flatnonzero(~held_out)
    inside = Worth(margin_minor=worth.margin_minor[asked], cost_minor=worth.cost_minor[asked])
    member_ids = [audience.member_ids[index] for index in asked]
    wishes = Wishes(
        discounts=terms.discounts,
        budget_minor=terms.budget_minor,
        bounds=terms.bounds,
        explore_share=terms.explore_share,
        salt=terms.salt,
    )
    is_known = audience.effects is not None and asked.size > 0
    decided = decide(member_ids, inside, wishes) if is_known else _by_rule(member_ids, inside, wishes)
    cheaper = _worth(audience, terms, use.expected) if use else worth
    return _whole(worth, cheaper, terms, held_out, asked, decided)


def margin_interval(audience: Audience, terms: PushTerms, pushed: Pushed) -> tuple[float, float, float] | None:
    """Give the expected incremental margin of a push with its 95 % interval: low, middle, high.

    Errors of members are taken to go all in one direction: they come from one model, and so do those of what coupons
    cost (the budget reckons with one of these above what is expected). None when nothing is known of effects.
    """
    if audience.effects is None or audience.errors is None:
        return None
    rows, given = np.flatnonzero(pushed.options > 0), pushed.options[pushed.options > 0] - 1
    earned = terms.margin_share * audience.basket_minor[rows]
    middle = float((earned * audience.effects[rows, given] - pushed.expected_minor[rows]).sum())
    dearer = float((pushed.cost_minor[rows] - pushed.expected_minor[rows]).sum())
    either_side = CERTAIN * float(np.hypot((earned * audience.errors[rows, given]).sum(), dearer))
    return middle - either_side, middle, middle + either_side


def expected_uses(rate: Floats, uses: int) -> Floats:
    """Give how many of at most `uses` are expected to be used when purchases come as a Poisson process."""
    used: Floats = np.sum([stats.poisson.sf(before, rate) for before in range(uses)], axis=0, dtype=np.float64)
    return used


def _worth(audience: Audience, terms: PushTerms, shares: Floats | None) -> Worth:
    """Give what levels are worth where coupons are used on so many of their occasions; None: on all."""
    members, levels = len(audience.member_ids), len(terms.discounts)
    nothing = np.zeros((members, levels))
    effects = nothing if audience.effects is None else audience.effects
    errors = nothing if audience.errors is None else audience.errors
    basket, anyway = np.maximum(audience.basket_minor, 1.0)[:, None], audience.anyway[:, None]
    use_minor = np.array(terms.discounts) * basket + terms.gift_minor
    if terms.cap_minor is not None:
        use_minor = np.minimum(use_minor, terms.cap_minor)
    rate = np.maximum(anyway + effects, 0.0)
    used = expected_uses(rate * audience.touched[:, None], terms.uses)
    redeeming = np.divide(used, rate, out=np.zeros_like(rate), where=rate > 0)
    redeeming = redeeming if shares is None else redeeming * shares
    prospect = Prospect(
        anyway=anyway, basket_minor=basket, margin_share=np.array([[terms.margin_share]]), redeeming=redeeming
    )
    return worth_of(prospect, effects=effects, errors=errors, discounts=use_minor / basket, caution=CAUTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ruled:
    """What `decide` gives too, where a rule decides."""

    options: Ints
    chances: Floats
    explored: Bools
    reasons: tuple[Reason, ...]


def _by_rule(member_ids: list[str], worth: Worth, wishes: Wishes) -> _Ruled:
    members, count = len(member_ids), len(wishes.discounts) + 1
    explored = places(member_ids, salt=f"{wishes.salt}:who") < wishes.explore_share
    drawn = (places(member_ids, salt=f"{wishes.salt}:what") * count).astype(np.int64)
    cost = np.column_stack([np.zeros(members), worth.cost_minor])
    learning = float(cost[np.flatnonzero(explored), drawn[explored]].sum())
    if learning > wishes.budget_minor:
        raise ExplorationTooCostly(cost=learning, budget=wishes.budget_minor)
    waiting = np.flatnonzero(~explored)
    order = waiting[np.argsort(places([member_ids[index] for index in waiting], salt=f"{wishes.salt}:turn"))]
    funded = order[np.cumsum(cost[order, 1]) <= wishes.budget_minor - learning]
    options = np.where(explored, drawn, 0)
    options[funded] = 1
    share = funded.size / waiting.size if waiting.size else 0.0
    chances = np.full((members, count), wishes.explore_share / count)
    chances[:, 0] += (1 - wishes.explore_share) * (1 - share)
    chances[:, 1] += (1 - wishes.explore_share) * share
    kinds = np.select([explored, options > 0], [Reason.DRAWN, Reason.RULE], Reason.BUDGET)
    return _Ruled(
        options=options, chances=chances, explored=explored, reasons=tuple(Reason(str(kind)) for kind in kinds)
    )


def _whole(  # noqa: PLR0917 - what was decided, and everything it was decided from
    worth: Worth, expected: Worth, terms: PushTerms, held_out: Bools, asked: Ints, decided: Decisions | _Ruled
) -> Pushed:
    """Put the held out beside the others; their chances are those they would have had, the holdout included.

    `expected` are the costs to expect, beside those that were reckoned with.
    """
    members, count = held_out.size, len(terms.discounts) + 1
    options, explored = np.zeros(members, dtype=np.int64), np.zeros(members, dtype=np.bool_)
    options[asked], explored[asked] = decided.options, decided.explored
    chances = np.zeros((members, count))
    chances[asked] = decided.chances
    chances[held_out] = _of_held_out(worth, terms, held_out, decided)
    chances *= 1 - terms.holdout_share
    chances[:, 0] += terms.holdout_share
    reasons = np.full(members, Reason.HELD_OUT, dtype=object)
    reasons[asked] = decided.reasons
    row = np.arange(members)
    return Pushed(
        options=options,
        chances=chances,
        explored=explored,
        held_out=held_out,
        reasons=tuple(reasons),
        cost_minor=np.column_stack([np.zeros(members), worth.cost_minor])[row, options],
        expected_minor=np.column_stack([np.zeros(members), expected.cost_minor])[row, options],
        margin_minor=np.column_stack([np.zeros(members), worth.margin_minor])[row, options],
        worth=worth,
    )


def _of_held_out(worth: Worth, terms: PushTerms, held_out: Bools, decided: Decisions | _Ruled) -> Floats:
    """Give the chances that members kept out would have had: what the others paid decides for them too."""
    count = len(terms.discounts) + 1
    if isinstance(decided, _Ruled):
        same = decided.chances[:1] if len(decided.chances) else np.eye(1, count)
        return np.repeat(same, int(held_out.sum()), axis=0)
    cost = np.column_stack([np.zeros(held_out.sum()), worth.cost_minor[held_out]])
    value = np.column_stack([np.zeros(held_out.sum()), worth.margin_minor[held_out]])
    greedy = np.argmax(value - decided.allocation.price * cost, axis=1)
    chances = np.full((len(greedy), count), terms.explore_share / count)
    chances[np.arange(len(greedy)), greedy] += 1 - terms.explore_share
    return chances
