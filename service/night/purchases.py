"""Purchases from MongoDB into a Parquet file, part by part, as scoring reads files."""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import polars as pl

from offers.model.ids import ProgrammeId
from offers.model.programme import Outlet
from offers.store.bought_lines import BoughtLines
from offers.store.store import Store
from scoring.history.errors import CannotScore

PART_LINES = 500_000
"""About 60 MiB of memory at a time, whatever the length of the history."""
_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "member_id": pl.String,
    "at": pl.Datetime("us", "UTC"),
    "arrived_at": pl.Datetime("us", "UTC"),
    "order_id": pl.String,
    "category": pl.String,
    "quantity": pl.Float64,
    "amount": pl.Float64,
}
Watch = Callable[[int, int], None]


async def read_purchases(store: Store, programme_id: ProgrammeId, path: Path, *, watch: Watch) -> int:
    """Write every line of a programme's receipts and returns to a file; gives how many.

    What was there stays whole until then. Raises CannotScore when nothing was sold yet.
    """
    reading = store.reading
    outlets = await reading.programmes.outlets(programme_id)
    total = sum([await reading.histories.count(outlet.id) for outlet in outlets])
    path.parent.mkdir(parents=True, exist_ok=True)
    parts, waiting, lines = 0, list[BoughtLines](), 0
    async for batch in _batches(store, outlets, watch=lambda done: watch(done, total)):
        waiting.append(batch)
        lines += len(batch)
        if sum(map(len, waiting)) >= PART_LINES:
            _write(_part(path, parts), waiting)
            parts, waiting = parts + 1, []
    if not lines:
        raise CannotScore("nothing_sold")
    _write(_part(path, parts), waiting)
    found = [_part(path, number) for number in range(parts + 1)]
    beside = path.with_suffix(".whole")
    pl.scan_parquet(found).sink_parquet(beside)
    beside.replace(path)
    for each in found:
        each.unlink()
    return lines


async def _batches(
    store: Store, outlets: Sequence[Outlet], *, watch: Callable[[int], None]
) -> AsyncIterator[BoughtLines]:
    """Give what was bought and what came back, outlet by outlet; tells how many receipts were read."""
    histories, receipts = store.reading.histories, 0
    for outlet in outlets:
        async for count, batch in histories.of_outlet(outlet.id):
            receipts += count
            watch(receipts)
            yield batch
        async for batch in histories.back_at(outlet.id):
            yield batch


def _part(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-part-{number:05}.parquet")


def _write(path: Path, batches: Sequence[BoughtLines]) -> None:
    frames = [_frame(batch) for batch in batches] or [pl.DataFrame(schema=_SCHEMA)]
    pl.concat(frames).write_parquet(path, compression="lz4")


def _frame(lines: BoughtLines) -> pl.DataFrame:
    columns = {
        "member_id": lines.member_ids,
        "at": _instants(lines.at_ms),
        "arrived_at": _instants(lines.known_at_ms),
        "order_id": lines.order_ids,
        "category": lines.categories,
        "quantity": lines.quantities,
        "amount": pl.Series(lines.amounts_minor, dtype=pl.Float64, strict=False),
    }
    return pl.DataFrame(columns, schema_overrides=_SCHEMA)


def _instants(since_ms: Sequence[int]) -> pl.Series:
    return pl.Series(since_ms, dtype=pl.Int64).cast(pl.Datetime("ms", "UTC")).dt.cast_time_unit("us")
