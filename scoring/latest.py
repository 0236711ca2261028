"""The latest rows of a log, and the name of a table by its content."""

import hashlib

import polars as pl

_SLICE = 100_000


def latest(rows: pl.DataFrame, *, most: int, name: pl.Expr) -> pl.DataFrame:
    """Give at most so many rows, those of the last days by the column `day`, in order of day and `name`, a text.

    Of the day on which there is no room for all any more, those with the lowest hash of their name stay. Ids begin with
    the time they were made at: taken by their order, they would be the newest members alone.
    """
    named = rows.with_columns(_name=name)
    if rows.height > most:
        border = int(rows["day"].sort(descending=True)[most - 1])
        later, of_border = named.filter(pl.col("day") > border), named.filter(pl.col("day") == border)
        tickets = [hashlib.blake2b(each.encode(), digest_size=8).digest() for each in of_border["_name"]]
        drawn = of_border.with_columns(_ticket=pl.Series(tickets)).sort("_ticket", "_name").head(most - later.height)
        named = pl.concat([later, drawn.drop("_ticket")])
    return named.sort("day", "_name").drop("_name")


def digest_of(rows: pl.DataFrame) -> str:
    """Name a table by its content, in twelve hexadecimal digits; empty for no rows."""
    if not rows.height:
        return ""
    digest = hashlib.sha256()
    for part in rows.iter_slices(_SLICE):
        digest.update(part.write_csv(include_header=False).encode())
    return digest.hexdigest()[:12]
