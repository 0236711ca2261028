"""Which model speaks tonight: the one in force while nothing speaks against it, else one learned now and kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from scoring.drift import Drift
from scoring.forecast.learned import Learned
from scoring.kept.shelf import Kept, Shelf
from scoring.kept.trust import MODEL_DAYS, Training, after_scoring, before_scoring
from scoring.nightly.ageing import ageing, members_shift
from scoring.nightly.lessons import NO_LOGS, Logs
from scoring.nightly.shift import Night, NightWishes, score_night
from scoring.partitions.dask_machines import machines_at
from service.night.workbench import Workbench

Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matured:
    """How the chances of the latest earlier night whose horizon is over came true, and when it was over."""

    drift: Drift
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Scores one night of one programme. `asked`: learn whatever is kept; `model_days`: how old a model may get.

    `clusters_before` is a file of the clusters its members were in, `logs` are those of its exposures and coupons;
    `dask` is where other machines are, empty: here.
    """

    workbench: Workbench
    wishes: NightWishes
    clusters_before: Path | None = None
    asked: bool = False
    model_days: int = MODEL_DAYS
    dask: str = ""
    logs: Logs = NO_LOGS

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.workbench.folder / "models")

    def speak(self, history: Path, *, at: datetime, watch: Watch) -> Night:
        """Score the history's members; what was learned is on the shelf before anything is published.

        Once more for the same day, the model in force is the one that was learned for it, and the scores are the same.
        Raises CannotScore.
        """
        wishes = self.wishes
        kept = self.shelf.in_force(as_of=wishes.as_of, horizon_days=wishes.horizon_days, seed=wishes.seed)
        why = before_scoring(kept, as_of=wishes.as_of, asked=self.asked, model_days=self.model_days)
        if kept is not None and why is Training.KEPT:
            night = self._score(history, kept.learned, watch)
            why = self._found_out(kept, night, history)
            if why is Training.KEPT:
                return replace(night, version=kept.version.version, training=why.value)
        night = self._score(history, None, watch)
        return replace(night, version=self._keep(night, at), training=why.value)

    def _score(self, history: Path, kept: Learned | None, watch: Watch) -> Night:
        with machines_at(self.dask, threads=self.wishes.threads) as machines:
            return score_night(
                history,
                self.wishes,
                scored=self.workbench.scored(self.wishes),
                clusters_before=self.clusters_before,
                kept=kept,
                logs=self.logs,
                watch=watch,
                machines=machines,
            )

    def _keep(self, night: Night, at: datetime) -> str:
        if night.learned is None:
            return ""
        return self.shelf.put(
            night.learned, seed=self.wishes.seed, fingerprint=night.fingerprint, at=at, quality=night.quality
        )

    def _found_out(self, kept: Kept, night: Night, history: Path) -> Training:
        """Look back; where nothing is left of the night the model was learned in, members are taken to be alike."""
        then = self.workbench.snapshot(kept.version.cutoff)
        shift = members_shift(then, night.snapshot) if then else 0.0
        earlier = matured(self.workbench, night, history, zone=self.wishes.zone)
        return after_scoring(
            kept, shift=shift, drift=earlier.drift if earlier else None, matured_on=earlier.on if earlier else None
        )


def matured(workbench: Workbench, night: Night, history: Path, *, zone: str) -> Matured | None:
    """Compare a night with the latest earlier one whose horizon is over."""
    for earlier in workbench.snapshots():
        if found := ageing(earlier, night.snapshot, history, zone=zone):
            return Matured(drift=found, on=earlier.matures_on)
    return None
