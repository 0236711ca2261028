"""Dates as files have them, turned into instants: with an offset, or local in a zone that may have gaps."""

import polars as pl

_DOTTED = r"^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?[\sT]+(.+))?$"
_ISO = (
    r"^(?<date>\d{4}-\d{1,2}-\d{1,2})"
    r"(?:[T\s]+(?<minute>\d{1,2}:\d{2})(?<second>:\d{2}(?:[.,]\d{1,9})?)?"
    r"\s*(?:(?<utc>Z|z|UTC)|(?<sign>[+-])(?<hours>[01]\d):?(?<minutes>[0-5]\d)?)?)?$"
)
_FORMAT = "%Y-%m-%dT%H:%M:%S%.f"
_UTC = pl.Datetime("ms", "UTC")


def with_instants(frame: pl.DataFrame, column: str, zone: str) -> pl.DataFrame:
    """Replace a column by its instants in UTC, to the millisecond.

    `at_is_bad` marks what cannot be read, `at_in_gap` a local time that never was; of a local time that was twice the
    first is meant. A date without a time is its midnight.
    """
    dtype = frame.schema[column]
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        at = pl.col(column).cast(_UTC)
        return frame.with_columns(at.alias(column), at_is_bad=pl.lit(False), at_in_gap=pl.lit(False))
    if isinstance(dtype, pl.Datetime | pl.Date):
        local = frame.with_columns(pl.col(column).cast(pl.Datetime("ms")).alias("naive"), offset=pl.lit(None, pl.Int64))
    else:
        local = _read_texts(frame, column)
    at_offset = (pl.col("naive") - pl.duration(minutes=pl.col("offset"))).dt.replace_time_zone("UTC")
    at_zone = (
        pl.col("naive")
        .dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        .dt.convert_time_zone("UTC")
    )
    given = pl.col(column).is_not_null()
    return (
        local.with_columns(
            pl.when(pl.col("offset").is_null()).then(at_zone).otherwise(at_offset).cast(_UTC).alias("instant"),
            at_is_bad=given & pl.col("naive").is_null(),
        )
        .with_columns(at_in_gap=pl.col("naive").is_not_null() & pl.col("instant").is_null())
        .with_columns(pl.col("instant").alias(column))
        .drop("naive", "offset", "instant")
    )


def _read_texts(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    text = pl.col(column).cast(pl.String)
    as_iso = pl.when(text.str.contains(_DOTTED)).then(
        text.str.replace(_DOTTED, "${3}-${2}-${1} ${4}").str.strip_chars_end()
    )
    read = frame.with_columns(as_iso.otherwise(text).str.extract_groups(_ISO).alias("parts"))
    part = pl.col("parts").struct
    seconds = part.field("second").str.replace(",", ".", literal=True).fill_null(":00")
    naive = (part.field("date") + "T" + part.field("minute").fill_null("00:00") + seconds).str.to_datetime(
        _FORMAT, time_unit="ms", strict=False
    )
    sign = pl.when(part.field("sign") == "-").then(-1).otherwise(1)
    hours = part.field("hours").cast(pl.Int64)
    offset = (
        pl.when(part.field("utc").is_not_null())
        .then(0)
        .otherwise(sign * (hours * 60 + part.field("minutes").fill_null("0").cast(pl.Int64)))
    )
    return read.with_columns(naive.alias("naive"), offset.cast(pl.Int64).alias("offset")).drop("parts")
