"""The shelf of a programme's trained models: a file for each version, and the registry that says what they are."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from scoring.features.traits import TRAITS
from scoring.forecast.learned import Learned
from scoring.history.visits import DAY_ZERO
from scoring.kept.codec import Unreadable, pack, shape_of, unpack
from scoring.registry import ModelVersion, record, versions

KEPT_MODELS = 10
"""Files of older versions are deleted; what they were stays in the registry."""
_REGISTRY = "models.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A version with its model; `learned` is None where the file is gone or is not what was written."""

    version: ModelVersion
    learned: Learned | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder. A version is never overwritten: what is there under its name is the same model."""

    folder: Path

    def in_force(self, *, as_of: date, horizon_days: int, seed: int) -> Kept | None:
        """Give the latest version of a horizon and seed that was learned on the day or before; None: there is none.

        A model learned later knows what the day could not.
        """
        found = [
            each
            for each in versions(self.folder / _REGISTRY)
            if (each.horizon_days, each.seed) == (horizon_days, seed) and each.cutoff <= as_of
        ]
        if not found:
            return None
        latest = max(enumerate(found), key=lambda placed: (placed[1].cutoff, placed[0]))[1]
        return Kept(version=latest, learned=self._read(latest))

    def put(self, learned: Learned, *, seed: int, fingerprint: str, at: datetime, quality: dict[str, float]) -> str:
        """Keep a model and give its version. The file comes first: what the registry names is whole."""
        written = pack(learned)
        version = ModelVersion(
            model=learned.champion.value,
            cutoff=DAY_ZERO + timedelta(days=learned.as_of_day),
            horizon_days=learned.horizon_days,
            seed=seed,
            fingerprint=fingerprint,
            at=at,
            quality=quality,
            program=program(),
            digest=hashlib.sha256(written).hexdigest(),
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(version)
        beside = path.with_suffix(".part")
        beside.write_bytes(written)
        beside.replace(path)
        record(self.folder / _REGISTRY, version)
        self._clear()
        return version.version

    def all(self) -> list[ModelVersion]:
        """Give every version that ever was, the oldest first."""
        return versions(self.folder / _REGISTRY)

    def _read(self, version: ModelVersion) -> Learned | None:
        try:
            written = self._path(version).read_bytes()
            if hashlib.sha256(written).hexdigest() != version.digest or version.program != program():
                return None
            return unpack(Learned, written)
        except (OSError, Unreadable):
            return None

    def _path(self, version: ModelVersion) -> Path:
        return self.folder / f"{version.version}.model"

    def _clear(self) -> None:
        kept = {self._path(each) for each in self.all()[-KEPT_MODELS:]}
        for path in self.folder.glob("*.model"):
            if path not in kept:
                path.unlink(missing_ok=True)


def program() -> str:
    """Give a digest of what a model is and of the traits it looks at: another program learns its own."""
    traits = "|".join(f"{each.name}={each.expression}:{each.direction}" for each in TRAITS)
    return hashlib.sha256(f"{shape_of(Learned)}|{traits}".encode()).hexdigest()[:12]
