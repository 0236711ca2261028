"""NDJSON, read by the standard library: numbers stay the text they were, so no amount becomes a float."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from service.importing.bad_rows import Reason
from service.importing.errors import CannotImport
from service.importing.source import BATCH_CHARACTERS, BATCH_ROWS, LINE, Batch, BrokenRow, checked_columns
from service.importing.text_lines import TextLines

_SHORT_ROW_BYTES = 80
_ROWS_THAT_NAME_COLUMNS = 1_000
_ENCODING = "utf-8-sig"
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class NdjsonSource:
    path: Path
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
        with closing(TextLines(self.path, _ENCODING)) as lines:
            following = iter(lines)
            while not lines.is_over:
                yield self._batch(lines, following)

    def _batch(self, lines: TextLines, following: Iterator[str]) -> Batch:
        numbers: list[int] = []
        rows: list[dict[str, Any]] = []
        broken: list[BrokenRow] = []
        last_character = lines.characters + BATCH_CHARACTERS
        for line in following:
            if row := _object(line):
                numbers.append(lines.lines)
                rows.append(row)
            elif line.strip():
                broken.append(BrokenRow(line=lines.lines, reason=Reason.NOT_AN_OBJECT, fields=[line.strip()]))
            if len(rows) + len(broken) >= BATCH_ROWS or lines.characters >= last_character:
                break
        series = [_series(name, [row.get(name) for row in rows]) for name in self.columns]
        frame = pl.DataFrame([pl.Series(LINE, numbers, dtype=pl.UInt64), *series])
        return Batch(rows=frame, broken=broken, position=lines.position)


def open_ndjson(path: Path) -> NdjsonSource:
    """Open a file of one JSON object on each line; the first thousand lines name the columns. Raises CannotImport."""
    with closing(TextLines(path, _ENCODING)) as lines:
        names: dict[str, None] = {}
        for line in islice(lines, _ROWS_THAT_NAME_COLUMNS):
            names.update(dict.fromkeys(_object(line) or ()))
    if not names:
        raise CannotImport("{path}: no line of it is a JSON object.", path=path)
    return NdjsonSource(path=path, columns=checked_columns(path, list(names)))


def _object(line: str) -> dict[str, Any] | None:
    try:
        row = _DECODER.decode(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _series(name: str, values: list[Any]) -> pl.Series:
    """Give a column of texts; hardly ever is a value anything else, for numbers are read as text."""
    if any(value.__class__ is not str and value is not None for value in values):
        values = [_text(value) for value in values]
    return pl.Series(name, values, dtype=pl.String)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
