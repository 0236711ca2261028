"""Who watches an import, and what it comes to."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from offers.model.history import MemberFate, PurchaseFate
from service.importing.bad_rows import Reason


class Stage(StrEnum):
    READING = "reading"
    KEEPING = "keeping"
    COUNTING = "counting"


class Watch(Protocol):
    """Is told how an import gets on: a progress bar, or nobody."""

    def begin(self, stage: Stage, total: int, *, in_bytes: bool = False) -> None: ...

    def reach(self, done: int) -> None: ...


class Nobody:
    """Watches nothing."""

    def begin(self, stage: Stage, total: int, *, in_bytes: bool = False) -> None: ...

    def reach(self, done: int) -> None: ...


NOBODY = Nobody()


@dataclass(slots=True, kw_only=True)
class Summary:
    """What an import came to. `lines` counts the lines of orders by fate; `rejected` the rows by reason."""

    purchases: Counter[PurchaseFate] = field(default_factory=Counter)
    lines: Counter[PurchaseFate] = field(default_factory=Counter)
    members: Counter[MemberFate] = field(default_factory=Counter)
    recounted: int = 0
    rejected: Counter[Reason] = field(default_factory=Counter)
    rejected_path: Path | None = None
