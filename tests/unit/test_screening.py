"""Who may compete at all: offers that run, whose code was shown, and of which something is left."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from offers.model.benefit import Percent
from offers.model.condition import CodeKind, NthPurchase
from offers.model.facts import CodeState, Remaining, ShownCode
from offers.model.offer import Lane, OfferState, Reach, offer_id
from tests.unit.offer_cases import (
    NOBODY,
    decided,
    offer,
    said,
)
from tests.unit.offered import AT, PROGRAMME

A = offer_id(PROGRAMME, "a")
FIFTH = Percent(bp=2_000)


@pytest.mark.parametrize("measure", ["uses", "money_minor", "points"])
def test_an_empty_budget_is_told(measure: str) -> None:
    empty = Remaining(scope="outlet", **{measure: 0})

    code, facts = said(decided(offer("a", FIFTH), facts=replace(NOBODY, remaining={A: (empty,)})), "a")

    assert (code, facts["scope"]) == ("offer_exhausted", "outlet")


def test_held_out_are_only_those_who_would_have_had_it() -> None:
    facts = replace(NOBODY, held_out=frozenset({A}))

    eligible = decided(offer("a", FIFTH, may_be_withheld=True), facts=facts)
    not_eligible = decided(offer("a", FIFTH, may_be_withheld=True, condition=NthPurchase(nth=9)), facts=facts)
    promised = decided(offer("a", FIFTH), facts=facts)

    assert (said(eligible, "a")[0], eligible.discount_minor) == ("offer_held_out", 0)
    assert said(not_eligible, "a")[0] == "offer_skipped"
    assert said(promised, "a")[0] == "offer_applied"


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ({"state": OfferState.PAUSED}, "paused"),
        ({"state": OfferState.DRAFT}, "draft"),
        ({"active_from": AT + timedelta(seconds=1)}, "not_yet"),
        ({"active_until": AT}, "ended"),
    ],
)
def test_an_offer_that_does_not_run_says_why(rest: dict[str, Any], reason: str) -> None:
    code, facts = said(decided(offer("a", FIFTH, **rest)), "a")

    assert (code, facts["reason"]) == ("offer_not_active", reason)


def test_an_offer_runs_from_its_first_instant_on() -> None:
    assert said(decided(offer("a", FIFTH, active_from=AT, active_until=AT + timedelta(seconds=1))), "a")[0] == (
        "offer_applied"
    )


@pytest.mark.parametrize(
    ("shown", "code", "fact"),
    [
        (None, "offer_needs_code", ("needs", "coupon")),
        (ShownCode(kind=CodeKind.VOUCHER, reference="v"), "offer_needs_code", ("needs", "coupon")),
        (ShownCode(kind=CodeKind.COUPON, reference="c", state=CodeState.USED), "offer_code_refused", ("state", "used")),
        (ShownCode(kind=CodeKind.COUPON, reference="c"), "offer_applied", ("saving_minor", 6_000)),
    ],
)
def test_what_goes_by_coupon_needs_one_that_works(
    shown: ShownCode | None, code: str, fact: tuple[str, int | str]
) -> None:
    by_coupon = offer("a", FIFTH, Lane.COUPON, reach=Reach.COUPON)

    decision = decided(by_coupon, facts=replace(NOBODY, codes={A: shown} if shown else {}))

    assert said(decision, "a")[0] == code
    assert said(decision, "a")[1][fact[0]] == fact[1]
    assert [each.code for each in decision.offers] == (["c"] if code == "offer_applied" else [])
