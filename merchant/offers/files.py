"""Offers files: JSON and YAML to a rulebook and back, with every fault at its pointer and, in YAML, its line."""

import json
from collections.abc import Mapping
from dataclasses import replace

from pydantic import ValidationError

from merchant.offers.faults import Fault, faults_in
from merchant.offers.rulebook_body import RulebookBody
from merchant.offers.writing import rulebook_document
from merchant.offers.yaml_text import YamlFault, read_yaml, write_yaml
from offers.model.programme import Programme
from offers.model.rulebook import Rulebook

MAX_FILE_BYTES = 1024 * 1024
MAX_FAULTS = 50
Lines = Mapping[str, int]
"""The line of every pointer of a text, counted from 1."""


class BadOffers(Exception):
    """The text is no rulebook. `faults` has at least one and at most 50 of the reasons."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(f"{fault.line or ''}{fault.pointer}: {fault.detail}" for fault in faults))
        self.faults = faults[:MAX_FAULTS]


def rulebook_from_json(text: str, programme: Programme) -> Rulebook:
    """Read a rulebook. Raises BadOffers."""
    _check_size(text)
    return _read(text, {}).to_noun(programme)


def rulebook_from_yaml(text: str, programme: Programme) -> Rulebook:
    """Read a rulebook. Raises BadOffers, and YamlMissing when no YAML reader is installed."""
    _check_size(text)
    try:
        document, lines = read_yaml(text)
    except YamlFault as fault:
        raise BadOffers([Fault(pointer=fault.pointer, detail=fault.detail, line=fault.line)]) from None
    return _read(json.dumps(document), lines).to_noun(programme)


def rulebook_to_json(rulebook: Rulebook) -> str:
    return json.dumps(rulebook_document(rulebook), ensure_ascii=False, indent=2) + "\n"


def rulebook_to_yaml(rulebook: Rulebook) -> str:
    """Write a rulebook as YAML. Raises YamlMissing when no YAML writer is installed."""
    return write_yaml(rulebook_document(rulebook))


def _read(text: str, lines: Lines) -> RulebookBody:
    try:
        body = RulebookBody.model_validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        faults = [Fault(pointer=_pointer(item["loc"]), detail=item["msg"]) for item in found]
    else:
        faults = list(faults_in(body))
    if faults:
        raise BadOffers([replace(fault, line=_line(fault.pointer, lines)) for fault in faults])
    return body


def _check_size(text: str) -> None:
    if len(text.encode()) > MAX_FILE_BYTES:
        raise BadOffers([Fault(pointer="", detail=f"the text is longer than {MAX_FILE_BYTES} bytes")])


def _pointer(location: tuple[int | str, ...]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)


def _line(pointer: str, lines: Lines) -> int | None:
    """Give the line of a pointer, or of the nearest thing around it: what is missing has none of its own."""
    while pointer and pointer not in lines:
        pointer = pointer.rpartition("/")[0]
    return lines.get(pointer)
