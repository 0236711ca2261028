"""The latest rows of a log: no more than asked for, and no day's newest members alone."""

import polars as pl
import pytest

from scoring.latest import digest_of, latest


def rows_of(days: dict[int, int]) -> pl.DataFrame:
    """Rows by day; names rise within a day, as ids do with the time a member enrolled at."""
    return pl.DataFrame(
        {"name": [f"{number:05}" for count in days.values() for number in range(count)]},
    ).with_columns(day=pl.Series([day for day, count in days.items() for _ in range(count)]))


def test_whole_days_stay_and_the_border_day_gives_old_and_new_names() -> None:
    rows = rows_of({1: 500, 2: 2_000, 3: 300})

    found = latest(rows, most=1_000, name=pl.col("name"))

    assert dict(found.group_by("day").len().sort("day").iter_rows()) == {2: 700, 3: 300}
    border = found.filter(pl.col("day") == 2)["name"].cast(pl.Int64)
    assert border.mean() == pytest.approx(1_000, abs=60)
    assert found.equals(latest(rows.sample(fraction=1.0, shuffle=True, seed=3), most=1_000, name=pl.col("name")))


def test_more_rows_of_other_days_change_nothing_of_the_border_day() -> None:
    found = latest(rows_of({2: 2_000}), most=700, name=pl.col("name"))
    with_later = latest(rows_of({2: 2_000, 3: 300}), most=1_000, name=pl.col("name"))

    assert with_later.filter(pl.col("day") == 2).equals(found)


def test_few_rows_stay_all() -> None:
    rows = rows_of({1: 3, 2: 4})

    assert latest(rows, most=7, name=pl.col("name")).equals(rows)
    assert latest(rows.clear(), most=7, name=pl.col("name")).height == 0


def test_a_table_is_named_by_every_value_of_it() -> None:
    rows = rows_of({1: 3})

    assert digest_of(rows) == digest_of(rows.clone())
    assert digest_of(rows) != digest_of(rows.with_columns(day=pl.Series([1, 1, 2])))
    assert not digest_of(rows.clear())
