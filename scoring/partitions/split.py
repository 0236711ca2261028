"""A file split into hash partitions: all rows of a member are in one, and none needs more memory than another."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from scoring.history.errors import CannotScore
from scoring.history.reading import check_columns, read_rows

PART_ROWS = 500_000
"""Rows of a part: about 150 MiB while it is read and folded."""
MOST_PARTS = 4_096
NEEDED = ("member_id", "at", "amount")
_WANTED = (*NEEDED, "arrived_at", "order_id", "category", "quantity")
_SEED = 11
_FOLDER = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of a file: a folder for each, or the file itself where it is small enough to be the only one."""

    paths: tuple[Path, ...]

    def frames(self) -> Iterator[pl.DataFrame]:
        """Give each part's rows, one part in memory at a time."""
        for path in self.paths:
            yield pl.read_parquet(path / "*.parquet", hive_partitioning=False) if path.is_dir() else read_rows(path)


def split(path: Path, folder: Path, *, part_rows: int = PART_ROWS) -> Parts:
    """Split a file into parts of about so many rows, written into the folder as a stream. Raises CannotScore.

    Which part a member is in depends on the id alone (and on the version of polars, whose hash it is).
    """
    try:
        rows = _scan(path)
        check_columns(rows.collect_schema().names(), path, NEEDED)
        count = int(rows.select(pl.len()).collect().item())
        parts = min(MOST_PARTS, max(1, -(-count // part_rows)))
        if not count:
            raise CannotScore("empty_file", path=path)
        return Parts(paths=(path,) if parts == 1 else _written(rows, folder / _FOLDER, parts))
    except (PolarsError, OSError, UnicodeDecodeError) as error:
        words = str(error).splitlines()[0] if str(error) else type(error).__name__
        code = "empty_file" if "empty" in words else "unreadable_file"
        raise CannotScore(code, path=path, reason=words) from error


def _scan(path: Path) -> pl.LazyFrame:
    match path.suffix.lower():
        case ".csv":
            return pl.scan_csv(path, infer_schema=False)
        case ".parquet":
            return pl.scan_parquet(path)
    raise CannotScore("unknown_format", path=path)


def _written(rows: pl.LazyFrame, folder: Path, parts: int) -> tuple[Path, ...]:
    schema = rows.collect_schema()
    rows = rows.select(name for name in _WANTED if name in schema.names())
    if schema["member_id"].is_float():
        # Whole numbers of a frame with gaps: whether they are whole is a question to the whole file.
        member = pl.col("member_id").fill_nan(None)
        whole = bool(rows.select((member.drop_nulls() % 1 == 0).all()).collect().item())
        rows = rows.with_columns(member_id=member.cast(pl.Int64 if whole else pl.String))
    # Rows without a member are many in some files: they are spread out by their time.
    owner = pl.coalesce(pl.col("member_id").cast(pl.String), pl.col("at").cast(pl.String))
    return hashed_parts(rows, owner, folder, parts)


def hashed_parts(rows: pl.LazyFrame, owner: pl.Expr, folder: Path, parts: int) -> tuple[Path, ...]:
    """Write rows as a stream into a folder for each part, by a hash of their owner."""
    folder.mkdir(parents=True, exist_ok=True)
    by_part = pl.PartitionBy(folder, key={"part": (owner.hash(_SEED) % parts).cast(pl.UInt16)}, include_key=False)
    rows.sink_parquet(by_part, compression="lz4", mkdir=True, maintain_order=False)
    return tuple(sorted(folder.iterdir()))
