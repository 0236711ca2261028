"""Offers as text: what is written reads back as the same, and what is wrong is shown where it stands."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from merchant.offers.cases import CasesBody, judge
from merchant.offers.files import body_from_yaml, rules_from_json, rules_from_yaml, rules_to_json, rules_to_yaml
from merchant.offers.offer_body import OfferBody
from merchant.offers.writing import offer_document, rules_document
from offers.engine.rule_changes import change_to
from offers.engine.rule_faults import Names, faults_of
from offers.model.goods import Goods, GoodsTag
from offers.model.offer import Offer
from offers.model.rule_errors import InvalidRules
from offers.model.rulebook import OfferGroup, Rulebook
from offers.model.rules import Rules
from tests.unit.offered import PROGRAMME, TAGS
from tests.unit.rulebooks import rulebooks

several = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

HAPPY_HOURS = """
groups:
  - {lane: price, name: happy, mode: all}
goods_tags:
  - {name: alcohol, goods: {categories: [wine, beer]}}
guards:
  floors:
    - {goods: {tags: [alcohol]}, share_bp: 9000}
  points_excludes: [alcohol]
offers:
  # Weekday mornings and early evenings, in the outlet's own time.
  - code: happy-hours
    title: {ru: Счастливые часы, en: Happy hours}
    lane: price
    group: happy
    when:
      - daypart:
          windows:
            - {days: [mon, tue, wed, thu, fri], from: 10:00, to: 12:00}
            - {days: [mon, tue, wed, thu, fri], from: 16:00, to: 19:00}
          except_days: [2026-03-09]
      - any_of:
          - segment: [students]
          - not: {goods: {tags: [alcohol]}}
    benefit:
      percent: {bp: 2000, goods: {categories: [coffee], except_tags: [alcohol]}}
    limits: {cap_minor: 50000}
"""


def whole(rulebook: Rulebook) -> Rules:
    """The rules of a rulebook, with every group and every tag they speak of declared, as a text has to."""
    declared = {(group.lane, group.name) for group in rulebook.groups}
    used = {(offer.lane, offer.group) for offer in rulebook.offers} - declared
    named = {tag.name for tag in rulebook.goods_tags}
    tags = [GoodsTag(name=name, goods=Goods(skus=("beer",))) for name in TAGS if name not in named]
    groups = [OfferGroup(lane=lane, name=name) for lane, name in sorted(used)]
    return Rules(
        programme_id=PROGRAMME,
        offers=rulebook.offers,
        groups=(*rulebook.groups, *groups),
        goods_tags=(*rulebook.goods_tags, *tags),
        guards=rulebook.guards,
    )


def from_json(text: str) -> Rules:
    return rules_from_json(text, PROGRAMME).rules


def from_yaml(text: str) -> Rules:
    return rules_from_yaml(text, PROGRAMME).rules


@several
@given(rulebooks().map(whole))
def test_rules_written_as_json_read_back_as_the_same(rules: Rules) -> None:
    text = rules_to_json(rules)

    again = from_json(text)

    assert again == rules
    assert rules_to_json(again) == text


@several
@given(rulebooks().map(whole))
def test_rules_written_as_yaml_read_back_as_the_same(rules: Rules) -> None:
    text = rules_to_yaml(rules)

    again = from_yaml(text)

    assert again == rules
    assert rules_to_yaml(again) == text


def test_yaml_means_what_it_looks_like() -> None:
    rules = from_yaml(HAPPY_HOURS)

    (offer,) = rules.offers
    assert offer.title.ru == "Счастливые часы"
    document = offer_document(offer)
    assert document["when"][0]["daypart"]["windows"][0] == {
        "days": ["mon", "tue", "wed", "thu", "fri"], "from": "10:00", "to": "12:00",
    }  # fmt: skip
    assert document["when"][0]["daypart"]["except_days"] == ["2026-03-09"]
    assert from_json(rules_to_json(rules)) == rules


def test_the_api_takes_and_gives_the_same_offer_as_the_file() -> None:
    offer = one_offer({"limits": {"cap_minor": 5}, "when": [{"first_purchase": True}]})

    assert OfferBody.model_validate_json(json.dumps(offer_document(offer))).to_noun(PROGRAMME) == offer


def test_the_examples_of_the_documentation_are_what_they_say() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "offers.md").read_text()
    (example,) = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (cases,) = re.findall(r"^```yaml cases\n(.*?)^```", text, re.MULTILINE | re.DOTALL)

    rules = from_yaml(example)
    (judged,) = judge(body_from_yaml(CasesBody, cases)[0], rules)

    assert [offer.code for offer in rules.offers][:2] == ["happy-hours", "guest-tea"]
    assert judged.misses == ()


@several
@given(rulebooks(most=4))
def test_every_fault_points_at_something_that_stands_in_the_text(rulebook: Rulebook) -> None:
    """Groups and tags are left out of these rules, so that whatever names one is at fault."""
    rules = replace(whole(rulebook), groups=(), goods_tags=())
    document = rules_document(rules)

    for fault in faults_of(rules, Names(outlets=frozenset(), levels=frozenset())):
        found: Any = document
        for part in fault.pointer.split("/")[1:]:
            found = found[int(part)] if isinstance(found, list) else found[part]
        if "word" in fault.facts:
            assert found == fault.facts["word"]


@several
@given(rulebooks(most=4).map(whole), rulebooks(most=4).map(whole))
def test_a_change_keeps_every_offer_and_is_none_the_second_time(kept: Rules, wanted: Rules) -> None:
    change = change_to(wanted, kept)

    assert change_to(wanted, change.after).is_empty
    assert change_to(change.after, change.after).after == change.after
    assert {offer.code for offer in change.after.offers} == {offer.code for offer in (*kept.offers, *wanted.offers)}
    for offer in change.after.offers:
        before = kept.offer(offer.code)
        raised = offer.version - (before.version if before else 0)
        assert raised == (offer in change.versions)
    assert (change.after.edition - kept.edition) == (not change.is_empty)


def body(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "code": "a",
        "title": {"ru": "Акция", "en": "Offer"},
        "lane": "price",
        "benefit": {"percent": {"bp": 1000}},
        **(changes or {}),
    }


def one_offer(changes: dict[str, Any]) -> Offer:
    return from_json(json.dumps({"offers": [body(changes)]})).offers[0]


def pointers(document: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidRules) as caught:
        from_json(json.dumps(document))
    return [fault.pointer for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"code": "Not A Slug"}, "/code"),
        ({"lane": "fast"}, "/lane"),
        ({"title": {"ru": "Акция"}}, "/title/en"),
        ({"benefit": {"percent": {"bp": 0}}}, "/benefit/percent/bp"),
        ({"benefit": {"percent": {"bp": "10"}}}, "/benefit/percent/bp"),
        ({"benefit": {"percent": None}}, "/benefit"),
        ({"benefit": {}}, "/benefit"),
        ({"benefit": {"percent": {"bp": 1}, "gift": {"sku": "x"}}}, "/benefit"),
        ({"benefit": {"free_lunch": {}}}, "/benefit/free_lunch"),
        ({"benefit": {"extra_points": {"points": 5}}}, "/benefit"),
        ({"benefit": {"take_and_pay": {"take": 2, "pay": 2, "goods": {}}}}, "/benefit/take_and_pay/pay"),
        ({"benefit": {"thresholds": {"steps": [{"at_least_minor": 5, "bp": 1}, {"at_least_minor": 5, "bp": 2}]}}},
         "/benefit/thresholds/steps"),
        ({"benefit": {"thresholds": {"steps": [{"at_least_minor": 5, "bp": 1, "points": 2}]}}},
         "/benefit/thresholds/steps"),
        ({"when": [{"daypart": {"windows": [{"days": ["mon"], "from": "25:00", "to": "12:00"}]}}]},
         "/when/0/daypart/windows/0/from"),
        ({"when": [{"daypart": {"windows": [{"days": ["mon"], "from": "12:00", "to": "12:00"}]}}]},
         "/when/0/daypart/windows/0/to"),
        ({"when": [{"daypart": {"windows": [], "except_days": ["2026-02-30"]}}]}, "/when/0/daypart/except_days/0"),
        ({"when": [{"any_of": [{"not": {"nth_purchase": {"nth": 0}}}]}]}, "/when/0/any_of/0/not/nth_purchase/nth"),
        ({"when": [{"first_purchase": False}]}, "/when/0/first_purchase"),
        ({"when": [{"not": {"not": {"not": {"not": {"not": {"not": {"first_purchase": True}}}}}}}]}, "/when"),
        ({"when": [{"amount": {"at_least_minor": 500, "at_most_minor": 400}}]}, "/when/0/amount/at_most_minor"),
        ({"when": [{"goods": {"quantity": 2}}]}, "/when/0/goods/quantity"),
        ({"when": [{"goods": {"tags": ["alcohol"]}}]}, "/when/0/goods/tags/0"),
        ({"when": [{"not": {"stamps": {"needed": 1, "goods": {"except_tags": ["x"]}}}}]},
         "/when/0/not/stamps/goods/except_tags/0"),
        ({"excludes": ["sale"]}, "/excludes/0"),
        ({"tags": ["sale", "sale"]}, "/tags"),
        ({"group": "happy"}, "/group"),
        ({"limits": {"floor_bp": 10_001}}, "/limits/floor_bp"),
        ({"when": [{"all_of": [{"first_purchase": True}, {"goods": {"tags": ["alcohol"]}}]}]},
         "/when/0/all_of/1/goods/tags/0"),
        ({"when": [{"all_of": [{"goods": {"tags": ["alcohol"]}}]}]}, "/when/0/all_of/0/goods/tags/0"),
        ({"when": [{"daypart": {"windows": [], "special_days": [{"day": "2026-03-08", "hours": []}]}}]},
         "/when/0/daypart"),
        ({"lane": "accrual"}, "/benefit"),
        ({"active_from": "2026-03-08T00:00:00"}, "/active_from"),
        ({"active_from": "2026-03-08T00:00:00Z", "active_until": "2026-03-08T00:00:00Z"}, "/active_until"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_pointed_at(changes: dict[str, Any], pointer: str) -> None:
    assert pointers({"offers": [body(), body({"code": "b", **changes})]}) == [f"/offers/1{pointer}"]


def test_names_that_stand_twice_are_pointed_at() -> None:
    group = {"lane": "price", "name": "x"}
    tag = {"name": "t", "goods": {}}

    found = pointers({"offers": [body(), body()], "groups": [group, group], "goods_tags": [tag, tag]})

    assert found == ["/offers/1/code", "/groups/1/name", "/goods_tags/1/name"]


def test_a_tag_is_not_made_of_tags() -> None:
    assert pointers({"goods_tags": [{"name": "t", "goods": {"tags": ["u"]}}]}) == ["/goods_tags/0/goods"]


@pytest.mark.parametrize(
    ("old", "new", "line", "pointer"),
    [
        ("bp: 2000", "bp: 20001", 26, "/offers/0/benefit/percent/bp"),
        ("to: 12:00", "to: 25:00", 19, "/offers/0/when/0/daypart/windows/0/to"),
        ("lane: price\n    group", "lane: accrual\n    group", 15, "/offers/0/group"),
        ("en: Happy hours", "de: Frohe Stunden", 13, "/offers/0/title/en"),
        ("[students]", "[students, students]", 23, "/offers/0/when/1/any_of/0/segment"),
    ],
)
def test_a_fault_in_yaml_tells_its_line(old: str, new: str, line: int, pointer: str) -> None:
    with pytest.raises(InvalidRules) as caught:
        from_yaml(HAPPY_HOURS.replace(old, new))

    assert (line, pointer) in [(fault.line, fault.pointer) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("offers: [", 1),
        ("guards: {}\nguards: {}", 2),
        ("offers:\n  - &one {}\n  - *one", 2),
        ("offers: " + "[" * 20_000, 1),
        ("? [1]\n: 2", 1),
        ("- 1", 1),
        ("", None),
    ],
)
def test_what_is_no_offers_file_in_yaml_is_refused(text: str, line: int | None) -> None:
    with pytest.raises(InvalidRules) as caught:
        from_yaml(text)

    assert caught.value.faults[0].line == line


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"offers": {}}', "[" * 5_000, " " * 1_100_000])
def test_what_is_no_offers_file_in_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidRules):
        from_json(text)


def test_an_empty_file_is_a_programme_without_offers() -> None:
    assert from_json("{}").offers == ()
