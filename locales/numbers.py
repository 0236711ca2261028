"""Money, rates and instants as people of each language write them."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal, get_currency_precision, get_currency_symbol


def money(language: str, minor: int, currency: str) -> str:
    """Write an amount of minor units: `1 234,50 ₽`, `$1,234.50`, `RUB 1,234.50`; whole amounts go without decimals."""
    digits = get_currency_precision(currency)
    amount = Decimal(minor).scaleb(-digits)
    decimals = "" if amount == amount.to_integral_value() else f".{'0' * digits}"
    if language == "ru":
        pattern = f"#,##0{decimals}\N{NO-BREAK SPACE}¤"
    else:
        gap = "\N{NO-BREAK SPACE}" if get_currency_symbol(currency, language)[-1].isalpha() else ""
        pattern = f"¤{gap}#,##0{decimals}"
    return format_currency(amount, currency, format=pattern, locale=language, currency_digits=False)


def count(language: str, number: int) -> str:
    """Write a whole number: `1 234`, `1,234`."""
    return format_decimal(number, format="#,##0", locale=language)


def percent(language: str, basis_points: int) -> str:
    """Write a rate of basis points: `7,5 %`, `7.5%`."""
    number = format_decimal(Decimal(basis_points) / 100, format="#,##0.##", locale=language)
    return f"{number}\N{NO-BREAK SPACE}%" if language == "ru" else f"{number}%"


def estimated(language: str, basis_points: int) -> str:
    """Write a share that was estimated, which has no hundredths to show: `59 %`, `59%`."""
    return percent(language, round(basis_points, -2))


def tenths(language: str, number: float) -> str:
    """Write a number with one decimal: `4,9`, `4.9`."""
    return format_decimal(number, format="#,##0.0", locale=language)


def moment(language: str, at: datetime, zone: str) -> str:
    """Write an instant as local day and time: `14 мар., 12:05`."""
    return format_datetime(at, "d MMM, HH:mm", tzinfo=ZoneInfo(zone), locale=language)
