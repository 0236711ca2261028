"""What every reader gives: the columns of a file, and its rows in batches of bounded memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from service.importing.bad_rows import Reason
from service.importing.errors import CannotImport

LINE = "__line__"
"""The column of a batch that holds the number of the line (of the row, in Parquet) a row begins at, from 1."""

BATCH_ROWS = 50_000
BATCH_CHARACTERS = 16 << 20
MAX_COLUMNS = 500
MAX_LINE_CHARACTERS = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRow:
    """A row that is not even a row; `fields` is what could be read of it."""

    line: int
    reason: Reason
    fields: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some rows, in the order of the file. `position` says how far the file is read, in the unit of its size."""

    rows: pl.DataFrame
    broken: Sequence[BrokenRow]
    position: int


class Source(Protocol):
    """A file open for reading; `batches` may be called again and reads it from the beginning."""

    @property
    def columns(self) -> Sequence[str]: ...

    @property
    def size(self) -> int:
        """The whole: bytes, or rows."""

    @property
    def in_bytes(self) -> bool: ...

    @property
    def likely_rows(self) -> int: ...

    def batches(self) -> Iterator[Batch]: ...


def checked_columns(path: Path, names: Sequence[str]) -> list[str]:
    """Give the names of the columns; a blank one gets its number. Raises CannotImport for twins and for too many."""
    columns = [name.strip() or f"column_{number}" for number, name in enumerate(names, start=1)]
    if len(columns) > MAX_COLUMNS:
        raise CannotImport(
            "{path}: has {count} columns, the limit is {limit}.", path=path, count=len(columns), limit=MAX_COLUMNS
        )
    twin = next((name for name in columns if columns.count(name) > 1), None)
    if twin is not None:
        raise CannotImport("{path}: two columns are called {name}. Rename one.", path=path, name=twin)
    return columns
