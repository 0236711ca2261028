"""Reading a trial and the members to score from CSV or Parquet, and writing the scores."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from scoring.arrays import Floats
from scoring.uplift.afterwards import known_only_afterwards
from scoring.uplift.errors import MissingColumn, NoControl, NoTraits, OneArm, OutcomeNotANumber, UnreadableTable
from scoring.uplift.traits import Trait, encode, fit_traits
from scoring.uplift.trial import Trial

MEMBER = "member_id"
PREFIX = "uplift_"
_MOST_NAMED = 12
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns of the files mean what; `ignored` are no traits, whatever they hold."""

    arm: str
    control: str
    outcome: str
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialTable:
    """A trial read from a table, and how to read members of another table alike.

    `left_out` came after the treatment; `rows_dropped` had no arm or repeated a member.
    """

    trial: Trial
    traits: tuple[Trait, ...]
    arm_names: tuple[str, ...]
    left_out: tuple[str, ...]
    rows_dropped: int


def read_table(path: Path) -> pl.DataFrame:
    """Read a CSV (delimiter told from its first line) or Parquet file. Raises UnreadableTable."""
    try:
        with path.open("rb") as file:
            start = file.read(1 << 16)
        if start.startswith(b"PAR1"):
            return pl.read_parquet(path)
        first = start.split(b"\n", 1)[0].decode("utf-8-sig")
        delimiter = max(_DELIMITERS, key=first.count)
        return pl.read_csv(path, separator=delimiter, infer_schema_length=None, try_parse_dates=True)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise UnreadableTable(file=path.name, words=str(error).splitlines()[0]) from error


def read_trial(train: pl.DataFrame, test: pl.DataFrame, columns: Columns, *, file: str = "train") -> TrialTable:
    """Take a trial from a table: its traits are the columns that the test table has too and that came before.

    A row without an arm, or of a member that an earlier row has, is dropped. Raises MissingColumn, NoControl, OneArm,
    OutcomeNotANumber, NoTraits.
    """
    for column in (columns.arm, columns.outcome):
        if column not in train.columns:
            raise MissingColumn(column=column, file=file, present=_named(train.columns))
    rows = train.filter(pl.col(columns.arm).is_not_null())
    if MEMBER in rows.columns:
        rows = rows.unique(MEMBER, keep="first", maintain_order=True)
    arms = rows[columns.arm].cast(pl.String)
    names = (columns.control, *sorted(set(arms.to_list()) - {columns.control}))
    if not (arms == columns.control).any():
        raise NoControl(column=columns.arm, value=columns.control, present=_named(sorted(set(arms.to_list()))))
    if len(names) == 1:
        raise OneArm(column=columns.arm)
    outcomes = _outcomes(rows[columns.outcome])
    numbers = arms.replace_strict(dict(zip(names, range(len(names)), strict=True)), return_dtype=pl.Int64).to_numpy()
    taken = {MEMBER, columns.arm, columns.outcome} | columns.ignored
    shared = [column for column in rows.columns if column in test.columns and column not in taken]
    late = known_only_afterwards(rows, shared, arms=numbers, outcomes=outcomes)
    traits = fit_traits(rows, [column for column in shared if column not in late])
    if not traits:
        raise NoTraits
    trial = Trial(traits=encode(rows, traits), arms=numbers, outcomes=outcomes, arm_count=len(names))
    dropped = train.height - rows.height
    return TrialTable(trial=trial, traits=traits, arm_names=names, left_out=tuple(late), rows_dropped=dropped)


def scores_table(test: pl.DataFrame, effects: Floats, arm_names: tuple[str, ...]) -> pl.DataFrame:
    """Give member_id (or the row's number, from 0) and a column of uplift for each treated arm, row by row."""
    ids = test[MEMBER] if MEMBER in test.columns else pl.Series(MEMBER, np.arange(test.height))
    told = {f"{PREFIX}{name}": effects[:, place] for place, name in enumerate(arm_names[1:])}
    return pl.DataFrame({MEMBER: ids, **told})


def write_table(table: pl.DataFrame, path: Path) -> None:
    """Write Parquet where the name says so, else CSV; the file appears whole or not at all."""
    draft = path.with_name(f".{path.name}.part")
    try:
        if path.suffix == ".parquet":
            table.write_parquet(draft)
        else:
            table.write_csv(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _outcomes(column: pl.Series) -> Floats:
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        values = column.cast(pl.Float64)
        wrong = int((~values.is_finite().fill_null(value=False)).sum())
    else:
        wrong = len(column)
    if wrong:
        raise OutcomeNotANumber(column=column.name, rows=wrong)
    return values.to_numpy().astype(np.float64)


def _named(names: list[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
