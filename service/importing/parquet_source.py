"""Parquet, read by polars as a stream; a row's number stands for its line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from service.importing.errors import CannotImport
from service.importing.source import BATCH_ROWS, LINE, Batch, checked_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetSource:
    path: Path
    columns: list[str]
    size: int

    @property
    def in_bytes(self) -> bool:
        return False

    @property
    def likely_rows(self) -> int:
        return self.size

    def batches(self) -> Iterator[Batch]:
        read = 0
        query = pl.scan_parquet(self.path, glob=False).select(self.columns).with_row_index(LINE, offset=1)
        try:
            for rows in query.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True, lazy=True):
                read += rows.height
                yield Batch(rows=rows.with_columns(pl.col(LINE).cast(pl.UInt64)), broken=(), position=read)
        except PolarsError as error:
            raise _unusable(self.path, error) from error


def open_parquet(path: Path) -> ParquetSource:
    """Open a Parquet file; columns of lists and structures are passed over. Raises CannotImport."""
    try:
        file = pl.scan_parquet(path, glob=False)
        schema = file.collect_schema()
        size: int = file.select(pl.len()).collect().item()
    except PolarsError as error:
        raise _unusable(path, error) from error
    columns = [name for name, dtype in schema.items() if not dtype.is_nested() and dtype != pl.Binary]
    if checked_columns(path, columns) != columns or LINE in columns:
        raise CannotImport("{path}: a column has no name. Name every column.", path=path)
    return ParquetSource(path=path, columns=columns, size=size)


def _unusable(path: Path, error: PolarsError) -> CannotImport:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return CannotImport("{path}: cannot be read as Parquet ({reason}).", path=path, reason=reason)
