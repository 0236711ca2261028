"""Histories from files: what is refused, what is handled, and that the future is not looked at."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from scoring.history.errors import CannotScore
from scoring.history.reading import History, read_history
from scoring.history.visits import fold_visits

HEADER = "member_id,at,order_id,category,quantity,amount\n"


def read(folder: Path, text: str, as_of: date = date(2026, 3, 31), zone: str = "UTC") -> History:
    path = folder / "history.csv"
    path.write_text(text, encoding="utf-8")
    return read_history(path, as_of=as_of, zone=zone)


def refused(folder: Path, text: str, zone: str = "UTC") -> CannotScore:
    with pytest.raises(CannotScore) as caught:
        read(folder, text, zone=zone)
    return caught.value


def visits(history: History) -> pl.DataFrame:
    return fold_visits(history.lines.lazy()).collect()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("member_id,at\nA,2026-03-01\n", "missing_columns"),
        ("", "empty_file"),
        (HEADER, "empty_file"),
        (HEADER + "A,yesterday,1,tea,1,5\n", "unreadable_times"),
        (HEADER + "A,2026-03-01T10:00:00+03:00,1,tea,1,5\nB,2026-03-01T10:00:00,2,tea,1,5\n", "mixed_zones"),
        (HEADER + 'A,2026-03-01,1,tea,1,"5,50"\n', "unreadable_numbers"),
        (HEADER + "A,2026-03-01,1,tea,1,inf\n", "infinite_numbers"),
        (HEADER + "A,2026-04-01,1,tea,1,5\n", "nothing_before"),
        (HEADER + "A,2026-03-01,1,tea,-1,-5\n", "no_purchases"),
    ],
)
def test_a_file_that_cannot_be_scored_is_refused_with_its_remedy(tmp_path: Path, text: str, reason: str) -> None:
    refusal = refused(tmp_path, text)

    assert refusal.reason == reason
    assert "history.csv" in refusal.text("ru")
    assert refusal.text("ru") != refusal.text("en")


def test_an_unknown_zone_and_an_unknown_format_are_refused(tmp_path: Path) -> None:
    (tmp_path / "history.xlsx").write_text("x")

    assert refused(tmp_path, HEADER, zone="Moscow/Kremlin").reason == "unknown_zone"
    with pytest.raises(CannotScore, match=r"\.csv or \.parquet"):
        read_history(tmp_path / "history.xlsx", as_of=date(2026, 3, 1), zone="UTC")


def test_days_are_those_of_the_zone(tmp_path: Path) -> None:
    text = HEADER + "A,2026-03-01T22:30:00Z,1,tea,1,5\nA,2026-03-02T03:30:00+03:00,2,tea,1,7\n"

    moscow, utc = read(tmp_path, text, zone="Europe/Moscow"), read(tmp_path, text)

    assert visits(moscow)["amount"].to_list() == [12]
    assert visits(utc)["amount"].to_list() == [5, 7]


def test_every_way_to_write_a_time_is_read(tmp_path: Path) -> None:
    times = ["2026-03-01", "2026-03-02 10:00", "2026-03-03T10:00:00", "2026-03-04 10:00:00.123", "20260305"]
    text = HEADER + "".join(f"A,{each},{number},tea,1,5\n" for number, each in enumerate(times))

    history = read(tmp_path, text)

    assert visits(history).height == len(times)


def test_returns_are_no_purchases_and_wait_for_the_next_one(tmp_path: Path) -> None:
    text = HEADER + (
        "A,2026-03-01,1,tea,1,5\nA,2026-03-03,2,tea,-1,-5\nA,2026-03-09,3,tea,1,8\nB,2026-03-02,4,tea,-1,-2\n"
    )

    history = read(tmp_path, text)
    found = visits(history)

    assert history.notes.returns == 2
    assert found.select("amount", "returned").rows() == [(5.0, 0.0), (8.0, 5.0)]


def test_rows_without_member_time_or_money_are_counted(tmp_path: Path) -> None:
    text = HEADER + "A,2026-03-01,1,tea,1,NaN\n,2026-03-02,2,tea,1,5\nA,,3,tea,1,5\nA,2026-04-02,4,tea,1,oops\n"

    history = read(tmp_path, text)

    notes = history.notes
    assert (notes.without_amount, notes.without_member, notes.without_time, notes.later) == (1, 1, 1, 1)
    assert visits(history)["amount"].to_list() == [0.0]


def test_an_order_that_is_there_twice_is_taken_once_and_two_like_lines_are_two(tmp_path: Path) -> None:
    twice = "A,2026-03-01,1,tea,1,5\nA,2026-03-01,1,bun,1,3\n" * 2
    like = "B,2026-03-01,2,tea,1,5\nB,2026-03-01,2,tea,1,5\nB,2026-03-01,2,bun,1,3\n"

    history = read(tmp_path, HEADER + twice + like)

    assert visits(history)["amount"].to_list() == [8.0, 13.0]
    assert history.notes.copies == 2


def test_a_row_that_arrived_later_is_not_known_yet(tmp_path: Path) -> None:
    text = "member_id,at,amount,arrived_at\nA,2026-03-01,5,2026-03-01\nA,2026-03-02,5,2026-04-02\n"

    history = read(tmp_path, text)

    assert visits(history).height == 1


def test_ids_come_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "history.parquet"
    pl.DataFrame({"member_id": [7, 3], "at": [date(2026, 3, 1)] * 2, "amount": [1.0, 2.0]}).write_parquet(path)

    from_parquet = read_history(path, as_of=date(2026, 3, 31), zone="UTC")
    from_csv = read(tmp_path, HEADER + "007,2026-03-01,1,tea,1,5\n")

    assert from_parquet.members.to_list() == [3, 7]
    assert from_csv.members.to_list() == ["007"]
