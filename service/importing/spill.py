"""Lines parted on disk, so that an order whose lines stand anywhere in a file comes together in bounded memory."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

LINES_IN_PART = 150_000
MAX_PARTS = 256
LINES_IN_MEMORY = 400_000
CONTENT = ("member", "phone", "sku", "category", "quantity_micro", "total_minor")


class Spill:
    """Takes lines in any order; gives them back part by part, every order whole and in the order of the file."""

    def __init__(self, folder: Path, *, likely_lines: int) -> None:
        self._folder = folder
        self._parts = min(MAX_PARTS, likely_lines // LINES_IN_PART + 1)
        self._waiting: list[pl.DataFrame] = []
        self._files: dict[int, list[Path]] = {}
        self._written = 0
        self.lines = 0

    def add(self, lines: pl.DataFrame) -> None:
        if lines.height:
            self.lines += lines.height
            self._waiting.append(lines)
        if sum(frame.height for frame in self._waiting) >= LINES_IN_MEMORY:
            self._write()

    def parts(self) -> Iterator[pl.DataFrame]:
        """Give every part once; its files are gone afterwards."""
        self._write()
        for number in sorted(self._files):
            files = self._files.pop(number)
            yield pl.concat([pl.read_ipc(file, memory_map=False) for file in files], rechunk=False)
            for file in files:
                file.unlink()

    def _write(self) -> None:
        if not self._waiting:
            return
        whole = pl.concat(self._waiting).with_columns((_order_key().hash() % self._parts).alias("part"))
        self._waiting = []
        for (number,), lines in whole.partition_by("part", as_dict=True, include_key=False).items():
            file = self._folder / f"{number}-{self._written}.arrow"
            lines.write_ipc(file, compression="lz4")
            self._files.setdefault(int(number), []).append(file)
        self._written += 1


def content_key() -> pl.Expr:
    """Name a line without an order by everything it says."""
    cells = [pl.col(name).cast(pl.String).fill_null("") for name in CONTENT]
    return pl.concat_str([pl.col("at").dt.epoch("ms").cast(pl.String), *cells], separator="\x1f")


def _order_key() -> pl.Expr:
    named = pl.concat_str([pl.col("day").cast(pl.String), pl.col("order_ref")], separator="\x1f")
    return pl.coalesce(named, content_key())
