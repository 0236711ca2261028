"""The list of rejected rows tells line, reason and remedy, and is safe to open in a spreadsheet."""

import csv
import stat
from pathlib import Path

import polars as pl
import pytest

from service.importing.bad_rows import Reason, text_of
from service.importing.errors import CannotImport
from service.importing.open_source import open_source
from service.importing.rejected_rows import RejectedRows, defused
from tests.import_files import write


def listed(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def bad(*rows: tuple[int, Reason]) -> pl.DataFrame:
    schema = {"line": pl.UInt64, "reason": pl.String}
    return pl.DataFrame([(line, reason.value) for line, reason in rows], schema=schema, orient="row")


@pytest.mark.parametrize(("cell", "safe"), [
    ("=1+1", "'=1+1"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
    ("-2+3", "'-2+3"),
    ("\t=1", "'\t=1"),
    ("\r=1", "'\r=1"),
    ("+79123456789", "+79123456789"),
    ("-12,50", "-12,50"),
    ("latte", "latte"),
])  # fmt: skip
def test_what_a_spreadsheet_would_run_is_defused_and_numbers_stay_numbers(cell: str, safe: str) -> None:
    assert defused(cell) == safe


def test_rows_are_listed_with_line_reason_remedy_and_their_own_cells(tmp_path: Path) -> None:
    source = open_source(write(tmp_path, 'line,=name\n1,"=1+1"\n2,"a\nb"\n3,c,d\n4,Ёлка\n', name="f.csv"))
    path = tmp_path / "rejected.csv"

    with RejectedRows(path, source, "ru") as rejected:
        (batch,) = source.batches()
        rejected.add(batch, bad((2, Reason.BAD_AT)))
        rejected.add_late([3, 6], Reason.UNKNOWN_MEMBER)
        rejected.list_late()

    assert rejected.total == 4
    assert rejected.counts[Reason.UNKNOWN_MEMBER] == 2
    unknown = text_of(Reason.UNKNOWN_MEMBER, "ru")
    assert listed(path) == [
        ["line", "reason", "explanation", "line_", "'=name"],
        ["5", "wrong_field_count", text_of(Reason.WRONG_FIELD_COUNT, "ru"), "3", "c", "d"],
        ["2", "bad_at", text_of(Reason.BAD_AT, "ru"), "1", "'=1+1"],
        ["3", "unknown_member", unknown, "2", "a\nb"],
        ["6", "unknown_member", unknown, "4", "Ёлка"],
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_rejected_row_there_is_no_list_and_an_old_one_is_gone(tmp_path: Path) -> None:
    source = open_source(write(tmp_path, "a\n1\n"))
    path = write(tmp_path, "of the last run", name="rejected.csv")

    with RejectedRows(path, source, "en") as rejected:
        rejected.list_late()

    assert rejected.total == 0
    assert not path.exists()


def test_the_list_is_bounded_and_the_count_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.importing.rejected_rows.MAX_LISTED", 3)
    source = open_source(write(tmp_path, "a\n" + "1\n" * 10))
    path = tmp_path / "rejected.csv"

    with RejectedRows(path, source, "en") as rejected:
        (batch,) = source.batches()
        rejected.add(batch, bad((2, Reason.BAD_AT), (3, Reason.BAD_AT)))
        rejected.add_late(range(4, 9), Reason.ORDER_DIFFERS)
        rejected.list_late()

    assert rejected.total == 7
    assert [row[0] for row in listed(path)[1:]] == ["2", "3", "4"]


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_kept(tmp_path: Path) -> None:
    source = open_source(write(tmp_path, "a\n1\n"))
    folder = tmp_path / "rejected.csv"
    folder.mkdir()

    with pytest.raises(CannotImport, match="--rejected PATH"), RejectedRows(folder, source, "en"):
        pass
