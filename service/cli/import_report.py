"""How an import looks in a terminal: a bar for each stage, and a summary at the end."""

from typing import Self

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from locales.catalogue import gettext, ngettext
from offers.model.history import MemberFate, PurchaseFate
from service.importing.bad_rows import text_of
from service.importing.watch import Stage, Summary

TITLES = {
    Stage.READING: "Reading the file",
    Stage.KEEPING: "Keeping purchases",
    Stage.COUNTING: "Recounting members",
}


class _Amount(ProgressColumn):
    def render(self, task: Task) -> Text:
        whole = task.total or 0
        if task.fields["in_bytes"]:
            return Text(f"{decimal(int(task.completed))} / {decimal(int(whole))}")
        return Text(f"{int(task.completed):,} / {int(whole):,}".replace(",", "\N{NO-BREAK SPACE}"))


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = int(task.finished_speed or task.speed or 0)
        shown = decimal(speed) if task.fields["in_bytes"] else f"{speed:,}".replace(",", "\N{NO-BREAK SPACE}")
        return Text(f"{shown}/s")


class Bars:
    """Watches an import by a progress bar: how much is done, how fast, and the time left. A context manager."""

    def __init__(self, console: Console, language: str) -> None:
        self._language = language
        self._task: TaskID | None = None
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), _Amount(), _Rate(), TimeRemainingColumn(), console=console
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, stage: Stage, total: int, *, in_bytes: bool = False) -> None:
        description = gettext(self._language, TITLES[stage])
        self._task = self._progress.add_task(description, total=total, in_bytes=in_bytes)

    def reach(self, done: int) -> None:
        if self._task is not None:
            self._progress.update(self._task, completed=done)


def purchases_report(summary: Summary, language: str, elapsed_s: float) -> list[str]:
    """Give the closing lines of an import of transactions."""

    def lines_of(fate: PurchaseFate) -> str:
        return ngettext(language, "{n} line", "{n} lines", summary.lines[fate])

    added, there = summary.purchases[PurchaseFate.ADDED], summary.purchases[PurchaseFate.ALREADY_THERE]
    told = ngettext(language, "{n} purchase added", "{n} purchases added", added)
    report = [f"{told} ({lines_of(PurchaseFate.ADDED)})"]
    if there:
        told = ngettext(language, "{n} purchase was there already", "{n} purchases were there already", there)
        report.append(f"{told} ({lines_of(PurchaseFate.ALREADY_THERE)})")
    if enrolled := summary.members[MemberFate.ADDED]:
        report.append(ngettext(language, "{n} member enrolled", "{n} members enrolled", enrolled))
    if summary.recounted:
        report.append(ngettext(language, "{n} member recounted", "{n} members recounted", summary.recounted))
    whole = summary.lines.total() + summary.rejected.total()
    return [*report, *_rejected(summary, language), _pace(language, whole, elapsed_s)]


def members_report(summary: Summary, language: str, elapsed_s: float) -> list[str]:
    """Give the closing lines of an import of members."""
    counts = summary.members
    report = [ngettext(language, "{n} member enrolled", "{n} members enrolled", counts[MemberFate.ADDED])]
    if completed := counts[MemberFate.COMPLETED]:
        report.append(ngettext(language, "{n} member completed", "{n} members completed", completed))
    if there := counts[MemberFate.ALREADY_THERE]:
        report.append(ngettext(language, "{n} member was there already", "{n} members were there already", there))
    refused_late = counts[MemberFate.CONTACT_TAKEN]
    whole = counts.total() - refused_late + summary.rejected.total()
    return [*report, *_rejected(summary, language), _pace(language, whole, elapsed_s)]


def _rejected(summary: Summary, language: str) -> list[str]:
    if summary.rejected_path is None:
        return []
    total = summary.rejected.total()
    told = ngettext(
        language,
        "{n} row rejected, listed in {path}",
        "{n} rows rejected, listed in {path}",
        total,
        path=summary.rejected_path,
    )
    reasons = [
        f"  {count:>7}  {reason}: {text_of(reason, language)}" for reason, count in summary.rejected.most_common()
    ]
    return [told, *reasons]


def _pace(language: str, rows: int, elapsed_s: float) -> str:
    per_s = int(rows / elapsed_s) if elapsed_s else rows
    return gettext(
        language, "{rows} rows in {seconds} s: {pace} rows/s", rows=rows, seconds=f"{elapsed_s:.1f}", pace=per_s
    )
