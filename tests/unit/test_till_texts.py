"""The till's texts: every one in Russian too, with the same facts, and none that no script asks for."""

import re
from pathlib import Path

from locales.catalogue import translations
from merchant.checkout.install import STATIC_FOLDER, TEMPLATES
from merchant.checkout.texts import COUNTED, TEXTS, till_texts

SCRIPTS = "\n".join(path.read_text() for path in sorted(STATIC_FOLDER.glob("*.js")))


def pages() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def test_every_text_of_the_scripts_is_translated_with_its_facts() -> None:
    russian, english = till_texts("ru"), till_texts("en")

    for name in TEXTS:
        assert russian[name] != english[name], name
        assert facts(str(russian[name])) == facts(str(english[name])), name


def test_every_text_of_the_pages_is_translated() -> None:
    russian = translations("ru")
    asked = {text for page in pages() for text in re.findall(r'_\("([^"]+)"\)', page.read_text())}

    assert asked
    assert [text for text in asked if russian.gettext(text) == text] == []


def test_counted_texts_have_the_forms_of_each_language() -> None:
    assert till_texts("ru")["points"] == {
        "one": "{count} балл",
        "few": "{count} балла",
        "many": "{count} баллов",
        "other": "{count} баллов",
    }
    assert till_texts("en")["points"]["other"] == "{count} points"  # type: ignore[index]  # counted texts are tables


def test_no_text_is_kept_that_no_script_asks_for() -> None:
    assert [name for name in (*TEXTS, *COUNTED) if f'"{name}"' not in SCRIPTS] == []


def test_no_script_or_style_stands_inside_a_page() -> None:
    """The content security policy would refuse it."""
    for page in pages():
        assert not re.search(r"<style|style=|<script(?![^>]* src=)|\son\w+=", page.read_text()), page.name


def facts(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))
