"""Eligibility: conditions made ready to be asked, each answering None or what failed and why.

A failure names one condition: of `all_of` the first that fails, of `any_of` the first one and how many others there
were. Conditions look at the basket before any discount, so that no offer makes another one eligible.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from offers.engine.basket import BasketView
from offers.engine.dayparts import LocalMoment
from offers.model.condition import AllOf, AnyOf, Condition, Not
from offers.model.facts import Facts
from offers.model.ids import OfferId
from offers.model.programme import Terms

FactsOfFailure = Mapping[str, int | str]


@dataclass(slots=True)
class Situation:
    """One purchase as conditions see it. `level` is the key of the discount level held."""

    facts: Facts
    basket: BasketView
    moment: LocalMoment
    at: datetime
    level: str | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A condition that does not hold, or, when `negated`, one that does and must not."""

    condition: str
    facts: FactsOfFailure
    negated: bool = False


Check = Callable[[Situation], Failure | None]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose condition it is: some look for facts of their offer, or speak of the programme's levels."""

    offer_id: OfferId
    terms: Terms


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition made ready: how to ask it, and what it says of itself whoever asks."""

    kind: str
    check: Check
    says: FactsOfFailure


Leaf = Callable[[Condition, Subject], Asked]


def ready(condition: Condition, subject: Subject, leaf: Leaf) -> Asked:
    """Make a condition ready; `leaf` knows those that are not made of others."""
    match condition:
        case AllOf(conditions=parts):
            return _all_of([ready(part, subject, leaf) for part in parts])
        case AnyOf(conditions=parts):
            return _any_of([ready(part, subject, leaf) for part in parts])
        case Not(condition=part):
            return _not(ready(part, subject, leaf))
        case _:
            return leaf(condition, subject)


def _all_of(parts: list[Asked]) -> Asked:
    if len(parts) == 1:
        return parts[0]
    checks = [part.check for part in parts]

    def check(situation: Situation) -> Failure | None:
        for each in checks:
            if failure := each(situation):
                return failure
        return None

    return Asked(kind="all_of", check=check, says={})


def _any_of(parts: list[Asked]) -> Asked:
    if len(parts) == 1:
        return parts[0]
    checks = [part.check for part in parts]

    def check(situation: Situation) -> Failure | None:
        first: Failure | None = None
        for each in checks:
            failure = each(situation)
            if failure is None:
                return None
            first = first or failure
        if first is None:
            return Failure("any_of", {})
        facts = {**first.facts, "other_ways": len(checks) - 1}
        return Failure(first.condition, facts, first.negated)

    return Asked(kind="any_of", check=check, says={})


def _not(part: Asked) -> Asked:
    forbidden = Failure(part.kind, part.says, negated=True)

    def check(situation: Situation) -> Failure | None:
        return None if part.check(situation) else forbidden

    return Asked(kind="not", check=check, says=part.says)
