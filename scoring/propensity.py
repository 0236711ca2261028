"""Propensity: how likely a member is to do what others did, learned from a table of anything about them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import xgboost as xgb
from scipy import special

from scoring.forecast.pooled import fit_pooled
from scoring.history.errors import CannotScore
from scoring.history.reading import read_rows
from scoring.uplift.afterwards import gives_away
from scoring.written import FALSE, TRUE, as_numbers, names_rows, numbers_of

Numbers = npt.NDArray[np.float64]
Watch = Callable[[int, int], None]

MOST_LEVELS = 50
"""A text column with more different values than this is a name, not a trait: it is left out."""
PROTECTED = frozenset(
    {"gender", "sex", "race", "ethnicity", "religion", "nationality", "disability", "пол", "национальность"}
)
"""Traits that no score may be built on, whatever the file holds."""
FOLDS = 4
ROUNDS = 150
THIN_OUTCOMES = 50
_SHAPE = {"max_depth": 3, "eta": 0.06, "min_child_weight": 20, "lambda": 5.0, "tree_method": "hist"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPropensity:
    """`scores` has member_id and p; `left_out` are the columns that hold what the target does: known afterwards."""

    scores: pl.DataFrame
    left_out: tuple[str, ...]


def score_propensity(
    train: Path, test: Path, *, target: str, seed: int, threads: int, watch: Watch = lambda *_: None
) -> ScoredPropensity:
    """Learn the target (0 and 1) on one table and score each row of the other, in its order.

    Trees and a logistic regression are both trained, and what does better on members left out (four folds) is used,
    with its slope set by them; where few did it, or few did not, the regression alone. Columns that give the target
    away are left out, and named. Without a column member_id the rows are numbered from 0. Raises CannotScore.
    """
    known, asked = read_rows(train), read_rows(test)
    for path, table in ((train, known), (test, asked)):
        if not table.height:
            raise CannotScore("empty_file", path=path)
    if target not in known.columns:
        raise CannotScore("missing_columns", path=train, missing=target, present=", ".join(known.columns))
    outcome = _outcome(known[target], train)
    shared = [name for name in known.columns if name in asked.columns and name not in {target, "member_id"}]
    late = [name for name in shared if gives_away(known[name], outcomes=outcome)]
    encoded = _encode(known, asked, sorted(set(shared) - set(late)))
    if not encoded:
        raise CannotScore("no_features", train=train, test=test)
    mine = np.stack([each for each, _ in encoded], axis=1)
    theirs = np.stack([each for _, each in encoded], axis=1)
    watch(1, 2)
    chances = special.expit(_log_odds(mine, outcome, theirs, seed=seed, threads=threads))
    watch(2, 2)
    ids = asked["member_id"] if "member_id" in asked.columns else pl.Series("member_id", range(asked.height))
    return ScoredPropensity(scores=pl.DataFrame({"member_id": ids, "p": chances}), left_out=tuple(late))


def _log_odds(mine: Numbers, outcome: Numbers, theirs: Numbers, *, seed: int, threads: int) -> Numbers:
    plain, asked = _filled(mine, mine), _filled(theirs, mine)
    everyone = np.zeros(outcome.size, dtype=np.intp)
    if min(outcome.sum(), outcome.size - outcome.sum()) < THIN_OUTCOMES:
        return _regression(plain, outcome, asked)
    fold = np.random.default_rng(seed).permutation(outcome.size) % FOLDS
    left_out = {"regression": np.zeros(outcome.size), "trees": np.zeros(outcome.size)}
    for each in range(FOLDS):
        out, kept = fold == each, fold != each
        left_out["regression"][out] = _regression(plain[kept], outcome[kept], plain[out])
        left_out["trees"][out] = _trees(mine[kept], outcome[kept], mine[out], seed=seed, threads=threads)
    left_out["both"] = (left_out["regression"] + left_out["trees"]) / 2
    best = min(left_out, key=lambda name: _loss(left_out[name], outcome))
    final = {"regression": _regression(plain, outcome, asked)}
    final["trees"] = _trees(mine, outcome, theirs, seed=seed, threads=threads)
    final["both"] = (final["regression"] + final["trees"]) / 2
    fit = fit_pooled(left_out[best][:, None], outcome, everyone, link="logit")
    calibrated: Numbers = fit.score(final[best][:, None]) + fit.levels[0]
    return calibrated


def _regression(mine: Numbers, outcome: Numbers, theirs: Numbers) -> Numbers:
    fit = fit_pooled(mine, outcome, np.zeros(outcome.size, dtype=np.intp), link="logit")
    log_odds: Numbers = fit.score(theirs) + fit.levels[0]
    return log_odds


def _trees(mine: Numbers, outcome: Numbers, theirs: Numbers, *, seed: int, threads: int) -> Numbers:
    told = {**_SHAPE, "objective": "binary:logistic", "seed": seed, "nthread": threads}
    booster = xgb.train(told, xgb.DMatrix(mine, label=outcome, nthread=threads), num_boost_round=ROUNDS)
    margin: Numbers = booster.predict(xgb.DMatrix(theirs, nthread=threads), output_margin=True).astype(np.float64)
    return margin


def _loss(log_odds: Numbers, outcome: Numbers) -> float:
    return float((np.logaddexp(0, log_odds) - outcome * log_odds).mean())


def _outcome(written: pl.Series, path: Path) -> Numbers:
    text = written.cast(pl.String).str.to_lowercase().str.strip_chars()
    values = set(text.unique().to_list())
    if not values <= TRUE | FALSE or len({value in TRUE for value in values}) < 2:  # noqa: PLR2004 - yes and no
        shown = ", ".join(sorted(map(str, values))[:5])
        raise CannotScore("unusable_target", path=path, column=written.name, present=shown)
    return text.is_in(list(TRUE)).cast(pl.Float64).to_numpy()


def _encode(known: pl.DataFrame, asked: pl.DataFrame, columns: Sequence[str]) -> list[tuple[Numbers, Numbers]]:
    """Give each usable column of both tables as numbers; text becomes one column for each of its known values.

    What the other table holds instead of a number is absent there; a value never met before is none of the known.
    """
    encoded: list[tuple[Numbers, Numbers]] = []
    for name in (each for each in columns if each.lower() not in PROTECTED):
        mine = as_numbers(known[name])
        if mine is not None:
            if float(np.nan_to_num(mine).std()) > 0 and not names_rows(known[name], mine):
                encoded.append((mine, numbers_of(asked[name])))
            continue
        texts = known[name].cast(pl.String, strict=False), asked[name].cast(pl.String, strict=False)
        levels = sorted(texts[0].drop_nulls().unique().to_list())
        if len(levels) <= MOST_LEVELS:
            encoded += [(_is(texts[0], level), _is(texts[1], level)) for level in levels]
    return encoded


def _is(column: pl.Series, level: str) -> Numbers:
    return (column == level).fill_null(value=False).cast(pl.Float64).to_numpy()


def _filled(values: Numbers, usual: Numbers) -> Numbers:
    """Fill what is missing with the mean, and put long tails on a scale of logarithms."""
    means: Sequence[float] = np.nan_to_num(np.nanmean(usual, axis=0))
    whole = np.where(np.isfinite(values), values, means)
    return np.sign(whole) * np.log1p(np.abs(whole))
