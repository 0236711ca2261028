"""Texts in the shapes Google shows: clipped to what fits, in both languages."""

from collections.abc import Callable
from typing import Any

from locales.catalogue import gettext
from offers.model.programme import Language, LocalText


def clip(text: str, limit_chars: int) -> str:
    """Shorten a text to a limit, ending it with an ellipsis, so that Google does not cut it in mid-air."""
    return text if len(text) <= limit_chars else text[: limit_chars - 1].rstrip() + "…"


def both(message: str, **facts: Callable[[Language], str]) -> LocalText:
    """Say one catalogue text in both languages; each fact is asked how that language writes it."""

    def say(language: Language) -> str:
        return gettext(language.value, message, **{name: fact(language) for name, fact in facts.items()})

    return LocalText(ru=say(Language.RU), en=say(Language.EN))


def localized(text: LocalText, *, first: Language, limit_chars: int) -> dict[str, Any]:
    """Give Google's LocalizedString: the default in the first language, the other as its translation."""
    second = Language.EN if first is Language.RU else Language.RU
    return {
        "defaultValue": _translated(text, first, limit_chars),
        "translatedValues": [_translated(text, second, limit_chars)],
    }


def twins(name: str, text: LocalText, *, first: Language, limit_chars: int) -> dict[str, Any]:
    """Give a field and its localized twin: `label` and `localizedLabel`."""
    return {
        name: clip(text(first), limit_chars),
        f"localized{name[0].upper()}{name[1:]}": localized(text, first=first, limit_chars=limit_chars),
    }


def _translated(text: LocalText, language: Language, limit_chars: int) -> dict[str, str]:
    return {"language": language.value, "value": clip(text(language), limit_chars)}
