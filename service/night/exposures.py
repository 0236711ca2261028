"""The log of exposures from MongoDB into a Parquet file, batch by batch, as scoring reads logs."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from offers.model.exposure import Exposure
from offers.model.ids import ProgrammeId
from offers.store.store import Store

PART_ROWS = 200_000
_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "member_id": pl.String,
    "campaign": pl.String,
    "occurrence": pl.String,
    "policy": pl.String,
    "arm": pl.String,
    "chances": pl.String,
    "at": pl.Datetime("us", "UTC"),
    "horizon_days": pl.Int32,
    "explored": pl.Boolean,
    "held_out": pl.Boolean,
}
Watch = Callable[[int, int], None]


async def read_exposures(
    store: Store, programme_id: ProgrammeId, path: Path, *, until: datetime, watch: Watch = lambda *_: None
) -> int:
    """Write a programme's exposures before an instant to a file; gives how many. None written is a file of no rows.

    Runs that were taken back are left out whole: what was drawn there is not what members had.
    """
    exposures, undone = store.reading.exposures, await store.reading.personal.undone(programme_id)
    total = await exposures.count(programme_id, until=until, without=undone)
    path.parent.mkdir(parents=True, exist_ok=True)
    parts, waiting, read = list[pl.DataFrame](), list[Exposure](), 0
    async for batch in exposures.stream(programme_id, until=until, without=undone):
        waiting += batch
        read += len(batch)
        watch(read, total)
        if len(waiting) >= PART_ROWS:
            parts.append(_frame(waiting))
            waiting = []
    beside = path.with_suffix(".whole")
    pl.concat([*parts, _frame(waiting)]).write_parquet(beside)
    beside.replace(path)
    return read


def _frame(exposures: Sequence[Exposure]) -> pl.DataFrame:
    """Give a table; a hundred bytes a row, so that millions of draws fit beside the rest."""
    plain = ("member_id", "campaign", "occurrence", "policy", "arm", "at", "horizon_days", "explored", "held_out")
    columns: dict[str, list[object]] = {name: [getattr(each, name) for each in exposures] for name in plain}
    columns["chances"] = [json.dumps({each.arm: each.chance for each in draw.chances}) for draw in exposures]
    return pl.DataFrame({name: columns[name] for name in _SCHEMA}, schema=_SCHEMA)
