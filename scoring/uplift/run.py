"""`score uplift` on two tables: learn on a trial, score other members."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from scoring.uplift.choose import UpliftModel, learn
from scoring.uplift.tables import Columns, TrialTable, read_trial, scores_table
from scoring.uplift.traits import encode


@dataclass(frozen=True, slots=True, kw_only=True)
class UpliftRun:
    """Scores of the test table's members, and how they came about."""

    scores: pl.DataFrame
    model: UpliftModel
    learned_from: TrialTable


def score_uplift(
    train: pl.DataFrame,
    test: pl.DataFrame,
    columns: Columns,
    *,
    seed: int = 0,
    watch: Callable[[int, int], None] = lambda _done, _total: None,
) -> UpliftRun:
    """Learn whom each arm changes and score the test table. The test table's arms and outcomes are never looked at.

    Raises what `read_trial` and `learn` raise. The same tables and seed give the same bits.
    """
    table = read_trial(train, test, columns)
    model = learn(table.trial, seed=seed, watch=watch)
    effects = model.score(encode(test, table.traits)).effects
    return UpliftRun(scores=scores_table(test, effects, table.arm_names), model=model, learned_from=table)
