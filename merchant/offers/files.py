"""Offers files: JSON and YAML to rules and back, with every fault at its pointer and, in YAML, its line."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from merchant.offers.checked import Body, checked, fault_of
from merchant.offers.offer_body import OfferBody
from merchant.offers.rulebook_body import RulebookBody
from merchant.offers.template_body import TemplateBody
from merchant.offers.writing import rules_document
from merchant.offers.yaml_text import YamlFault, read_yaml, write_yaml
from offers.engine.rule_faults import faults_of
from offers.model.ids import ProgrammeId
from offers.model.rule_errors import InvalidRules, RuleFault
from offers.model.rules import Rules

MAX_FILE_BYTES = 1024 * 1024
Lines = Mapping[str, int]
"""The line of every pointer of a text, counted from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesText:
    """Rules as they were read. `folded` are the places of lists whose only condition is an `all_of` of several.

    Those read as the list that stands inside, so what is said of it has to be moved in again.
    """

    rules: Rules
    lines: Lines = field(default_factory=dict)
    folded: tuple[str, ...] = ()

    @contextmanager
    def placing(self) -> Iterator[None]:
        """Let faults that are found in the rules point to where they stand in the text."""
        try:
            yield
        except InvalidRules as error:
            raise InvalidRules([self._placed(fault) for fault in error.faults]) from None

    def _placed(self, fault: RuleFault) -> RuleFault:
        place = fault.pointer
        for outside in self.folded:
            if place.startswith(f"{outside}/"):
                place = f"{outside}/0/all_of{place.removeprefix(outside)}"
        return replace(fault, pointer=place, line=_line(place, self.lines))


def rules_from_json(text: str, programme_id: ProgrammeId) -> RulesText:
    """Read rules. Raises InvalidRules; what they say of the programme itself is checked where they are kept."""
    return _rules(*body_from_json(RulebookBody, text), programme_id)


def rules_from_yaml(text: str, programme_id: ProgrammeId) -> RulesText:
    """Read rules. Raises InvalidRules."""
    return _rules(*body_from_yaml(RulebookBody, text), programme_id)


def body_from_json(model: type[Body], text: str) -> tuple[Body, Lines]:
    """Read any body from a text; of JSON no lines are known. Raises InvalidRules."""
    _check_size(text)
    return _body(model, text, {}), {}


def body_from_yaml(model: type[Body], text: str) -> tuple[Body, Lines]:
    """Read any body from a text. Raises InvalidRules."""
    _check_size(text)
    try:
        document, lines = read_yaml(text)
    except YamlFault as fault:
        found = RuleFault(pointer=fault.pointer, code=fault.code, facts=fault.facts, line=fault.line)
        raise InvalidRules([found]) from None
    return _body(model, json.dumps(document), lines), lines


def rules_to_json(rules: Rules) -> str:
    return json.dumps(rules_document(rules), ensure_ascii=False, indent=2) + "\n"


def rules_to_yaml(rules: Rules) -> str:
    return write_yaml(rules_document(rules))


def folded_in(offer: OfferBody | TemplateBody, place: str) -> tuple[str, ...]:
    """Tell whether the conditions of an offer fold: the place of their list, or nothing."""
    (inner,) = offer.when if len(offer.when) == 1 else (None,)
    is_folded = inner is not None and inner.all_of is not None and len(inner.all_of) != 1
    return (f"{place}/when",) if is_folded else ()


def _body(model: type[Body], text: str, lines: Lines) -> Body:
    try:
        return checked(model, text)
    except ValidationError as error:
        raise InvalidRules([fault_of(error.errors(include_url=False)[0])]) from None
    except InvalidRules as error:
        raise InvalidRules([replace(fault, line=_line(fault.pointer, lines)) for fault in error.faults]) from None


def _rules(body: RulebookBody, lines: Lines, programme_id: ProgrammeId) -> RulesText:
    texts: list[tuple[str, OfferBody | TemplateBody]] = [
        *((f"/offers/{number}", text) for number, text in enumerate(body.offers)),
        *((f"/personal_offers/{number}", text) for number, text in enumerate(body.personal_offers)),
    ]
    folded = tuple(place for outside, text in texts for place in folded_in(text, outside))
    read = RulesText(rules=body.to_noun(programme_id), lines=lines, folded=folded)
    with read.placing():
        if faults := list(faults_of(read.rules)):
            raise InvalidRules(faults)
    return read


def _check_size(text: str) -> None:
    if len(text.encode()) > MAX_FILE_BYTES:
        raise InvalidRules([RuleFault(pointer="", code="too_long_text", facts={"limit_bytes": MAX_FILE_BYTES})])


def _line(pointer: str, lines: Lines) -> int | None:
    """Give the line of a pointer, or of the nearest thing around it: what is missing has none of its own."""
    while pointer and pointer not in lines:
        pointer = pointer.rpartition("/")[0]
    return lines.get(pointer)
