"""The list of rejected rows beside the file: line, reason, remedy and the row, safe to open in a spreadsheet."""

import csv
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

import polars as pl

from service.importing.bad_rows import Reason, text_of
from service.importing.errors import CannotImport
from service.importing.source import LINE, Batch, Source

MAX_LISTED = 1_000_000
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")


class RejectedRows:
    """Counts every rejected row and lists the first million in a file, which is made for the first of them.

    A row refused while it is read is listed at once; one refused later, as part of its order, when the file is read
    again (`list_late`). The file holds what the rows hold, so only its owner may read it.
    """

    def __init__(self, path: Path, source: Source, language: str) -> None:
        self.path = path
        self.counts: Counter[Reason] = Counter()
        self._source = source
        self._language = language
        self._late: dict[int, Reason] = {}
        self._listed = 0
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        """Take away the list of an earlier run. Raises CannotImport when nothing can be written there."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    @property
    def total(self) -> int:
        return self.counts.total()

    def add(self, batch: Batch, bad: pl.DataFrame) -> None:
        """Refuse rows of a batch just read: those in `bad` (`line`, `reason`) and those that are broken."""
        for broken in batch.broken:
            self.counts[broken.reason] += 1
            self._list(broken.line, broken.reason, broken.fields)
        for row in bad.iter_rows(named=True):
            self.counts[Reason(row["reason"])] += 1
        self._list_rows(batch, bad)

    def add_late(self, lines: Iterable[int], reason: Reason) -> None:
        """Refuse lines of an order; they are listed by `list_late`."""
        for line in lines:
            self.counts[reason] += 1
            if len(self._late) + self._listed < MAX_LISTED:
                self._late[line] = reason

    def list_late(self) -> None:
        """Read the file once more and list the rows that were refused late, if any were."""
        if not self._late:
            return
        schema = {"line": pl.UInt64, "reason": pl.String}
        late = pl.DataFrame([list(self._late), [reason.value for reason in self._late.values()]], schema=schema)
        for batch in self._source.batches():
            self._list_rows(batch, late)

    def _list_rows(self, batch: Batch, bad: pl.DataFrame) -> None:
        if not bad.height or self._listed >= MAX_LISTED:
            return
        reasons: Mapping[int, str] = dict(bad.iter_rows())
        rows = batch.rows.join(bad.select("line"), left_on=LINE, right_on="line", how="semi", maintain_order="left")
        for line, *fields in rows.iter_rows():
            self._list(line, Reason(reasons[line]), fields)

    def _list(self, line: int, reason: Reason, fields: Sequence[Any]) -> None:
        if self._listed >= MAX_LISTED:
            return
        self._listed += 1
        if self._file is None:
            self._file = self._create()
        cells = ["" if field is None else defused(str(field)) for field in fields]
        csv.writer(self._file).writerow([line, reason.value, text_of(reason, self._language), *cells])

    def _create(self) -> TextIO:
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise self._unwritable(error) from error
        file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
        ours = ("line", "reason", "explanation")
        theirs = [f"{name}_" if name in ours else name for name in self._source.columns]
        csv.writer(file).writerow([*ours, *(defused(name) for name in theirs)])
        return file

    def _unwritable(self, error: OSError) -> CannotImport:
        return CannotImport(
            "{path}: the list of rejected rows cannot be written ({reason}). Name another place: --rejected PATH",
            path=self.path,
            reason=error.strerror,
        )


def defused(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula; plain numbers stay numbers."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text
