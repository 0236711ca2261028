"""Where a night's unfinished work lies: each step's result is a file, so that a night begun again goes on."""

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter

from offers.model.computed_segments import SegmentTold
from offers.model.coupon_lesson import CouponLesson
from offers.model.scores import CampaignLesson
from scoring.nightly.ageing import Snapshot
from scoring.nightly.scored import Scored
from scoring.nightly.shift import Night, NightWishes

_LESSONS: TypeAdapter[tuple[CampaignLesson, ...]] = TypeAdapter(tuple[CampaignLesson, ...])
_COUPONS: TypeAdapter[CouponLesson | None] = TypeAdapter(CouponLesson | None)
_SEGMENTS: TypeAdapter[tuple[SegmentTold, ...]] = TypeAdapter(tuple[SegmentTold, ...])
_TOLD = ("members", "model", "fingerprint", "quality", "version", "training", "log_digest")


@dataclass(frozen=True, slots=True)
class Workbench:
    """The folder of one programme. A finished night leaves its snapshot alone."""

    folder: Path

    def bench_of(self, wishes: NightWishes) -> Path:
        """Give the folder of one night; another day, horizon or seed has another one."""
        return self.folder / f"{wishes.as_of:%Y%m%d}-{wishes.horizon_days}-{wishes.seed}"

    def scored(self, wishes: NightWishes) -> Scored:
        """Give where the scores of a night lie until they are published."""
        return Scored(self.bench_of(wishes) / "scores")

    def snapshots(self) -> list[Snapshot]:
        """Give what earlier nights left, the latest first."""
        found = [Snapshot.read(path) for path in sorted(self.folder.glob("snapshot-*.parquet"), reverse=True)]
        return [snapshot for snapshot in found if snapshot is not None]

    def snapshot(self, as_of: date) -> Snapshot | None:
        """Give what the night of a day left."""
        return Snapshot.read(self.folder / f"snapshot-{as_of:%Y%m%d}.parquet")

    def keep(self, wishes: NightWishes, night: Night) -> None:
        """Keep a night that is scored and not yet published. The description comes last: without it there is none."""
        bench = self.bench_of(wishes)
        night.snapshot.write(bench / "snapshot.parquet")
        told = {name: getattr(night, name) for name in _TOLD}
        told["lessons"] = _LESSONS.dump_python(night.lessons, mode="json")
        told["coupons"] = _COUPONS.dump_python(night.coupons, mode="json")
        told["segments"] = _SEGMENTS.dump_python(night.segments, mode="json")
        beside = bench / "night.part"
        beside.write_text(json.dumps(told), encoding="utf-8")
        beside.replace(bench / "night.json")

    def kept(self, wishes: NightWishes) -> Night | None:
        bench = self.bench_of(wishes)
        snapshot, scored = Snapshot.read(bench / "snapshot.parquet"), self.scored(wishes)
        if snapshot is None or not scored.folder.exists() or not (bench / "night.json").exists():
            return None
        told = json.loads((bench / "night.json").read_text(encoding="utf-8"))
        told["lessons"] = _LESSONS.validate_python(told.get("lessons", ()))
        told["coupons"] = _COUPONS.validate_python(told.get("coupons"))
        told["segments"] = _SEGMENTS.validate_python(told.get("segments", ()))
        return Night(scored=scored, snapshot=snapshot, **told)

    def finish(self, wishes: NightWishes, night: Night) -> None:
        """Leave the snapshot, and clear away the night's work and what older nights never finished."""
        night.snapshot.write(self.folder / f"snapshot-{wishes.as_of:%Y%m%d}.parquet")
        for each in self.folder.iterdir():
            if each.is_dir() and each.name <= self.bench_of(wishes).name:
                shutil.rmtree(each)
