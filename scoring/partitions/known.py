"""What is known of the members: visits and baskets, folded part by part, kept in files where parts are several."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from scoring.history.columns import Notes, Ways, read_instants, ways_of_time
from scoring.history.reading import Seen, check_seen, check_zone, history_of
from scoring.history.visits import fold_visits
from scoring.partitions.machines import Machines
from scoring.partitions.split import PART_ROWS, split

LEARN_MEMBERS = 50_000
"""So many members, drawn by a hash of their ids, are learned from where there are more: the models hold a few dozen
numbers and some thousand leaves, and the levels of totals are set on everybody."""
_DRAW_SEED = 29
_WHOLE_DRAW = 1 << 32
_DIGEST_SEED = 47
_WHOLE_DIGEST = 1 << 64
Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a history is read for; `path` is for refusals, `with_baskets` keeps what tastes and dayparts need."""

    path: Path
    as_of: date
    zone: str
    with_baskets: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A part: `members` has their ids in order; visits and baskets count members by their place in it.

    `baskets` has member, day, category, is_return; `hours` the member and hour once for each hour of a visit.
    """

    members: pl.DataFrame
    visits: pl.DataFrame
    baskets: pl.DataFrame | None
    hours: pl.DataFrame | None
    digest: int
    notes: Notes
    seen: Seen
    ways: Ways


def fold(rows: pl.DataFrame, question: Question) -> Folded:
    """Read and fold the rows of some members. Raises CannotScore."""
    ways = ways_of_time(rows, "at")
    history, seen = history_of(rows, path=question.path, as_of=question.as_of, zone=question.zone)
    lines = history.lines
    members, visits = pl.DataFrame({"member_id": history.members}), fold_visits(lines.lazy()).collect()
    return Folded(
        members=members,
        visits=visits,
        baskets=lines.select("member", "day", "category", "is_return") if question.with_baskets else None,
        hours=_hours(rows, history.members, question) if question.with_baskets else None,
        digest=_digest(members, visits),
        notes=history.notes,
        seen=seen,
        ways=ways,
    )


def _digest(members: pl.DataFrame, visits: pl.DataFrame) -> int:
    """Give a number for the visits that every value of them moves; those of parts add up to that of all."""
    owners = members.select(pl.col("member_id").cast(pl.String)).to_series().gather(visits["member"])
    hashes = visits.drop("member").with_columns(owner=owners).hash_rows(_DIGEST_SEED).to_numpy()
    return int(hashes.sum(dtype=np.uint64))


def _hours(rows: pl.DataFrame, members: pl.Series, question: Question) -> pl.DataFrame | None:
    """Give None where the history tells days alone."""
    if not isinstance(rows.schema["at"], pl.Datetime):
        return None
    at = pl.col("at").dt.convert_time_zone(question.zone) if rows.schema["at"].time_zone else pl.col("at")
    told = rows.select("member_id", day=at.dt.date(), hour=at.dt.hour())
    if "arrived_at" in rows.columns:
        arrived = read_instants(rows, "arrived_at", zone=question.zone, path=question.path)
        told = told.filter((arrived <= question.as_of).fill_null(value=True))
    told = told.filter(pl.col("day") <= question.as_of)
    ids = told["member_id"].cast(members.dtype)
    numbers = pl.DataFrame({"member_id": members}).with_row_index("member")
    held = told.with_columns(member_id=ids).join(numbers, on="member_id").select("member", "day", "hour")
    return held.unique().select("member", "hour")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All parts of a history, folded. Frames of a lone part stay in memory, those of several lie in the folder."""

    folder: Path
    parts: int
    notes: Notes
    members: int = 0
    fingerprint: str = ""
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)

    def take(self, name: str, part: int, columns: list[str] | None = None) -> pl.DataFrame:
        """Give a part's frame, or some columns of it: members, visits, baskets, hours, or what was kept since."""
        kept = self.frames.get(f"{name}-{part}")
        if kept is None:
            return pl.read_parquet(self.folder / f"{name}-{part}.parquet", columns=columns)
        return kept if columns is None else kept.select(columns)

    def has(self, name: str) -> bool:
        return f"{name}-0" in self.frames or (self.folder / f"{name}-0.parquet").exists()

    def together(self, *names: str, columns: list[str] | None = None) -> Iterator[tuple[pl.DataFrame, ...]]:
        """Give some frames of each part, one part in memory at a time."""
        for part in range(self.parts):
            yield tuple(self.take(name, part, columns) for name in names)

    def keep(self, name: str, part: int, frame: pl.DataFrame) -> None:
        if self.parts == 1:
            self.frames[f"{name}-{part}"] = frame
        else:
            frame.write_parquet(self.folder / f"{name}-{part}.parquet", compression="lz4")

    def drawn(self, *names: str, most: int = LEARN_MEMBERS) -> tuple[pl.DataFrame, ...]:
        """Give frames of about so many members, drawn by a hash of their ids and numbered in order of their ids.

        All members, where there are no more. The same members, numbers and order of rows by member whatever the parts.
        """
        drawn = is_drawn(self.members, most)
        held = [part.with_row_index("member").with_columns(part=pl.lit(place, pl.UInt32)).filter(drawn)
                for place, (part,) in enumerate(self.together("members"))]  # fmt: skip
        numbers = pl.concat(held).sort("member_id").with_row_index("number").drop("member_id")
        found: dict[str, list[pl.DataFrame]] = {name: [] for name in names}
        for place, frames in enumerate(self.together(*names)):
            mine = numbers.filter(pl.col("part") == place).select("member", "number")
            for name, frame in zip(names, frames, strict=True):
                told = frame.join(mine, on="member", maintain_order="left")
                found[name].append(told.with_columns(member="number").drop("number"))
        return tuple(pl.concat(found[name]).sort("member", maintain_order=True) for name in names)


def is_drawn(count: int, most: int) -> pl.Expr:
    """Say of each `member_id` whether it is among about `most` of `count` members: all, where there are no more."""
    limit = _WHOLE_DRAW if count <= most else _WHOLE_DRAW * most // count
    return (pl.col("member_id").cast(pl.String).hash(_DRAW_SEED) // _WHOLE_DRAW) < limit


@contextmanager
def known_members(
    question: Question,
    machines: Machines,
    *,
    part_rows: int = PART_ROWS,
    beside: Path | None = None,
    watch: Watch = lambda *_: None,
) -> Iterator[Known]:
    """Read and fold a history part by part. Raises CannotScore.

    Its files live as long as the context, in a folder `beside` others, or where the system keeps what is temporary:
    often in memory.
    """
    check_zone(question.zone)
    with tempfile.TemporaryDirectory(prefix="tessera-parts-", dir=beside) as name:
        folder = Path(name)
        parts = split(question.path, folder, part_rows=part_rows)
        known = Known(folder=folder, parts=len(parts.paths), notes=Notes())
        digest, members = 0, 0
        counted, seen, ways = dict.fromkeys(asdict(Notes()), 0), list[Seen](), Ways()
        for part, folded in enumerate(machines.map(fold, parts.frames(), question)):
            for frame in ("members", "visits", "baskets", "hours"):
                if (told := getattr(folded, frame)) is not None:
                    known.keep(frame, part, told)
            counted = {name: counted[name] + getattr(folded.notes, name) for name in counted}
            seen.append(folded.seen)
            digest, members = digest + folded.digest, members + folded.members.height
            ways += folded.ways
            watch(part + 1, known.parts)
        ways.check(question.path)
        check_seen(_of_all(seen), path=question.path, as_of=question.as_of)
        yield replace(
            known,
            notes=Notes(**counted),
            members=members,
            fingerprint=f"{digest % _WHOLE_DIGEST:016x}",
        )


def _of_all(seen: list[Seen]) -> Seen:
    first = [each.first for each in seen if each.first is not None]
    return Seen(
        first=min(first, default=None),
        rows=sum(each.rows for each in seen),
        purchases=sum(each.purchases for each in seen),
    )
