"""Which cluster each member was in the night before, from MongoDB into a Parquet file, as scoring reads it."""

from pathlib import Path

import polars as pl

from offers.model.ids import ProgrammeId
from offers.store.store import Store

_SCHEMA = {"member_id": pl.String, "cluster": pl.Int32}


async def read_clusters(store: Store, programme_id: ProgrammeId, path: Path) -> None:
    """Write the clusters of the run that speaks to a file; before the first run it is a file of no rows."""
    scores = store.reading.scores
    head = await scores.published(programme_id)
    found = [_frame(some) async for some in scores.clusters(head.run_id)] if head else []
    pl.concat([_frame([]), *found]).write_parquet(path)


def _frame(some: list[tuple[str, int]]) -> pl.DataFrame:
    return pl.DataFrame(some, schema=_SCHEMA, orient="row")
