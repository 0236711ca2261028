"""What a person types about a programme, read strictly: a slip here would stand on every card."""

import re
from itertools import pairwise
from zoneinfo import available_timezones

import typer
from babel.numbers import get_currency_precision, list_currencies

from locales.catalogue import gettext
from offers.model.programme import BASIS_POINTS, DiscountLevel, LocalText
from service.cli.language import cli_language

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
LEVELS_LIMIT = 20
NAME_LIMIT_CHARS = 60
LEVEL_SHAPE = "“{text}” is not SPEND:PERCENT:NAME RU:NAME EN"
LEVEL_RANGE = "“{text}”: the spend is more than 0, the percent between 0 and 100"


def read_slug(text: str) -> str:
    if not SLUG.fullmatch(text):
        raise _wrong(
            "--slug", gettext(cli_language(), "up to 40 small Latin letters, digits and hyphens: coffee-house")
        )
    return text


def read_name(text: str, *, option: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= NAME_LIMIT_CHARS:
        raise _wrong(option, gettext(cli_language(), "a name has 1 to {limit} characters", limit=NAME_LIMIT_CHARS))
    return name


def read_currency(text: str) -> str:
    code = text.upper()
    if code not in list_currencies():
        raise _wrong(
            "--currency", gettext(cli_language(), "{text} is no currency of ISO 4217, such as RUB or EUR", text=text)
        )
    return code


def read_zone(text: str) -> str:
    if text not in available_timezones():
        raise _wrong("--zone", gettext(cli_language(), "{text} is no time zone, such as Europe/Moscow", text=text))
    return text


def read_levels(texts: list[str], currency: str) -> tuple[DiscountLevel, ...]:
    """Read discount levels, lowest first; a higher spend has to give a higher discount."""
    if len(texts) > LEVELS_LIMIT:
        raise _wrong("--level", gettext(cli_language(), "{limit} levels at most", limit=LEVELS_LIMIT))
    levels = tuple(sorted((_level(text, currency) for text in texts), key=lambda level: level.spend_threshold_minor))
    for lower, higher in pairwise(levels):
        if lower.spend_threshold_minor == higher.spend_threshold_minor or lower.discount_bp >= higher.discount_bp:
            raise _wrong("--level", gettext(cli_language(), "a higher spend has to give a higher discount"))
    return levels


def _level(text: str, currency: str) -> DiscountLevel:
    try:
        spend, percent, name_ru, name_en = text.split(":")
        threshold = round(float(spend) * 10 ** get_currency_precision(currency))
        discount_bp = round(float(percent) * 100)
    except (ValueError, OverflowError) as error:
        raise _wrong("--level", gettext(cli_language(), LEVEL_SHAPE, text=text)) from error
    if threshold <= 0 or not 0 < discount_bp < BASIS_POINTS:
        raise _wrong("--level", gettext(cli_language(), LEVEL_RANGE, text=text))
    name = LocalText(ru=read_name(name_ru, option="--level"), en=read_name(name_en, option="--level"))
    return DiscountLevel(name=name, spend_threshold_minor=threshold, discount_bp=discount_bp)


def _wrong(option: str, text: str) -> typer.BadParameter:
    return typer.BadParameter(text, param_hint=option)
