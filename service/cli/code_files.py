"""Files of voucher codes: written as the codes are kept, read as plain lines or as CSV; and the bar that shows it."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Self, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from locales.catalogue import gettext
from offers.engine.voucher_codes import shown
from service.cli.language import cli_language

MAX_FILE_BYTES = 1 << 30
HEADER = "code"


class CodeFile:
    """A CSV file with one column, `code`; an existing file is added to. A context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        is_new = not self._path.exists() or not self._path.stat().st_size
        self._file = self._path.open("a", encoding="utf-8", newline="")
        if is_new:
            self._file.write(f"{HEADER}\n")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, codes: Sequence[str], *, foreign: bool = False) -> None:
        """Write codes and flush: what is kept in the database is in the file. Foreign codes are quoted as CSV asks."""
        if self._file is None:
            return
        if foreign:
            csv.writer(self._file, lineterminator="\n").writerows([harmless(code)] for code in codes)
        else:
            self._file.write("".join(f"{shown(code)}\n" for code in codes))
            self._file.flush()


class CodeBar:
    """A progress bar: how many of how many, and the time left. A context manager."""

    def __init__(self, console: Console, words: str, *, total: int) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console)
        self._task = self._progress.add_task(words, total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def advance(self, codes: int) -> None:
        self._progress.advance(self._task, codes)


def harmless(code: str) -> str:
    """Keep a spreadsheet from running what an imported code says: a leading sign of a formula is quoted."""
    return f"'{code}" if code[:1] in {"=", "+", "-", "@"} else code


def read_codes(path: Path, column: str | None) -> list[str]:
    """Read codes: a named column of a CSV file, else the first one; a heading `code` is passed over."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise typer.BadParameter(gettext(cli_language(), "The file is larger than 1 GiB"), param_hint="FILE")
    with path.open(encoding="utf-8-sig", newline="") as file:
        if column is None:
            rows = [row[0] for row in csv.reader(file) if row and row[0].strip()]
            return rows[1:] if rows and rows[0].strip().lower() == HEADER else rows
        reader = csv.DictReader(file)
        if column not in (reader.fieldnames or ()):
            known = ", ".join(reader.fieldnames or ())
            told = gettext(cli_language(), "Choose one of: {known}", known=known)
            raise typer.BadParameter(told, param_hint="--column")
        return [row[column] for row in reader if (row[column] or "").strip()]
