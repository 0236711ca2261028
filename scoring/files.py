"""Scores from files to files: a history in, one row for each member (or member and category) out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from scoring.forecast.learned import STEPS, Learned, learn
from scoring.history.columns import Notes
from scoring.history.errors import CannotScore
from scoring.history.reading import History, read_history
from scoring.history.visits import day_number
from scoring.partitions.judging import Bench, all_members, judge_part, settled
from scoring.partitions.known import Question, known_members
from scoring.partitions.machines import HERE, Machines
from scoring.partitions.split import PART_ROWS
from scoring.taste.best import basket_counts, best_of, learn_tastes

Watch = Callable[[int, int], None]
LONGEST_HORIZON_DAYS = 3_653


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredHistory:
    """`scores` has member_id, p_active, expected_purchases, expected_spend, in order of member_id."""

    scores: pl.DataFrame
    notes: Notes
    learned: Learned


def score_history(
    path: Path,
    *,
    as_of: date,
    horizon_days: int,
    zone: str,
    seed: int,
    threads: int,
    watch: Watch,
    machines: Machines = HERE,
    part_rows: int = PART_ROWS,
) -> ScoredHistory:
    """Score every member with a purchase up to the as-of day for the horizon's days after it. Raises CannotScore.

    In parts of about `part_rows` rows; the scores are the same to the bit whatever the parts.
    """
    if not 1 <= horizon_days <= LONGEST_HORIZON_DAYS:
        raise CannotScore("horizon_too_short")
    as_of_day = day_number(as_of)
    question = Question(path=path, as_of=as_of, zone=zone)
    with known_members(question, machines, part_rows=part_rows) as known:
        learned = learn(
            *known.drawn("visits"),
            as_of_day=as_of_day,
            horizon_days=horizon_days,
            seed=seed,
            threads=threads,
            grow=machines.grow,
            watch=watch,
        )
        bench = Bench(learned=learned, as_of_day=as_of_day)
        judged = all_members(machines.map(judge_part, known.together("members", "visits"), bench))
        watch(STEPS, STEPS)
        return ScoredHistory(scores=_scores(judged, learned), notes=known.notes, learned=learned)


def _scores(judged: pl.DataFrame, learned: Learned) -> pl.DataFrame:
    found = settled(judged, learned)
    return pl.DataFrame(
        {
            "member_id": judged["member_id"],
            "p_active": found.p_active,
            "expected_purchases": found.purchases,
            "expected_spend": found.spend,
        }
    )


def score_taste(path: Path, *, as_of: date, zone: str, top: int, watch: Watch) -> tuple[pl.DataFrame, Notes]:
    """Give member_id, category and score, the best of each member first. Raises CannotScore."""
    history = read_history(path, as_of=as_of, zone=zone, needed=("member_id", "at", "category"))
    return best_tastes(history, path, as_of=as_of, top=top, watch=watch).drop("is_discovery"), history.notes


def best_tastes(history: History, path: Path, *, as_of: date, top: int, watch: Watch) -> pl.DataFrame:
    """Give member_id, category, score and is_discovery (not bought for half a year). Raises CannotScore."""
    counts = basket_counts(history.lines)
    if not counts.height:
        raise CannotScore("missing_columns", path=path, missing="category (all empty)", present="")
    as_of_day = day_number(as_of)
    tasted = learn_tastes(history.lines, counts, as_of_day=as_of_day)
    found = best_of(history.lines, tasted, as_of_day=as_of_day, top=top, watch=watch)
    return found.select(
        pl.lit(history.members.gather(found["member"])).alias("member_id"), "category", "score", "is_discovery"
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
