"""What is wrong with a template of personal offers: each fault at its place in the text."""

from collections.abc import Iterator
from itertools import pairwise

from offers.engine.rule_walks import single_conditions
from offers.engine.segment_faults import segment_faults
from offers.model.condition import Condition, InSegment, LikesCategory, ScoreWithin
from offers.model.personal import GiftLevel, Guardrails, PercentLevels, PointsLevels, Template
from offers.model.programme import BASIS_POINTS
from offers.model.protected import protected_among
from offers.model.rule_errors import RuleFault

_STEPS = {PercentLevels: "rates_bp", PointsLevels: "times_bp"}


def template_faults(template: Template, place: str) -> Iterator[RuleFault]:
    """Give what can be told from the template alone; `place` is its JSON pointer."""
    yield from _level_faults(template, f"{place}/benefit/{template.levels.kind}")
    yield from _guardrail_faults(template.guardrails, f"{place}/guardrails")
    if template.explore_bp + template.holdout_bp > BASIS_POINTS:
        yield RuleFault(pointer=f"{place}/explore_bp", code="more_than_all")
    for spot, condition in single_conditions(template.condition, f"{place}/when"):
        yield from _whom_faults(condition, spot)


def _level_faults(template: Template, place: str) -> Iterator[RuleFault]:
    levels, rails = template.levels, template.guardrails
    if isinstance(levels, GiftLevel):
        return
    steps = levels.rates_bp if isinstance(levels, PercentLevels) else levels.times_bp
    spot = f"{place}/{_STEPS[type(levels)]}"
    for number, (lower, higher) in enumerate(pairwise(steps)):
        if higher <= lower:
            yield RuleFault(pointer=f"{spot}/{number + 1}", code="not_ascending")
    if isinstance(levels, PercentLevels):
        for number, rate in enumerate(steps):
            yield from _deep_faults(rails, rate, f"{spot}/{number}")


def _deep_faults(rails: Guardrails, rate: int, place: str) -> Iterator[RuleFault]:
    if rate > rails.deepest_bp:
        yield RuleFault(pointer=place, code="beyond_deepest", facts={"limit_bp": rails.deepest_bp})
    if rate > rails.widest_spread_bp:
        yield RuleFault(pointer=place, code="beyond_spread", facts={"limit_bp": rails.widest_spread_bp})
    if rails.margin_bp - rate < rails.margin_floor_bp:
        yield RuleFault(pointer=place, code="below_margin_floor", facts={"limit_bp": rails.margin_floor_bp})


def _guardrail_faults(rails: Guardrails, place: str) -> Iterator[RuleFault]:
    if rails.margin_floor_bp > rails.margin_bp:
        yield RuleFault(pointer=f"{place}/margin_floor_bp", code="less_than_equal", facts={"le": rails.margin_bp})


def _whom_faults(condition: Condition, place: str) -> Iterator[RuleFault]:
    match condition:
        case InSegment(segments=names):
            yield from segment_faults(names, place)
            for number, name in enumerate(names):
                if protected_among([name]):
                    yield RuleFault(pointer=f"{place}/{number}", code="protected_trait", facts={"word": name})
        case ScoreWithin() | LikesCategory():
            return
        case _:
            yield RuleFault(pointer=place, code="not_of_a_member")
