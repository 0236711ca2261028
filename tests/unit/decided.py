"""Decisions of every kind, for the laws that hold for all of them."""

from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from offers.engine.decide import decide
from offers.engine.ready_rulebook import make_ready
from offers.model.decision import Basket, Decision
from offers.model.facts import Facts
from offers.model.rulebook import Rulebook
from tests.unit.offered import AT
from tests.unit.rulebooks import BASKETS, FACTS, rulebooks

several = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Drawing a rulebook takes longer than deciding by it."""


@st.composite
def decisions(draw: st.DrawFn) -> tuple[Rulebook, Facts, Basket, Decision]:
    """A purchase that takes as many of its points as it may, or fewer."""
    rulebook, facts, basket = draw(rulebooks()), draw(FACTS), draw(BASKETS)
    most = decide(make_ready(rulebook), facts, basket, AT).redeemable_points
    basket = replace(basket, points_to_redeem=draw(st.just(0) | st.integers(0, most)))
    return rulebook, facts, basket, decide(make_ready(rulebook), facts, basket, AT)


Made = tuple[Rulebook, Facts, Basket, Decision]
