"""Members of one part judged by what was learned; the same function here and on other machines."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from scoring.forecast.judged import Expected, Judged, judge, settle
from scoring.forecast.learned import Learned

MEMBER = "member_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What all parts share."""

    learned: Learned
    as_of_day: int


def judge_part(part: tuple[pl.DataFrame, ...], bench: Bench) -> pl.DataFrame:
    """Judge the members of a part, given as its frames of members and visits: member_id and the columns of Judged."""
    members, visits = part
    seen, judged = judge(visits, bench.learned, bench.as_of_day)
    return ids_of(members, seen.members).hstack(judged.frame())


def ids_of(members: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    """Give the ids of members by their places."""
    return pl.DataFrame({MEMBER: members[MEMBER].gather(places)})


def all_members(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Put the judged parts together in order of their members' ids, the same however they were parted."""
    return pl.concat(parts).sort(MEMBER)


def settled(judged: pl.DataFrame, learned: Learned) -> Expected:
    return settle(Judged.of(judged), learned)
