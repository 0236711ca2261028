"""Propensity: how likely a member is to do what others did, learned from a table of anything about them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from scoring.history.errors import CannotScore
from scoring.history.reading import read_rows
from scoring.propensity_model import fit_propensity
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
    found = fit_propensity(mine, outcome, seed=seed, threads=threads)
    log_odds = found.model.log_odds(theirs, threads=threads)
    chances = special.expit(log_odds if found.is_thin else found.calibrated(log_odds, outcome))
    watch(2, 2)
    ids = asked["member_id"] if "member_id" in asked.columns else pl.Series("member_id", range(asked.height))
    return ScoredPropensity(scores=pl.DataFrame({"member_id": ids, "p": chances}), left_out=tuple(late))


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
