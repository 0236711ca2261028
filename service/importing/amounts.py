"""Numbers as people write them, turned into whole millionths without ever being a float.

`1234.5`, `1 234,50`, `1,234.50` and `1.234.567` are read; a lone comma before three digits may mean thousands or
decimals, and is refused until the operator says which.
"""

from enum import StrEnum

import polars as pl

MICRO_DIGITS = 6
MICRO = 10**MICRO_DIGITS
_BLANKS = r"[\s\u00a0\u2009\u202f'’]"
_PLAIN = r"^[+-]?\d{1,12}(\.\d{1,6}0*)?$"
_GROUPED_BY_COMMA = r"^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$"
_GROUPED_BY_POINT = r"^[+-]?([1-9]\d{0,2}(\.\d{3})+(,\d+)?|\d+,\d+)$"
_COMMA_OR_MANY_POINTS = r",|\..*\."
_AMBIGUOUS = r"^[+-]?[1-9]\d{0,2},\d{3}$"


class DecimalMark(StrEnum):
    """What separates decimals; `AUTO` tells it from each number."""

    AUTO = "auto"
    POINT = "point"
    COMMA = "comma"


def tidy(text: pl.Expr, mark: DecimalMark) -> pl.Expr:
    """Write numbers with a decimal point and nothing between thousands; what is no number stays what it is."""
    text = text.str.replace_all(_BLANKS, "").str.replace("−", "-", literal=True)
    with_point = text.str.replace_all(",", "", literal=True)
    with_comma = text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    if mark is DecimalMark.POINT:
        return pl.when(text.str.contains(_GROUPED_BY_COMMA)).then(with_point).otherwise(text)
    if mark is DecimalMark.COMMA:
        return pl.when(text.str.contains(_GROUPED_BY_POINT)).then(with_comma).otherwise(text)
    surely_grouped = text.str.contains(_GROUPED_BY_COMMA)
    surely_decimal = text.str.contains(_GROUPED_BY_POINT) & text.str.contains(_COMMA_OR_MANY_POINTS)
    return (
        pl.when(text.str.contains(_AMBIGUOUS))
        .then(text)
        .when(surely_grouped)
        .then(with_point)
        .when(surely_decimal)
        .then(with_comma)
        .otherwise(text)
    )


def is_plain(texts: pl.Series) -> bool:
    """Tell whether every text of a column is a number with at most a point in it, which is nothing to tidy."""
    return bool(texts.drop_nulls().str.contains(_PLAIN).all())


def is_ambiguous(tidied: pl.Expr) -> pl.Expr:
    return tidied.str.contains(_AMBIGUOUS)


def micros(tidied: pl.Expr) -> pl.Expr:
    """Give a number in millionths as Int64, null when it is none, has more than six decimals or twelve digits."""
    decimal = pl.when(tidied.str.contains(_PLAIN)).then(tidied)
    sign = pl.when(decimal.str.starts_with("-")).then(-1).otherwise(1)
    whole = decimal.str.extract(r"(\d+)").cast(pl.Int64)
    fraction = decimal.str.extract(r"\.(\d{1,6})").fill_null("0").str.pad_end(MICRO_DIGITS, "0").cast(pl.Int64)
    signed: pl.Expr = sign * (whole * MICRO + fraction)
    return signed


def is_exact(amount_micro: pl.Expr, digits: int) -> pl.Expr:
    """Tell whether an amount has no more decimals than its currency."""
    exact: pl.Expr = amount_micro % 10 ** (MICRO_DIGITS - digits) == 0
    return exact


def minor(amount_micro: pl.Expr, digits: int) -> pl.Expr:
    """Turn millionths of a major unit into minor units, half a unit rounded up."""
    unit = 10 ** (MICRO_DIGITS - digits)
    rounded: pl.Expr = (amount_micro + unit // 2) // unit
    return rounded


def product_minor(price_micro: pl.Expr, quantity_micro: pl.Expr, digits: int) -> pl.Expr:
    """Give price × quantity in minor units as Int128, exact until the one rounding at the end, half a unit up."""
    unit = 10 ** (2 * MICRO_DIGITS - digits)
    exact = price_micro.cast(pl.Int128) * quantity_micro.cast(pl.Int128)
    rounded: pl.Expr = (exact + unit // 2) // unit
    return rounded


def unit_minor(total_minor: pl.Expr, quantity_micro: pl.Expr) -> pl.Expr:
    """Give the price of one from a line's total, half a unit rounded up."""
    of_one: pl.Expr = (total_minor.cast(pl.Int128) * MICRO * 2 + quantity_micro) // (quantity_micro.cast(pl.Int128) * 2)
    return of_one
