"""Reading a trial and the members to score from CSV or Parquet, and writing the scores."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from scoring.arrays import Floats
from scoring.uplift.afterwards import known_only_afterwards
from scoring.uplift.errors import (
    EmptyTable,
    MissingColumn,
    NoControl,
    NoTraits,
    OneArm,
    OutcomeNeverVaries,
    OutcomeNotANumber,
    UnreadableTable,
)
from scoring.uplift.traits import Trait, encode, fit_traits
from scoring.uplift.trial import Trial
from scoring.written import as_numbers

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

    A row without an arm, or of a member that an earlier row has, is dropped. Raises EmptyTable, MissingColumn,
    NoControl, OneArm, OutcomeNotANumber, OutcomeNeverVaries, NoTraits.
    """
    for table, name in ((train, file), (test, "test")):
        if table.is_empty():
            raise EmptyTable(file=name)
    for column in (columns.arm, columns.outcome):
        if column not in train.columns:
            raise MissingColumn(column=column, file=file, present=_named(train.columns))
    rows = train.filter(_arms(train[columns.arm]).is_not_null())
    if MEMBER in rows.columns:
        # Rows without a member are members we know nothing to tell apart by: each is one.
        rows = rows.filter(pl.col(MEMBER).is_null() | pl.col(MEMBER).is_first_distinct())
    arms = _arms(rows[columns.arm])
    control = _spelled_there(columns.control, arms)
    names = (control, *sorted(set(arms.to_list()) - {control}))
    if not (arms == control).any():
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


def _arms(column: pl.Series) -> pl.Series:
    """Give arms as words, null where there is none; whole numbers written as fractions become whole."""
    if column.dtype.is_float():
        column = column.fill_nan(None)
        if (column.drop_nulls() % 1 == 0).all():
            column = column.cast(pl.Int64)
    text = column.cast(pl.String).str.strip_chars()
    return text.set(text == "", None)


def _spelled_there(control: str, arms: pl.Series) -> str:
    """Give the control as the table spells it: False is false, and 0.0 is 0, where nothing else could be meant."""
    alike = control.strip().casefold().removesuffix(".0")
    found = {name for name in arms.unique().to_list() if name.casefold() == alike}
    return control if control in arms or len(found) != 1 else found.pop()


def _outcomes(column: pl.Series) -> Floats:
    values = as_numbers(column)
    wrong = len(column) if values is None else int(np.count_nonzero(np.isnan(values)))
    if values is None or wrong:
        raise OutcomeNotANumber(column=column.name, rows=wrong)
    if np.all(values == values[0]):
        raise OutcomeNeverVaries(column=column.name, value=f"{values[0]:g}")
    return values


def _named(names: list[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
