"""Offers files as commands read and show them: faults by their lines, changes field by field."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import typer
from rich.console import Console

from locales.catalogue import gettext, ngettext
from merchant.offers.files import MAX_FILE_BYTES
from merchant.offers.writing import changed_fields
from offers.engine.rule_changes import RulesChange
from offers.model.offer import Offer
from offers.model.programme import Language
from offers.model.rule_errors import InvalidRules, RuleFault
from service.cli.language import cli_language
from web.rule_faults import say_fault

FAULTY = 1
LONGEST_VALUE = 60
TEXTS = {"groups": "groups", "goods_tags": "tags of goods", "guards": "guards", "personal_offers": "personal offers"}
"""The parts that stand around the offers."""
console = Console()
Answer = TypeVar("Answer")


def read_file(path: Path, from_json: Callable[[str], Answer], from_yaml: Callable[[str], Answer]) -> Answer:
    """Read a file by its ending: `.json` is JSON, everything else YAML. Raises InvalidRules."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise InvalidRules([RuleFault(pointer="", code="too_long_text", facts={"limit_bytes": MAX_FILE_BYTES})])
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise InvalidRules([RuleFault(pointer="", code="not_utf8")]) from None
    return (from_json if path.suffix == ".json" else from_yaml)(text)


@contextmanager
def faults_shown(path: Path) -> Iterator[None]:
    """Say every fault of a file in a line of its own, and end the command with 1."""
    try:
        yield
    except InvalidRules as error:
        for fault in error.faults:
            place = f"{path}:{fault.line}" if fault.line else str(path)
            say(f"{place}: {fault.pointer or '/'}: {say_fault(cli_language(), fault)}")
        raise typer.Exit(FAULTY) from None


def show_change(change: RulesChange) -> None:
    """Say what loading a file adds, changes and archives."""
    language = cli_language()
    for offer in change.added:
        say(f"+ {named(offer)}")
    for old, new in change.changed:
        say(f"~ {named(new)}")
        for field in changed_fields(old, new):
            say(f"    {field['field']}: {_short(field['before'])} → {_short(field['after'])}")
    for offer in change.archived:
        say(f"- {named(offer)}")
    for part in change.parts:
        say(f"~ {gettext(language, TEXTS[part])}")
    if change.is_empty:
        say(gettext(language, "Nothing changes."))
        return
    counts = (
        ngettext(language, "{n} offer added", "{n} offers added", len(change.added)),
        ngettext(language, "{n} changed", "{n} changed", len(change.changed)),
        ngettext(language, "{n} archived", "{n} archived", len(change.archived)),
    )
    say(", ".join(counts))


def named(offer: Offer) -> str:
    return f"{offer.code}  “{offer.title(Language(cli_language()))}”"


def say(text: str) -> None:
    console.print(text, soft_wrap=True, highlight=False, markup=False)


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
