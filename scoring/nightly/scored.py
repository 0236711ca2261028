"""The scores of a night's members: a file for each part of them, in a folder of the night's own."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl


@dataclass(frozen=True, slots=True)
class Scored:
    """One row for each member, in no order that means anything; one part is in memory at a time.

    A row has member_id, p_active, expected_purchases, expected_spend, segment, cluster (empty: too few members),
    daypart, reasons (a list of kind and value), favourites (a list of category, score and is_discovery), uplift (a list
    of campaign, arm, effect and error, empty where nothing was learned) and uses_coupon (a share of occasions).
    """

    folder: Path

    def clear(self) -> None:
        """Leave an empty folder: what a night that broke off left there is no part of this one."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def keep(self, part: int, scores: pl.DataFrame) -> None:
        scores.write_parquet(self.folder / f"part-{part:05}.parquet", compression="lz4")

    def parts(self) -> Iterator[pl.DataFrame]:
        for path in sorted(self.folder.glob("part-*.parquet")):
            yield pl.read_parquet(path)
