"""Texts on cards: in both languages, and no longer than the wallets show (their limits by Google's descriptions)."""

from collections.abc import Iterator

from offers.model.programme import LocalText
from offers.model.rule_errors import RuleFault

MAX_NEWS_CHARS = 500
"""The body of a text module, and what a lock screen can hold."""
_LANGUAGES = ("ru", "en")


def missing_texts(text: LocalText, pointer: str, *, limit_chars: int, wallet: str) -> Iterator[RuleFault]:
    """Find a language without a text, and a text that `wallet` would cut off."""
    for language in _LANGUAGES:
        said: str = getattr(text, language)
        if not said.strip():
            yield RuleFault(pointer=f"{pointer}/{language}", code="text_missing")
        elif len(said) > limit_chars:
            facts: dict[str, int | str] = {"wallet": wallet, "limit": limit_chars, "found": len(said)}
            yield RuleFault(pointer=f"{pointer}/{language}", code="text_too_long", facts=facts)
