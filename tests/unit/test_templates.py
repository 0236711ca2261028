"""Templates of personal offers: read and written as text, fenced in, and one offer each in the rulebook."""

import json
from dataclasses import replace
from typing import Any

import pytest

from merchant.offers.files import rules_from_yaml, rules_to_json, rules_to_yaml
from merchant.offers.template_body import TemplateBody
from offers.engine.rule_changes import change_to
from offers.engine.rule_faults import faults_of
from offers.model.benefit import AccrualTimes, Gift, Percent
from offers.model.goods import Goods
from offers.model.offer import Lane, OfferState, Reach
from offers.model.personal import GiftLevel, PercentLevels, PointsLevels, Template, benefit_at, shares_bp
from offers.model.programme import Terms
from offers.model.rule_errors import InvalidRules
from offers.model.rules import Rules
from tests.unit.offered import PROGRAMME

WIN_BACK = """
personal_offers:
  - code: win-back
    title: {ru: Возвращайтесь, en: Come back}
    when:
      - segment: ["rfm:slipping", "rfm:sleeping"]
      - score: {score: buys_again, at_most: 5000}
    benefit: {percent: {rates_bp: [500, 1000, 1500], favourite: true, goods: {except_categories: [wine]}}}
    budget_minor: 500000
    cap_minor: 20000
    guardrails: {margin_bp: 6000, margin_floor_bp: 3000, deepest_bp: 2000, widest_spread_bp: 1500}
    automatic: {most_growth_bp: 2000}
  - code: double
    title: {ru: Двойные баллы, en: Double points}
    benefit: {accrual_times: {times_bp: [20000, 30000]}}
    budget_minor: 100000
    guardrails: {margin_bp: 6000}
    automatic: {}
"""


def read(**changes: Any) -> Template:
    """One template, with changes to its text."""
    document = {
        "code": "win-back",
        "title": {"ru": "Возвращайтесь", "en": "Come back"},
        "benefit": {"percent": {"rates_bp": [500, 1_000]}},
        "budget_minor": 500_000,
        "guardrails": {"margin_bp": 6_000},
        **changes,
    }
    return TemplateBody.model_validate_json(json.dumps(document)).to_noun(PROGRAMME)


def test_what_is_written_reads_back_as_the_same() -> None:
    rules = rules_from_yaml(WIN_BACK, PROGRAMME).rules

    assert rules_from_yaml(rules_to_yaml(rules), PROGRAMME).rules == rules
    assert rules_from_yaml(rules_to_json(rules), PROGRAMME).rules == rules
    assert [template.code for template in rules.templates] == ["win-back", "double"]
    assert rules.templates[0].automatic is not None
    assert rules.templates[1].automatic is not None


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"benefit": {"percent": {"rates_bp": [1_000, 500]}}}, "/benefit/percent/rates_bp/1", "not_ascending"),
        ({"benefit": {"percent": {"rates_bp": [500, 3_500]}}}, "/benefit/percent/rates_bp/1", "beyond_deepest"),
        (
            {"guardrails": {"margin_bp": 6_000, "widest_spread_bp": 900}},
            "/benefit/percent/rates_bp/1",
            "beyond_spread",
        ),
        (
            {"guardrails": {"margin_bp": 3_000, "margin_floor_bp": 2_100}},
            "/benefit/percent/rates_bp/1",
            "below_margin_floor",
        ),
        ({"explore_bp": 6_000, "holdout_bp": 5_000}, "/explore_bp", "more_than_all"),
        ({"when": [{"segment": ["vip", "gender:female"]}]}, "/when/0/segment/1", "protected_trait"),
        ({"when": [{"not": {"segment": ["age 18-25"]}}]}, "/when/0/not/segment/0", "protected_trait"),
        ({"when": [{"birthday": {}}]}, "/when/0/birthday", "not_of_a_member"),
        ({"when": [{"likes": ["coffee"]}, {"first_purchase": True}]}, "/when/1/first_purchase", "not_of_a_member"),
        ({"excludes": ["nobody-carries-it"]}, "/excludes/0", "unknown_tag"),
    ],
)
def test_a_fence_says_which_word_of_the_text_is_beyond_it(changes: dict[str, Any], pointer: str, code: str) -> None:
    faults = list(faults_of(Rules(programme_id=PROGRAMME, templates=(read(**changes),))))

    assert (f"/personal_offers/0{pointer}", code) in [(fault.pointer, fault.code) for fault in faults]


def test_a_fault_in_a_file_has_its_line() -> None:
    with pytest.raises(InvalidRules) as refused:
        rules_from_yaml(WIN_BACK.replace("widest_spread_bp: 1500", "widest_spread_bp: 1200"), PROGRAMME)

    assert [(fault.code, fault.line) for fault in refused.value.faults] == [("beyond_spread", 8)]


def test_a_template_and_an_offer_cannot_share_a_code() -> None:
    template = read()
    offer = template.offer()
    assert offer is not None

    faults = list(faults_of(Rules(programme_id=PROGRAMME, offers=(offer,), templates=(template,))))

    assert [(fault.pointer, fault.code) for fault in faults] == [("/personal_offers/0/code", "name_twice")]


def test_versions_are_counted_by_what_changes_and_what_is_left_out_is_archived() -> None:
    first = change_to(Rules(programme_id=PROGRAMME, templates=(read(),)), Rules(programme_id=PROGRAMME))
    same = change_to(Rules(programme_id=PROGRAMME, templates=(read(),)), first.after)
    cheaper = change_to(Rules(programme_id=PROGRAMME, templates=(read(budget_minor=1),)), first.after)
    gone = change_to(Rules(programme_id=PROGRAMME), cheaper.after)

    assert same.is_empty
    assert [each.version for each in cheaper.templates] == [2]
    assert cheaper.parts == ("personal_offers",)
    assert [(each.version, each.state) for each in gone.after.templates] == [(3, OfferState.ARCHIVED)]


@pytest.mark.parametrize(
    ("state", "stands"),
    [(OfferState.ACTIVE, True), (OfferState.PAUSED, True), (OfferState.DRAFT, False), (OfferState.ARCHIVED, False)],
)
def test_what_was_issued_goes_on_while_a_template_pauses(state: OfferState, *, stands: bool) -> None:
    offer = replace(read(cap_minor=20_000), state=state).offer()

    assert (offer is not None) == stands
    if offer is not None:
        assert (offer.state, offer.reach, offer.lane) == (OfferState.ACTIVE, Reach.COUPON, Lane.COUPON)
        assert offer.limits.cap_minor == 20_000


def test_a_level_is_a_benefit_on_what_the_member_likes() -> None:
    percent = PercentLevels(rates_bp=(500, 1_000), goods=Goods(except_tags=("alcohol",)))

    assert benefit_at(percent, 1, "coffee") == Percent(
        bp=1_000, goods=Goods(categories=("coffee",), except_tags=("alcohol",))
    )
    assert benefit_at(PointsLevels(times_bp=(20_000,)), 0, None) == AccrualTimes(times_bp=20_000)
    assert benefit_at(GiftLevel(sku="cake", value_minor=9_000), 0, None) == Gift(sku="cake")
    assert shares_bp(PointsLevels(times_bp=(20_000, 30_000)), Terms(accrual_bp=500)) == (500, 1_000)
