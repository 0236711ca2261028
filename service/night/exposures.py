"""The log of exposures from MongoDB into a Parquet file, as scoring reads logs: a campaign's, or what a night needs."""

import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from offers.engine.calendar import midnight
from offers.model.programme import Programme
from offers.store.exposures import Draws, Exposures, Spoken
from offers.store.store import Store
from scoring.exposures.learning import MOST_LEARNED
from scoring.exposures.tonight import MOST_CAMPAIGNS

PART_ROWS = 200_000
_SPARE = 1.1
"""So much more than is learned from is read of a day that is drawn from: some of its members are members no more."""
_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "member_id": pl.String,
    "drawn_for": pl.String,
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


async def read_campaign(store: Store, programme: Programme, campaign: str, path: Path, *, until: datetime) -> int:
    """Write all of a campaign's exposures before an instant to a file; gives how many. Of none it is a file of no rows.

    Runs that were taken back are left out whole: what was drawn there is not what members had. `member_id` is who
    speaks now for the member in `drawn_for`.
    """
    undone = await store.reading.personal.undone(programme.id)
    draws = Draws(programme_id=programme.id, campaign=campaign, until=until, without=undone)
    return await _write(path, store.reading.exposures.stream(draws))


async def read_latest(store: Store, programme: Programme, path: Path, *, as_of: date) -> int:
    """Write what a night learns from to a file, as `read_campaign` does: of each of the latest campaigns, the latest
    draws whose horizon was over when a local day ended.

    It is no more than is learned from, however long the log: of the day on which there is no room for all any more, the
    draws of some of its members.
    """  # noqa: D205 - one thought
    exposures = store.reading.exposures
    undone = await store.reading.personal.undone(programme.id)
    known = []
    for campaign in await exposures.campaigns(programme.id):
        draws = Draws(
            programme_id=programme.id, campaign=campaign, until=_midnight(programme, as_of, 1), without=undone
        )
        if (over := await _over(exposures, programme, draws, as_of)) is not None:
            known.append(over)
    known.sort(key=lambda each: (each[0], each[1].campaign), reverse=True)
    chosen = [draws for _, draws in known[:MOST_CAMPAIGNS]]
    return await _write(path, _latest(exposures, programme, chosen))


async def _over(exposures: Exposures, programme: Programme, draws: Draws, as_of: date) -> tuple[datetime, Draws] | None:
    """Give the draws whose horizon is over, by that of the last one, and when the last of them was made."""
    last = await exposures.last(draws)
    if last is None:
        return None
    over = replace(draws, until=_midnight(programme, as_of, 2 - last.horizon_days))
    newest = await exposures.last(over)
    return (newest.at, over) if newest else None


async def _latest(exposures: Exposures, programme: Programme, chosen: Sequence[Draws]) -> AsyncIterator[list[Spoken]]:
    for draws in chosen:
        first = await exposures.last(draws, before=MOST_LEARNED - 1)
        if first is None:
            async for batch in exposures.stream(draws):
                yield batch
            continue
        day = first.at.astimezone(ZoneInfo(programme.zone)).date()
        begins, ends = _midnight(programme, day), min(_midnight(programme, day, 1), draws.until)
        later, border = replace(draws, since=ends), replace(draws, since=begins, until=ends)
        room = MOST_LEARNED - await exposures.count(later)
        async for batch in exposures.stream(border, share=_SPARE * room / await exposures.count(border)):
            yield batch
        async for batch in exposures.stream(later):
            yield batch


async def _write(path: Path, batches: AsyncIterator[list[Spoken]]) -> int:
    """Write rows, some hundred thousand of them in memory at a time; the file is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting, read = list[Spoken](), 0
    with tempfile.TemporaryDirectory(dir=path.parent) as name:
        folder = Path(name)
        async for batch in batches:
            waiting += batch
            read += len(batch)
            if len(waiting) >= PART_ROWS:
                _frame(waiting).write_parquet(folder / f"{read:012}.parquet")
                waiting = []
        _frame(waiting).write_parquet(folder / "last.parquet")
        beside = path.with_suffix(".whole")
        pl.scan_parquet(folder / "*.parquet").sink_parquet(beside)
        beside.replace(path)
    return read


def _frame(spoken: Sequence[Spoken]) -> pl.DataFrame:
    plain = ("campaign", "occurrence", "policy", "arm", "at", "horizon_days", "explored", "held_out")
    columns: dict[str, list[object]] = {name: [getattr(each.exposure, name) for each in spoken] for name in plain}
    columns["member_id"] = [each.person for each in spoken]
    columns["drawn_for"] = [each.exposure.member_id for each in spoken]
    columns["chances"] = [json.dumps({each.arm: each.chance for each in one.exposure.chances}) for one in spoken]
    return pl.DataFrame({name: columns[name] for name in _SCHEMA}, schema=_SCHEMA)


def _midnight(programme: Programme, day: date, days: int = 0) -> datetime:
    """Give the instant at which a local day begins, or the one so many days after it."""
    return midnight(day + timedelta(days=days), programme.zone)
