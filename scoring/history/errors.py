"""What keeps a file from being scored: each refusal has a stable code, its facts, and the remedy in both languages."""

from typing import ClassVar

from locales.catalogue import gettext
from scoring.errors import ScoringError

TEXTS: dict[str, str] = {
    "unreadable_file": "{path}: cannot be read ({reason}). Take CSV (UTF-8, with a header) or Parquet.",
    "missing_columns": "{path}: has no column {missing}. There are: {present}.",
    "empty_file": "{path}: has no rows.",
    "unreadable_times": "{path}: {rows} values of «at» are no time, {example} is the first. Write 2026-03-11T14:30.",
    "mixed_zones": "{path}: {rows} times have no offset and others have one. Give one to all, or to none.",
    "unreadable_numbers": "{path}: {rows} values of «{column}» are no number, {example} is the first. Write 1234.50.",
    "infinite_numbers": "{path}: {rows} values of «{column}» are infinite.",
    "nothing_before": "{path}: has no purchase up to {as_of}; the first is on {first}.",
    "no_purchases": "{path}: has no purchase up to {as_of}, only returns or rows without a member.",
    "nothing_sold": "There are no purchases yet. Sell something, or bring a history: tessera import transactions FILE.",
    "unknown_zone": "There is no time zone {zone}. Write it like Europe/Moscow.",
    "unknown_format": "{path}: files end in .csv or .parquet.",
    "horizon_too_short": "The horizon has to be at least one day, and ten years at most.",
    "unusable_target": "{path}: «{column}» has to hold 0 and 1 (or true and false), both of them; it holds {present}.",
    "no_dask": "This installation knows no Dask. Install it: pip install 'tessera[dask]'.",
    "dask_silent": "No Dask scheduler answers at {address} ({reason}). Start one (dask scheduler), "
    "or leave --dask out.",
    "dask_idle": "The Dask scheduler at {address} has no workers. Start some: dask worker {address}.",
    "dask_differs": "The worker {worker} has other versions than this machine (in brackets): {versions}. "
    "Install the same on both.",
    "no_features": "{train} and {test} have no column in common to learn from.",
}  # fmt: skip


class CannotScore(ScoringError):
    """The file or the question does not allow scores. `reason` is a key of `TEXTS` and never changes once published."""

    code: ClassVar[str] = "cannot_score"

    def __init__(self, reason: str, /, **facts: object) -> None:
        super().__init__(TEXTS[reason].format(**facts))
        self.reason = reason
        self.known = facts

    def facts(self) -> dict[str, object]:
        return self.known

    def text(self, language: str) -> str:
        return gettext(language, TEXTS[self.reason], **self.known)
