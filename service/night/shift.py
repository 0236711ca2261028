"""The night shift, step by step: read, score, compare with earlier nights, publish. Begun again, it goes on."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from offers.engine.calendar import midnight
from offers.flows.publish_scores import PublishScores
from offers.model.clock import Clock
from offers.model.programme import Programme
from offers.model.scores import ScoreRun
from offers.store.store import Store
from scoring.drift import Drift, Retrain
from scoring.kept.trust import MODEL_DAYS
from scoring.nightly.lessons import Logs
from scoring.nightly.shift import Night, NightWishes
from service.night.clusters import read_clusters
from service.night.coupons import read_coupons
from service.night.exposures import read_latest
from service.night.given import add_given
from service.night.purchases import read_purchases
from service.night.rows import rows_of, run_of
from service.night.speaking import Speaker, matured
from service.night.workbench import Workbench


class Step(StrEnum):
    READ = "read"
    SCORE = "score"
    PUBLISH = "publish"


Watch = Callable[[Step, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightReport:
    """What came of a night. `published` is false when the scores of a later day were published meanwhile."""

    run: ScoreRun
    published: bool
    drift: Drift | None


@dataclass(frozen=True, slots=True)
class NightShift:
    """Score a programme once for a day; everybody reads yesterday's scores until the last write.

    A model that was learned on an earlier night speaks for `model_days`, unless something speaks against it.
    Raises CannotScore (nothing to score), ScoresIncomplete, Busy; then what was published before still is.
    """

    store: Store
    clock: Clock
    folder: Path
    model_days: int = MODEL_DAYS
    dask: str = ""

    async def __call__(
        self, programme: Programme, wishes: NightWishes, *, watch: Watch, retrain: bool = False
    ) -> NightReport:
        """Score a day. `retrain`: learn a new model whatever is kept; not where a broken night is gone on with."""
        workbench = Workbench(self.folder / programme.id)
        bench = workbench.bench_of(wishes)
        history = bench / "history.parquet"
        if not history.exists():
            await read_purchases(self.store, programme.id, history, watch=lambda done, of: watch(Step.READ, done, of))
        night = workbench.kept(wishes)
        if night is None:
            clusters = bench / "clusters.parquet"
            logs = await self._read_logs(programme, bench, wishes)
            await read_clusters(self.store, programme.id, clusters)
            speaker = Speaker(
                workbench=workbench,
                wishes=wishes,
                clusters_before=clusters,
                asked=retrain,
                model_days=self.model_days,
                dask=self.dask,
                logs=logs,
            )
            night = await asyncio.to_thread(
                speaker.speak, history, at=self.clock(), watch=lambda done, of: watch(Step.SCORE, done, of)
            )
            workbench.keep(wishes, night)
        earlier = matured(workbench, night, history, zone=wishes.zone)
        drift = earlier.drift if earlier else None
        run = run_of(
            programme.id, night, wishes, retrain=(drift.verdict if drift else Retrain.NO).value, at=self.clock()
        )
        published = await self._publish(run, night, watch)
        workbench.finish(wishes, night)
        return NightReport(run=run, published=published, drift=drift)

    async def _read_logs(self, programme: Programme, bench: Path, wishes: NightWishes) -> Logs:
        """Write what was drawn, what was given for it, and what became of coupons, to files as scoring reads them."""
        exposures, coupons, until = bench / "exposures.parquet", bench / "coupons.parquet", _end_of(wishes)
        await read_latest(self.store, programme, exposures, as_of=wishes.as_of)
        await add_given(self.store, programme, exposures, until=until)
        await read_coupons(self.store, programme, coupons, until=until)
        return Logs(exposures=exposures, coupons=coupons)

    async def _publish(self, run: ScoreRun, night: Night, watch: Watch) -> bool:
        done = 0

        def count(rows: int) -> None:
            nonlocal done
            done += rows
            watch(Step.PUBLISH, done, run.members)

        return await PublishScores(self.store, self.clock)(run, rows_of(run, night), watch=count)


def _end_of(wishes: NightWishes) -> datetime:
    """Give the instant at which the last day that counts is over."""
    return midnight(wishes.as_of + timedelta(days=1), wishes.zone)
