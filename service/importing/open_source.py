"""Opening a file for import, whatever its kind."""

from pathlib import Path

from service.importing.csv_source import open_csv
from service.importing.ndjson_source import open_ndjson
from service.importing.parquet_source import open_parquet
from service.importing.sniff import FileKind, kind_of
from service.importing.source import Source


def open_source(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> Source:
    """Open a file by its content. `encoding` and `delimiter` are those of CSV. Raises CannotImport."""
    match kind_of(path):
        case FileKind.PARQUET:
            return open_parquet(path)
        case FileKind.NDJSON:
            return open_ndjson(path)
        case FileKind.CSV:
            return open_csv(path, encoding=encoding, delimiter=delimiter)
