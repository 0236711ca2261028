"""Rulebooks as JSON documents: what bodies read back as the same nouns. What stands at its default is left out."""

from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from merchant.offers.dayparts_body import WEEK
from offers.engine.dayparts import clock_time
from offers.model.benefit import Benefit
from offers.model.condition import (
    AllOf,
    AnyOf,
    AtLevel,
    AtOutlet,
    BySalesChannel,
    CodePresented,
    Condition,
    DuringDayparts,
    FirstPurchase,
    GoodsBought,
    InSegment,
    LikesCategory,
    Not,
)
from offers.model.daypart import Dayparts, Window
from offers.model.offer import Offer
from offers.model.personal import Template
from offers.model.rules import Rules

Document = dict[str, Any]
_WRITTEN_APART = {"id", "programme_id", "benefit", "condition", "levels"}


def rules_document(rules: Rules) -> Document:
    """Write the rules of a programme."""
    document = {
        "groups": plain(rules.groups),
        "goods_tags": plain(rules.goods_tags),
        "guards": plain(rules.guards),
        "offers": [offer_document(offer) for offer in rules.offers],
        "personal_offers": [template_document(template) for template in rules.templates],
    }
    return {name: value for name, value in document.items() if value}


def offer_document(offer: Offer) -> Document:
    """Write an offer, in the order a person reads it."""
    document = {name: value for name, value in plain(offer).items() if name not in _WRITTEN_APART}
    limits = {"limits": document.pop("limits")} if "limits" in document else {}
    when = {"when": found} if (found := _conditions(offer.condition)) else {}
    first = {name: document.pop(name) for name in ("code", "version", "title", "lane") if name in document}
    return {**first, **when, "benefit": benefit_document(offer.benefit), **limits, **document}


def template_document(template: Template) -> Document:
    """Write a template of personal offers, in the order a person reads it."""
    document = {name: value for name, value in plain(template).items() if name not in _WRITTEN_APART}
    when = {"when": found} if (found := _conditions(template.condition)) else {}
    first = {name: document.pop(name) for name in ("code", "version", "title") if name in document}
    return {**first, **when, "benefit": {template.levels.kind: plain(template.levels)}, **document}


def changed_fields(old: Offer, new: Offer) -> list[Document]:
    """Give the fields of an offer's text that differ; null where one does not stand."""
    before, after = offer_document(old), offer_document(new)
    names = [name for name in {**before, **after} if name != "version" and before.get(name) != after.get(name)]
    return [{"field": name, "before": before.get(name), "after": after.get(name)} for name in names]


def benefit_document(benefit: Benefit) -> Document:
    return {benefit.kind: plain(benefit)}


def condition_document(condition: Condition) -> Document:
    return {condition.kind: _said(condition)}


def plain(noun: Any) -> Any:
    """Write a noun field by field; `kind` is for whoever writes the name before it."""
    if isinstance(noun, Enum):
        return noun.value
    if isinstance(noun, tuple):
        return [plain(each) for each in noun]
    if isinstance(noun, Decimal):
        return f"{noun:f}"
    if isinstance(noun, datetime):
        return noun.isoformat().replace("+00:00", "Z")
    if not is_dataclass(noun):
        return noun
    return {
        field.name: plain(value)
        for field in fields(noun)
        if field.name != "kind" and (value := getattr(noun, field.name)) != _default(field)
    }


def _conditions(condition: Condition) -> list[Document]:
    """Write a condition as the list, all of which must hold, that reads back as the same."""
    if isinstance(condition, AllOf) and len(condition.conditions) != 1:
        return [condition_document(part) for part in condition.conditions]
    return [condition_document(condition)]


def _said(condition: Condition) -> Any:
    match condition:
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            said: Any = [condition_document(part) for part in parts]
        case Not(condition=part):
            said = condition_document(part)
        case GoodsBought(goods=goods, quantity=quantity):
            said = {**plain(goods), **({"quantity": plain(quantity)} if quantity else {})}
        case DuringDayparts(dayparts=dayparts):
            said = _dayparts(dayparts)
        case FirstPurchase():
            said = True
        case (
            AtOutlet(outlets=words)
            | InSegment(segments=words)
            | AtLevel(levels=words)
            | LikesCategory(categories=words)
        ):
            said = list(words)
        case CodePresented(by=choices) | BySalesChannel(channels=choices):
            said = plain(choices)
        case _:
            said = plain(condition)
    return said


def _dayparts(dayparts: Dayparts) -> Document:
    document: Document = {
        "windows": [
            {"days": [WEEK[day].value for day in weekly.weekdays], **_hours(weekly.window)}
            for weekly in dayparts.weekly
        ]
    }
    if dayparts.except_days:
        document["except_days"] = list(dayparts.except_days)
    if dayparts.special_days:
        document["special_days"] = [
            {"day": special.day, "hours": [_hours(window) for window in special.windows]}
            for special in dayparts.special_days
        ]
    return document


def _hours(window: Window) -> Document:
    return {"from": clock_time(window.start_minute), "to": clock_time(window.end_minute)}


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()
