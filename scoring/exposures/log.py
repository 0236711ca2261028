"""The log of exposures as a table: read from a file, checked, one row for each person and occurrence."""

import json
import math
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from scoring.arrays import Floats
from scoring.exposures.errors import ImpossibleDraw, LogLacksColumns, LogUnreadable
from scoring.history.columns import read_instants
from scoring.history.reading import read_rows

NOTHING = "nothing"
COLUMNS = ("member_id", "campaign", "occurrence", "policy", "arm", "chances", "at", "horizon_days")
COSTS = ("given", "margin_bp")
"""May be there: what the draw took off purchases within its horizon, in the money of the history, and the margin of a
price in basis points, empty where it is not known."""
_ROUNDING = 1e-6


def read_log(path: Path, *, as_of: date, zone: str) -> pl.DataFrame:
    """Read a log: CSV or Parquet with COLUMNS; `chances` is JSON, the chance of every arm by its name.

    COSTS are read where they are there. Gives the columns as text, with `day` (the local day of the draw, as days since
    1970) for `at`, and `horizon_days`. Draws after the as-of day are left out. A person who stands twice in an
    occurrence, being two members who turned out to be one, counts once by the earlier draw, and not at all where the
    arms differ. Raises CannotScore for the file, LogLacksColumns, LogUnreadable, ImpossibleDraw.
    """
    rows = read_rows(path)
    if missing := [name for name in COLUMNS if name not in rows.columns]:
        raise LogLacksColumns(missing=", ".join(missing), present=", ".join(rows.columns))
    texts = rows.select(pl.col(name).cast(pl.String) for name in COLUMNS if name not in {"at", "horizon_days"})
    table = texts.with_columns(
        day=read_instants(rows, "at", zone=zone, path=path).cast(pl.Int32),
        horizon_days=rows["horizon_days"].cast(pl.Int32, strict=False),
        order=pl.int_range(pl.len()),
    )
    for name in (*texts.columns, "day", "horizon_days"):
        if table[name].null_count():
            wrong = rows.filter(table[name].is_null())[name if name != "day" else "at"]
            raise LogUnreadable(column=wrong.name, rows=wrong.len(), example=str(wrong[0]))
    table = table.with_columns(_costs(rows))
    _check_draws(table)
    return _once_a_person(table.filter(pl.col("day") <= as_of.toordinal() - date(1970, 1, 1).toordinal()))


def _costs(rows: pl.DataFrame) -> list[pl.Series]:
    """Give COSTS, 0 and nothing where the log has none. Raises LogUnreadable."""
    found = []
    for name, kind in zip(COSTS, (pl.Float64, pl.Int32), strict=True):
        written = rows[name] if name in rows.columns else pl.Series(name, [None] * rows.height, dtype=pl.String)
        read = written.cast(kind, strict=False)
        wrong = written.filter(read.is_null() & written.is_not_null())
        if wrong.len():
            raise LogUnreadable(column=name, rows=wrong.len(), example=str(wrong[0]))
        found.append(read.fill_null(0.0) if name == "given" else read)
    return found


def chances_of(table: pl.DataFrame, arms: Sequence[str]) -> Floats:
    """Give the chances of some arms: rows of the table by arms, 0 where an arm was not among them."""
    spelled = table["chances"].unique().to_list()
    known = {each: np.array([_chances(each).get(arm, 0.0) for arm in arms]) for each in spelled}
    found: Floats = np.array([known[each] for each in table["chances"].to_list()], dtype=np.float64)
    return found.reshape(table.height, len(arms))


def arms_of(table: pl.DataFrame) -> tuple[str, ...]:
    """Name every arm that could have been drawn, `nothing` first."""
    named = {arm for each in table["chances"].unique().to_list() for arm in _chances(each)}
    return (NOTHING, *sorted(named - {NOTHING}))


@lru_cache(maxsize=65_536)
def _chances(spelled: str) -> dict[str, float]:
    """Read the chances of one draw; nothing where they are none."""
    try:
        told = json.loads(spelled)
        found = {str(arm): float(chance) for arm, chance in told.items()}
    except (ValueError, TypeError, AttributeError):
        return {}
    whole = abs(math.fsum(found.values()) - 1) < _ROUNDING
    return found if whole and NOTHING in found and all(0 <= chance <= 1 for chance in found.values()) else {}


def _check_draws(table: pl.DataFrame) -> None:
    pairs = zip(table["chances"].to_list(), table["arm"].to_list(), strict=True)
    wrong = [place for place, (spelled, arm) in enumerate(pairs) if not _chances(spelled).get(arm)]
    if wrong:
        raise ImpossibleDraw(rows=len(wrong), example=str(table["member_id"][wrong[0]]))


def _once_a_person(table: pl.DataFrame) -> pl.DataFrame:
    draw = ("campaign", "occurrence", "member_id")
    clear = table.filter(pl.col("arm").n_unique().over(draw) == 1)
    return clear.sort("day", "order").unique(draw, keep="first", maintain_order=True).drop("order")
