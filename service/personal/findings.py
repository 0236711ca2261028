"""What a dry run found, put into figures: reach, cost, margin, the holdout's power, gaps between groups, a sample."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from offers.engine.personal_offers import size_of
from offers.model.personal import Template
from offers.model.personal_run import (
    MAX_GROUPS,
    MAX_SAMPLE,
    GroupSpread,
    LevelReach,
    Policy,
    Rehearsal,
    Sampled,
    UseExpected,
)
from offers.model.programme import BASIS_POINTS, Programme
from offers.model.scores import ScoreRun
from scoring.arrays import Floats
from scoring.decisions.bounds import GroupGap, audit
from scoring.decisions.push import Audience, Pushed, PushTerms, margin_interval
from scoring.measurement.power import detectable_effect
from service.personal.audience import Gathered, Hopeful
from service.personal.words import reason_for_staff, with_use

TOLERATED_GAP = 0.02
"""Of the price: groups further apart than this, beyond what chance explains, are worth a look."""
_SAMPLED_OF_EACH_REASON = 2
_AGES = ((30, "age:under 30"), (50, "age:30 to 49"), (200, "age:50 and over"))


def rehearsal_of(  # noqa: PLR0917 - what was decided, and everything it was decided from
    template: Template,
    programme: Programme,
    gathered: Gathered,
    audience: Audience,
    terms: PushTerms,
    pushed: Pushed,
    scores: ScoreRun,
    *,
    year: int,
) -> Rehearsal:
    """Give the figures; `year` is the current one, for ages."""
    interval = margin_interval(audience, terms, pushed)
    cost = pushed.total_cost_minor
    marks = _groups(gathered.hopefuls, year)
    seen = audit(pushed.options, np.array(terms.discounts), marks) if gathered.hopefuls else None
    use = _use(template, audience, pushed, scores)
    return Rehearsal(
        policy=Policy.RULE if audience.effects is None else Policy.LEARNED,
        decided=len(gathered.hopefuls),
        reach=_reach(template, pushed),
        held_out=int(pushed.held_out.sum()),
        drawn=int(pushed.explored.sum()),
        left_out=dict(gathered.left_out),
        budget_left_minor=int(terms.budget_minor),
        cost_minor=round(cost),
        margin_minor=(-round(cost), None, None) if interval is None else tuple(round(each) for each in interval),  # type: ignore[arg-type] # three of them
        break_even_centi=_break_even(audience, terms, pushed),
        detectable_bp=_detectable(audience, pushed),
        mean_bp=round(seen.mean * BASIS_POINTS) if seen else 0,
        groups=tuple(_spread(gap) for gap in seen.gaps) if seen else (),
        sample=_sample(template, programme, gathered.hopefuls, audience, pushed, use),
        expected_minor=round(float(pushed.expected_minor.sum())),
        use=use,
    )


def _reach(template: Template, pushed: Pushed) -> tuple[LevelReach, ...]:
    options = pushed.chances.shape[1]
    return tuple(
        LevelReach(
            size=size_of(template.levels, option),
            members=int((pushed.options == option).sum()),
            cost_minor=round(float(pushed.cost_minor[pushed.options == option].sum())),
        )
        for option in range(options)
    )


def _use(template: Template, audience: Audience, pushed: Pushed, scores: ScoreRun) -> UseExpected | None:
    """Give the mean shares of those who get something; of everybody and the smallest level, where nobody does."""
    if audience.use is None or scores.coupons is None:
        return None
    rows = np.flatnonzero(pushed.options > 0)
    rows, levels = (rows, pushed.options[rows] - 1) if rows.size else (np.arange(len(pushed.options)), 0)
    expected, reckoned = audience.use.expected[rows, levels], audience.use.reckoned[rows, levels]
    own = scores.coupons.of(template.code)
    return UseExpected(
        share_bp=round(float(expected.mean()) * BASIS_POINTS) if expected.size else 0,
        reckoned_bp=round(float(reckoned.mean()) * BASIS_POINTS) if reckoned.size else 0,
        coupons=scores.coupons.coupons,
        own_coupons=own.coupons if own else 0,
    )


def _break_even(audience: Audience, terms: PushTerms, pushed: Pushed) -> int:
    """Say how many extra purchases of a hundred members who get something pay for what all of them get."""
    given = pushed.options > 0
    earned = float((terms.margin_share * audience.basket_minor[given]).sum())
    return round(10_000 * pushed.total_cost_minor / earned) if earned > 0 else 0


def _detectable(audience: Audience, pushed: Pushed) -> int | None:
    """Say what the holdout could notice. Purchases vary between members and, for each, by chance (Poisson)."""
    treated, control = int((pushed.options > 0).sum()), int(pushed.held_out.sum())
    usual = float(audience.anyway.mean()) if len(audience.anyway) else 0.0
    if not treated or not control or usual <= 0:
        return None
    deviation = float(np.sqrt(usual + audience.anyway.var()))
    effect = detectable_effect(deviation=deviation, treated_members=treated, control_members=control)
    return round(BASIS_POINTS * effect / usual)


def _groups(hopefuls: Sequence[Hopeful], year: int) -> dict[str, Floats]:
    """Mark members by language, age and the largest of the staff's segments: read here, never by the decision."""
    named = [{f"language:{each.marks.language}", *each.marks.segments, *_age(each, year)} for each in hopefuls]
    largest = Counter(name for names in named for name in names).most_common(MAX_GROUPS)
    return {name: np.array([float(name in names) for names in named], dtype=np.float64) for name, _ in sorted(largest)}


def _age(hopeful: Hopeful, year: int) -> tuple[str, ...]:
    born = hopeful.marks.birth_year
    if born is None:
        return ()
    return (next((name for below, name in _AGES if year - born < below), _AGES[-1][1]),)


def _spread(gap: GroupGap) -> GroupSpread:
    effect = gap.effect
    return GroupSpread(
        group=gap.group,
        gap_bp=round(effect.absolute * BASIS_POINTS),
        low_bp=round(effect.low * BASIS_POINTS),
        high_bp=round(effect.high * BASIS_POINTS),
        is_wide=gap.worth_a_look(TOLERATED_GAP),
    )


def _sample(  # noqa: PLR0917 - what a line of reason is made of
    template: Template,
    programme: Programme,
    hopefuls: Sequence[Hopeful],
    audience: Audience,
    pushed: Pushed,
    use: UseExpected | None,
) -> tuple[Sampled, ...]:
    """Give the first members of each reason: one line each, in both languages."""
    seen: Counter[str] = Counter()
    sample: list[Sampled] = []
    for index, reason in enumerate(pushed.reasons):
        if seen[reason] >= _SAMPLED_OF_EACH_REASON or len(sample) == MAX_SAMPLE:
            continue
        seen[reason] += 1
        option = int(pushed.options[index])
        size = size_of(template.levels, option)
        margin_minor = round(float(pushed.margin_minor[index]))
        line = reason_for_staff(reason, template.levels, size, margin_minor=margin_minor, currency=programme.currency)
        if option:
            share = float(audience.use.expected[index, option - 1]) if audience.use else None
            line = with_use(line, share=share, coupons=use.coupons if use else 0)
        sample.append(Sampled(member_id=hopefuls[index].scores.member_id, size=size, reason=line))
    return tuple(sample)
