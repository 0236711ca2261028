"""Walks through the conditions of an offer: every single one with its place, and copies with other outlets."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from offers.model.condition import AllOf, AnyOf, AtOutlet, Condition, Not
from offers.model.ids import OutletId
from offers.model.rules import Rules


def single_conditions(condition: Condition, place: str) -> Iterator[tuple[str, Condition]]:
    """Give every condition that holds no others, with its JSON pointer; `place` is that of the list of conditions."""
    if isinstance(condition, AllOf) and len(condition.conditions) != 1:
        for number, part in enumerate(condition.conditions):
            yield from _inside(part, f"{place}/{number}")
    else:
        yield from _inside(condition, f"{place}/0")


def with_outlet_ids(rules: Rules, ids: Mapping[str, OutletId]) -> Rules:
    """Give the rules with outlets by their ids where they were called by their slugs."""
    offers = (replace(offer, condition=_renamed(offer.condition, ids)) for offer in rules.offers)
    return replace(rules, offers=tuple(offers))


def _inside(condition: Condition, place: str) -> Iterator[tuple[str, Condition]]:
    match condition:
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            for number, part in enumerate(parts):
                yield from _inside(part, f"{place}/{condition.kind}/{number}")
        case Not(condition=part):
            yield from _inside(part, f"{place}/not")
        case _:
            yield f"{place}/{condition.kind}", condition


def _renamed(condition: Condition, ids: Mapping[str, OutletId]) -> Condition:
    match condition:
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            return replace(condition, conditions=tuple(_renamed(part, ids) for part in parts))
        case Not(condition=part):
            return Not(condition=_renamed(part, ids))
        case AtOutlet(outlets=outlets):
            return AtOutlet(outlets=tuple(dict.fromkeys(ids.get(outlet, outlet) for outlet in outlets)))
        case _:
            return condition
