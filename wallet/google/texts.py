"""Texts in the shapes Google shows: clipped to what fits, in both languages, numbers as each writes them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, format_decimal, get_currency_precision

from locales.catalogue import gettext
from offers.model.programme import BASIS_POINTS, Language, LocalText


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


def percent(basis_points: int, language: Language) -> str:
    """Write 750 basis points as "7,5 %" in Russian and "7.5 %" in English."""
    share = Decimal(basis_points) * 100 / BASIS_POINTS
    return f"{format_decimal(share, '0.##', locale=language.value)} %"


def money(amount_minor: int, currency: str, language: Language) -> str:
    """Write an amount as its readers do, without minor units when there are none."""
    precision = get_currency_precision(currency)
    whole = amount_minor % 10**precision == 0
    return format_currency(
        Decimal(amount_minor).scaleb(-precision),
        currency,
        format="#,##0\N{NO-BREAK SPACE}¤" if whole else "#,##0.00\N{NO-BREAK SPACE}¤",
        locale=language.value,
        currency_digits=False,
    )


def _translated(text: LocalText, language: Language, limit_chars: int) -> dict[str, str]:
    return {"language": language.value, "value": clip(text(language), limit_chars)}
