"""Our fields taken out of a batch: trimmed text, or the value told on the command line."""

from collections.abc import Iterable

import polars as pl

from offers.engine.phones import read_phone
from offers.model.errors import BadContact
from service.importing.columns import Layout
from service.importing.source import LINE

MAX_TEXT = 100
_DEFUSED = r"^'([=+\-@\t\r])"


def taken(
    rows: pl.DataFrame, layout: Layout, fields: Iterable[str], *, as_they_are: Iterable[str] = ()
) -> pl.DataFrame:
    """Give the line number and one column for each field, null where the file has none.

    Text is trimmed, an empty one is null, and the apostrophe that defuses a formula in a list of rejected rows is
    taken off again. Columns of `as_they_are` keep their type when it is not text.
    """
    kept = set(as_they_are)
    expressions = [_field(rows, layout, field, keep_type=field in kept).alias(field) for field in fields]
    return rows.select(pl.col(LINE).alias("line"), *expressions)


def _field(rows: pl.DataFrame, layout: Layout, field: str, *, keep_type: bool) -> pl.Expr:
    column = layout.column(field)
    if column is None:
        return pl.lit(layout.value(field), dtype=pl.String)
    dtype = rows.schema[column]
    if keep_type and dtype != pl.String:
        return pl.col(column)
    text = pl.col(column).cast(pl.String)
    if dtype.is_float():
        text = text.str.replace(r"\.0$", "")
    text = text.str.replace(_DEFUSED, "${1}").str.strip_chars()
    return pl.when(text != "").then(text)


def is_damaged(fields: Iterable[str]) -> pl.Expr:
    return pl.any_horizontal(
        pl.col(field).str.contains("\ufffd", literal=True).fill_null(value=False) for field in fields
    )


def is_too_long(fields: Iterable[str]) -> pl.Expr:
    return pl.any_horizontal((pl.col(field).str.len_chars() > MAX_TEXT).fill_null(value=False) for field in fields)


def with_phones(frame: pl.DataFrame, region: str | None) -> pl.DataFrame:
    """Write phones as E.164; `phone_is_bad` marks what cannot be called. `region` reads numbers without a country."""
    texts = frame.get_column("phone").drop_nulls().unique().to_list()
    numbers = [_e164(text, region) for text in texts]
    if not texts:
        return frame.with_columns(phone_is_bad=pl.lit(value=False))
    return (
        frame.with_columns(
            pl.col("phone").replace_strict(texts, numbers, default=None, return_dtype=pl.String),
            pl.col("phone").is_not_null().alias("was_there"),
        )
        .with_columns(phone_is_bad=pl.col("was_there") & pl.col("phone").is_null())
        .drop("was_there")
    )


def _e164(text: str, region: str | None) -> str | None:
    try:
        return read_phone(text, region)
    except BadContact:
        return None
