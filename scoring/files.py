"""Scores from files to files: a history in, one row for each member (or member and category) out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from scoring.forecast.run import Forecast, forecast
from scoring.history.columns import Notes
from scoring.history.errors import CannotScore
from scoring.history.reading import History, read_history
from scoring.history.visits import day_number, fold_visits
from scoring.taste.affinity import tastes_of

Places = npt.NDArray[np.int64]
Watch = Callable[[int, int], None]
LONGEST_HORIZON_DAYS = 3_653
DISCOVERIES = 3
"""One in so many places of a member's list is kept for categories not bought for half a year."""
SILENT_DAYS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredHistory:
    """`scores` has member_id, p_active, expected_purchases, expected_spend, in order of member_id."""

    scores: pl.DataFrame
    notes: Notes
    forecast: Forecast


def score_history(
    path: Path, *, as_of: date, horizon_days: int, zone: str, seed: int, threads: int, watch: Watch
) -> ScoredHistory:
    """Score every member with a purchase up to the as-of day for the horizon's days after it. Raises CannotScore."""
    if not 1 <= horizon_days <= LONGEST_HORIZON_DAYS:
        raise CannotScore("horizon_too_short")
    history = read_history(path, as_of=as_of, zone=zone)
    visits = fold_visits(history.lines.lazy()).collect()
    found = forecast(
        visits, as_of_day=day_number(as_of), horizon_days=horizon_days, seed=seed, threads=threads, watch=watch
    )
    scores = pl.DataFrame(
        {
            "member_id": history.members.gather(found.members),
            "p_active": found.p_active,
            "expected_purchases": found.expected_purchases,
            "expected_spend": found.expected_spend,
        }
    )
    return ScoredHistory(scores=scores, notes=history.notes, forecast=found)


def score_taste(path: Path, *, as_of: date, zone: str, top: int, watch: Watch) -> tuple[pl.DataFrame, Notes]:
    """Give member_id, category and score, the best of each member first. Raises CannotScore."""
    history = read_history(path, as_of=as_of, zone=zone, needed=("member_id", "at", "category"))
    return best_tastes(history, path, as_of=as_of, top=top, watch=watch).drop("is_discovery"), history.notes


def best_tastes(history: History, path: Path, *, as_of: date, top: int, watch: Watch) -> pl.DataFrame:
    """Give member_id, category, score and is_discovery (not bought for half a year). Raises CannotScore."""
    baskets, categories = _baskets(history, path)
    as_of_day = day_number(as_of)
    silent = baskets.filter(pl.col("day") > as_of_day - SILENT_DAYS).select("member", "category").unique()
    parts = []
    told = tastes_of(baskets, as_of_day=as_of_day, members=history.members.len(), categories=categories.len())
    for some in told:
        recent = np.zeros(some.scores.shape, dtype=np.bool_)
        mine = silent.filter(pl.col("member").is_between(int(some.members[0]), int(some.members[-1])))
        recent[mine["member"].to_numpy() - some.members[0], mine["category"].to_numpy()] = True
        parts.append(_best(some.members, some.scores, recent, top))
        watch(int(some.members[-1]) + 1, history.members.len())
    found = pl.concat(parts)
    bought = baskets["member"].unique()
    found = found.filter(pl.col("member").is_in(bought.implode()))
    return found.select(
        member_id=history.members.gather(found["member"]),
        category=categories.gather(found["category"]),
        score="score",
        is_discovery="is_discovery",
    )


def write_scores(scores: pl.DataFrame, path: Path) -> None:
    """Write CSV or Parquet by the ending; a file that was there stays whole until the new one is."""
    beside = path.with_name(f".{path.name}.part")
    match path.suffix.lower():
        case ".csv":
            scores.write_csv(beside)
        case ".parquet":
            scores.write_parquet(beside)
        case _:
            raise CannotScore("unknown_format", path=path)
    beside.replace(path)


def _baskets(history: History, path: Path) -> tuple[pl.DataFrame, pl.Series]:
    """Give member, day, category (numbered by how often it is bought) once for each, and the categories' names."""
    bought = history.lines.filter(~pl.col("is_return") & pl.col("category").is_not_null())
    held = bought.select("member", "day", "category").unique()
    if not held.height:
        raise CannotScore("missing_columns", path=path, missing="category (all empty)", present="")
    order = held.group_by("category").len().sort(["len", "category"], descending=[True, False])["category"]
    numbers = order.to_frame().with_row_index("number")
    joined = held.join(numbers, on="category").select("member", "day", category="number")
    return joined.sort("member", "day", "category"), order


def _best(members: Places, scores: npt.NDArray[np.float32], recent: npt.NDArray[np.bool_], top: int) -> pl.DataFrame:
    """Keep the best of each member, some of them not bought for half a year, ties in order of popularity."""
    order = np.argsort(-scores, axis=1, kind="stable")
    seen = np.take_along_axis(recent, order, axis=1)
    room = top - top // DISCOVERIES
    place = np.arange(order.shape[1])[None, :]
    # In front everything in its order; the places kept at the end are for what is new alone.
    behind = np.cumsum(~seen & (place >= room), axis=1)
    kept = (place < room) | (~seen & (behind <= top - room))
    rows, places = np.nonzero(kept)
    chosen = order[rows, places]
    return pl.DataFrame(
        {
            "member": members[rows],
            "category": chosen,
            "score": scores[rows, chosen].astype(np.float64),
            "is_discovery": ~recent[rows, chosen],
        }
    )
