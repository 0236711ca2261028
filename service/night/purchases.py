"""Purchases from MongoDB into a Parquet file, part by part, as scoring reads files."""

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from offers.model.ids import ProgrammeId
from offers.store.histories import BoughtLine
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
    """Write every line of a programme's receipts to a file; gives how many. What was there stays whole until then.

    Raises CannotScore when nothing was sold yet.
    """
    reading = store.reading
    outlets = await reading.programmes.outlets(programme_id)
    total = sum([await reading.histories.count(outlet.id) for outlet in outlets])
    path.parent.mkdir(parents=True, exist_ok=True)
    parts, waiting, receipts, lines = 0, list[BoughtLine](), 0, 0
    for outlet in outlets:
        async for count, batch in reading.histories.of_outlet(outlet.id):
            waiting += batch
            receipts, lines = receipts + count, lines + len(batch)
            watch(receipts, total)
            if len(waiting) >= PART_LINES:
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


def _part(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-part-{number:05}.parquet")


def _write(path: Path, lines: Sequence[BoughtLine]) -> None:
    columns = {
        "member_id": [line.member_id for line in lines],
        "at": [line.at for line in lines],
        "arrived_at": [line.known_at for line in lines],
        "order_id": [line.order_id for line in lines],
        "category": [line.category for line in lines],
        "quantity": [line.quantity for line in lines],
        "amount": [float(line.amount_minor) for line in lines],
    }
    pl.DataFrame(columns, schema=_SCHEMA).write_parquet(path)
