"""Coupons of personal offers whose life is over, from MongoDB into a Parquet file, as scoring reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from offers.model.coupon_life import CouponLife
from offers.model.offer import offer_id
from offers.model.personal import Template, share_bp
from offers.model.programme import Programme
from offers.model.rules import RuleVersion
from offers.store.store import Store
from scoring.coupons.learning import MOST_LEARNED

_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "member_id": pl.String,
    "coupon_id": pl.String,
    "template": pl.String,
    "category": pl.String,
    "share_bp": pl.Int32,
    "uses": pl.Int32,
    "used": pl.Int32,
    "at": pl.Datetime("us", "UTC"),
    "ends_at": pl.Datetime("us", "UTC"),
}
_FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time in which no coupon of a template could be used: it was archived, or a draft again."""

    begins_at: datetime
    ends_at: datetime

    def touches(self, life: CouponLife) -> bool:
        return self.begins_at < life.ends_at and life.begins_at < self.ends_at


async def read_coupons(store: Store, programme: Programme, path: Path, *, until: datetime) -> int:
    """Write the latest of a programme's coupons whose life was over at an instant to a file; gives how many.

    They are about as many as are learned from: runs are read from the latest one back, and of the one that would be too
    much, the coupons of some of its members. Runs that were taken back are left out whole, and so are coupons that
    could not be used to their end: revoked ones, and those of a template that was archived meanwhile.
    """
    lives, stretches = store.reading.coupon_lives, dict[str, list[Stretch]]()
    parts, room = [_frame([], programme)], MOST_LEARNED
    async for run in store.reading.personal.issued(programme.id, until=until):
        if room <= 0:
            break
        if not run.issued or not await lives.is_over(run.id, until=until):
            continue
        if run.template not in stretches:
            versions = await store.reading.template_versions.latest(offer_id(programme.id, run.template))
            stretches[run.template] = stretches_of(versions)
        async for batch in lives.of_run(run.id, until=until, share=room / run.issued):
            whole = [life for life in batch if not any(each.touches(life) for each in stretches[run.template])]
            parts.append(_frame(whole, programme))
            room -= len(whole)
    found = pl.concat(parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".whole")
    found.write_parquet(beside)
    beside.replace(path)
    return found.height


def stretches_of(versions: Sequence[RuleVersion[Template]]) -> list[Stretch]:
    """Give when a template's coupons could not be used; `versions` are newest first."""
    ends = [_FOR_EVER, *(each.at for each in versions)]
    return [
        Stretch(begins_at=each.at, ends_at=end)
        for each, end in zip(versions, ends, strict=False)
        if each.rule.offer() is None
    ]


def _frame(lives: Sequence[CouponLife], programme: Programme) -> pl.DataFrame:
    columns: dict[str, list[object]] = {
        name: [getattr(life, name) for life in lives]
        for name in ("member_id", "coupon_id", "template", "category", "uses", "used", "ends_at")
    }
    columns["at"] = [life.begins_at for life in lives]
    columns["share_bp"] = [share_bp(life.benefit, programme.terms) for life in lives]
    return pl.DataFrame({name: columns[name] for name in _SCHEMA}, schema=_SCHEMA)
