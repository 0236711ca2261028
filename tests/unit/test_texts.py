"""Every text a person sees exists in both languages, says the same facts, and is still used."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from tests.unit.texts_in_code import PROJECT, modules, templates, texts_asked_for, texts_that_occur

FILES = sorted((PROJECT / "locales" / "ru").glob("*.po"))
_FACT = re.compile(r"{(\w+)[^}]*}")


def messages(path: Path) -> list[Message]:
    with path.open("rb") as file:
        return [message for message in read_po(file, locale="ru") if message.id]


def msgid(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def test_there_is_something_to_look_at() -> None:
    """The other tests say nothing if the extraction finds nothing."""
    asked = texts_asked_for()

    assert len(modules()) > 100
    assert len(templates()) >= 5
    assert "Skip to the content" in asked  # a template's
    assert "point" in asked  # a template's plural
    assert "No such member in this programme." in asked  # a table's
    assert len(asked) > 100


def test_every_text_has_a_russian_translation() -> None:
    translated = {msgid(message) for path in FILES for message in messages(path)}

    missing = {text: places for text, places in texts_asked_for().items() if text not in translated}

    assert not missing, "without a Russian translation:\n" + "\n".join(
        f"  {text!r} ({', '.join(sorted(places))})" for text, places in sorted(missing.items())
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_translation_is_dead(path: Path) -> None:
    occurring = texts_that_occur()

    dead = [msgid(message) for message in messages(path) if msgid(message) not in occurring]

    assert not dead, f"{path.name} translates what nobody asks for:\n  " + "\n  ".join(map(repr, dead))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_translation_is_whole_and_tells_the_same_facts(path: Path) -> None:
    for message in messages(path):
        assert not message.fuzzy, msgid(message)
        assert all(forms(message)), f"empty: {msgid(message)!r}"
        assert len(forms(message)) == (1 if isinstance(message.id, str) else 3), msgid(message)
        originals = [message.id] if isinstance(message.id, str) else list(message.id)
        known = {fact for text in originals for fact in _FACT.findall(text)}
        for form in forms(message):
            assert set(_FACT.findall(form)) <= known, f"{msgid(message)!r} knows no such fact: {form!r}"
            if isinstance(message.id, str):
                assert set(_FACT.findall(form)) == known, f"{msgid(message)!r} loses a fact: {form!r}"


def test_no_text_is_translated_in_two_ways() -> None:
    """All files are one catalogue: of two translations of a text, one would silently win."""
    found: dict[str, dict[tuple[str, ...], list[str]]] = {}
    for path in FILES:
        for message in messages(path):
            found.setdefault(msgid(message), {}).setdefault(tuple(forms(message)), []).append(path.name)

    torn = {text: ways for text, ways in found.items() if len(ways) > 1}

    assert not torn, f"translated in two ways: {torn}"
