"""CSV, read by the standard library: one bad row is one bad row, and every line keeps its number.

Polars takes over from whole columns of text; its own CSV reader gives up on, or cuts, a file with a ragged row.
"""

import csv
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from service.importing.bad_rows import Reason
from service.importing.errors import CannotImport
from service.importing.sniff import delimiter_of, encoding_of
from service.importing.source import BATCH_CHARACTERS, BATCH_ROWS, LINE, Batch, BrokenRow, checked_columns
from service.importing.text_lines import TextLines

_SHORT_ROW_BYTES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvSource:
    path: Path
    encoding: str
    delimiter: str
    columns: list[str]

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    @property
    def in_bytes(self) -> bool:
        return True

    @property
    def likely_rows(self) -> int:
        return self.size // _SHORT_ROW_BYTES

    def batches(self) -> Iterator[Batch]:
        with closing(TextLines(self.path, self.encoding)) as lines:
            reading = _Reading(self, lines)
            reading.skip_header()
            while not reading.is_over:
                yield reading.batch()


class _Reading:
    """One walk through the file."""

    def __init__(self, source: CsvSource, lines: TextLines) -> None:
        self._columns = source.columns
        self._lines = lines
        self._reader = csv.reader(lines, delimiter=source.delimiter)
        self.is_over = False

    def skip_header(self) -> None:
        next(self._reader)

    def batch(self) -> Batch:
        numbers: list[int] = []
        rows: list[list[str]] = []
        broken: list[BrokenRow] = []
        last_character = self._lines.characters + BATCH_CHARACTERS
        while len(rows) + len(broken) < BATCH_ROWS and self._lines.characters < last_character:
            number = self._lines.lines + 1
            try:
                row = next(self._reader, None)
            except csv.Error:
                broken.append(BrokenRow(line=number, reason=Reason.WRONG_FIELD_COUNT, fields=[]))
                continue
            if row is None:
                self.is_over = True
                break
            if fields := self._fitted(row):
                numbers.append(number)
                rows.append(fields)
            elif row:
                broken.append(BrokenRow(line=number, reason=Reason.WRONG_FIELD_COUNT, fields=row))
        return Batch(rows=self._frame(numbers, rows), broken=broken, position=self._lines.position)

    def _fitted(self, row: list[str]) -> list[str] | None:
        """Give a row of the header's width; a blank line and a wrong width give None."""
        width = len(self._columns)
        if len(row) == width:
            return row
        return row[:width] if len(row) > width and not any(row[width:]) else None

    def _frame(self, numbers: list[int], rows: list[list[str]]) -> pl.DataFrame:
        texts = zip(*rows, strict=True) if rows else ((),) * len(self._columns)
        series = [pl.Series(name, values, dtype=pl.String) for name, values in zip(self._columns, texts, strict=True)]
        return pl.DataFrame([pl.Series(LINE, numbers, dtype=pl.UInt64), *series])


def open_csv(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> CsvSource:
    """Open a CSV file, telling what was not said. Raises CannotImport."""
    encoding = encoding or encoding_of(path)
    try:
        with closing(TextLines(path, encoding)) as lines:
            header = next(iter(lines), "")
            delimiter = delimiter or delimiter_of(header)
        with closing(TextLines(path, encoding)) as lines:
            names = next(csv.reader(lines, delimiter=delimiter), [])
    except (LookupError, TypeError, csv.Error, UnicodeError) as error:
        raise CannotImport(
            "{path}: cannot be read as CSV ({reason}). Check --encoding and --delimiter.", path=path, reason=error
        ) from error
    columns = checked_columns(path, names)
    return CsvSource(path=path, encoding=encoding, delimiter=delimiter, columns=columns)
