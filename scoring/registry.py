"""The registry of trained models: which, of which cutoff, on which data, how good; append-only lines of JSON."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVersion:
    """One model. `version` is a pure function of what it was made from: the same made again is the same version.

    `quality` holds the out-of-time figures of the champion; `at` is when it was made; `program` is a digest of what
    the program took for a model then, `digest` that of the model's file.
    """

    model: str
    cutoff: date
    horizon_days: int
    seed: int
    fingerprint: str
    at: datetime
    quality: dict[str, float] = field(default_factory=dict)
    program: str = ""
    digest: str = ""

    @property
    def version(self) -> str:
        told = f"{self.model}|{self.cutoff}|{self.horizon_days}|{self.seed}|{self.fingerprint}"
        told += f"|{self.program}|{self.digest}"
        return hashlib.sha256(told.encode()).hexdigest()[:12]


def record(path: Path, version: ModelVersion) -> None:
    """Append a version; one that is there already is left as it is."""
    if any(each.version == version.version for each in versions(path)):
        return
    torn = path.exists() and not path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" * torn + json.dumps(asdict(version), default=str, ensure_ascii=False) + "\n")


def versions(path: Path) -> list[ModelVersion]:
    """Give every version, the oldest first; a last line cut short by a crash is left out."""
    found = []
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        try:
            told = json.loads(line)
        except json.JSONDecodeError:
            continue
        told["cutoff"] = date.fromisoformat(told["cutoff"])
        told["at"] = datetime.fromisoformat(told["at"])
        found.append(ModelVersion(**told))
    return found
