"""Histories in parts: the same bits whatever the parts, nothing of the future, refusals of the whole."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scoring.features.at_cutoff import features_at
from scoring.files import score_history
from scoring.history import visits as folding
from scoring.history.errors import CannotScore
from scoring.history.visits import day_number, fold_visits
from scoring.partitions import known as knowing
from scoring.partitions.known import Known, Question, known_members
from scoring.partitions.machines import HERE, Here, Machines
from tests.unit.test_scoring_forecast import AS_OF, shop

HORIZON_DAYS = 30


def history(folder: Path, rows: pl.DataFrame | None = None, name: str = "history.parquet") -> Path:
    path = folder / name
    told = shop() if rows is None else rows
    told.write_csv(path) if path.suffix == ".csv" else told.write_parquet(path)
    return path


def scores(path: Path, *, part_rows: int, threads: int = 1, machines: Machines = HERE) -> pl.DataFrame:
    return score_history(
        path, as_of=AS_OF, horizon_days=HORIZON_DAYS, zone="UTC", seed=5, threads=threads, watch=lambda *_: None,
        part_rows=part_rows, machines=machines,
    ).scores  # fmt: skip


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Known]:
    question = Question(path=history(tmp_path), as_of=AS_OF, zone="UTC", with_baskets=True)
    with known_members(question, HERE, part_rows=300) as found:
        yield found


def some_lines(seed: int, members: int = 40, lines: int = 2_000) -> pl.DataFrame:
    """Lines of every kind: returns, unknown money, several a day, late ones, without a category."""
    chance = np.random.default_rng(seed)
    back, day = chance.random(lines) < 0.2, chance.integers(-40, 200, lines)
    amount = np.where(back, -1, 1) * chance.random(lines) * 100
    unknown, named = chance.random(lines) < 0.05, chance.integers(0, 8, lines)
    return pl.DataFrame(
        {
            "member": chance.integers(0, members, lines).astype(np.uint32),
            "day": day.astype(np.int32),
            "known_day": (day + chance.integers(0, 9, lines) * (chance.random(lines) < 0.2)).astype(np.int32),
            "order": chance.integers(0, lines // 2, lines).astype(np.uint64),
            "category": [f"c{each}" if each else None for each in named.tolist()],
            "quantity": chance.random(lines),
            "amount": pl.Series(amount).set(pl.Series(unknown), None),
            "is_return": back,
        }
    )


def plainly_folded(lines: pl.DataFrame) -> list[tuple[float, ...]]:
    """Fold by the words of the definition, a day after another."""
    found: list[tuple[float, ...]] = []
    for member in sorted(set(lines["member"])):
        mine = lines.filter(pl.col("member") == member)
        bought_before, returned, known = set[str](), 0.0, -10_000
        for day in sorted(set(mine["day"])):
            today = mine.filter(pl.col("day") == day)
            known = max(known, today["known_day"].max(), day)  # type: ignore[type-var]
            returned -= today.filter("is_return")["amount"].sum()
            sold = today.filter(~pl.col("is_return"))
            if not sold.height:
                continue
            held = set(sold["category"].drop_nulls())
            found.append((member, day, known, sold["amount"].sum(), sold["quantity"].sum(), sold.height,
                          sold["order"].n_unique(), len(held), len(held - bought_before), returned))  # fmt: skip
            bought_before, returned, known = bought_before | held, 0.0, -10_000
    return found


@pytest.mark.parametrize("seed", range(3))
def test_visits_are_what_their_definition_says(seed: int) -> None:
    lines = some_lines(seed)

    found = fold_visits(lines.lazy()).collect()

    assert np.allclose(np.array(found.rows(), dtype=float), np.array(plainly_folded(lines), dtype=float))


def test_visits_do_not_depend_on_the_order_of_lines_nor_on_how_categories_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = some_lines(9)

    found = fold_visits(lines.lazy()).collect()
    shuffled = fold_visits(lines.sample(fraction=1, shuffle=True, seed=1).lazy()).collect()
    monkeypatch.setattr(folding, "_WIDEST", 1)
    by_pairs = fold_visits(lines.lazy()).collect()

    assert found.equals(shuffled)
    assert found.equals(by_pairs)


def test_parts_change_no_bit(tmp_path: Path) -> None:
    path = history(tmp_path)

    whole = scores(path, part_rows=1_000_000)
    parted = scores(path, part_rows=200)

    assert whole.height > 100
    assert whole.equals(parted)


def test_parts_worked_at_side_by_side_change_no_bit(tmp_path: Path) -> None:
    path = history(tmp_path)

    one_by_one = scores(path, part_rows=200)
    side_by_side = scores(path, part_rows=200, machines=Here(threads=3))

    assert one_by_one.equals(side_by_side)


def test_what_a_part_raises_in_a_thread_is_raised_here(tmp_path: Path) -> None:
    path = history(tmp_path, shop().with_columns(amount=pl.lit("much")))

    with pytest.raises(CannotScore) as refusal:
        scores(path, part_rows=200, machines=Here(threads=2))

    assert refusal.value.reason == "unreadable_numbers"


def test_parts_change_no_bit_where_only_some_members_teach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = history(tmp_path, shop(members=220))
    everybody = scores(path, part_rows=1_000_000)
    monkeypatch.setattr(Known.drawn, "__kwdefaults__", {"most": 120})

    whole = scores(path, part_rows=1_000_000)
    parted = scores(path, part_rows=150)

    assert whole.equals(parted)
    assert not whole.equals(everybody)
    assert whole["p_active"].sum() == pytest.approx(everybody["p_active"].sum(), rel=0.2)


def test_parts_of_text_and_of_numbers_as_ids_are_the_same(tmp_path: Path) -> None:
    rows = shop().with_columns(member_id=pl.col("member_id").str.slice(1).cast(pl.Int64))
    with_gaps = rows.with_columns(member_id=pl.col("member_id").cast(pl.Float64))

    whole = scores(history(tmp_path, rows), part_rows=1_000_000)
    parted = scores(history(tmp_path, with_gaps, "gaps.parquet"), part_rows=200)
    text = scores(history(tmp_path, rows, "text.csv"), part_rows=200)

    assert whole.equals(parted)
    assert sorted(whole["member_id"].cast(pl.String)) == text["member_id"].to_list()


def test_the_future_and_late_arrivals_change_no_bit_of_parts(tmp_path: Path) -> None:
    rows = shop().with_columns(arrived_at=pl.col("at"))
    past = rows.filter(pl.col("at") <= AS_OF)
    invented = rows.filter(pl.col("at") > AS_OF).with_columns(amount=pl.col("amount") * 1000, member_id=pl.lit("new"))
    late = past.sample(fraction=0.3, seed=2).with_columns(
        arrived_at=pl.lit(AS_OF + timedelta(days=1)), order_id=pl.format("late-{}", "order_id")
    )
    whole = pl.concat([past, invented, late]).sample(fraction=1, shuffle=True, seed=3)

    alone = scores(history(tmp_path, past), part_rows=200)
    shuffled = scores(history(tmp_path, whole, "whole.parquet"), part_rows=200)

    assert alone.equals(shuffled)


def test_traits_of_parts_are_those_of_all_and_know_nothing_that_arrived_later(known: Known) -> None:
    cutoff = day_number(date(2025, 6, 1))
    (whole,) = known.drawn("visits")
    late = whole.with_columns(known_day=pl.when(pl.col("day") % 5 == 0).then(cutoff + 1).otherwise("known_day"))

    parts = [features_at(visits, cutoff).drop("member") for (visits,) in known.together("visits")]
    sums = pl.concat(parts).select(pl.all().sort())

    assert known.parts > 3
    assert sums.equals(features_at(whole, cutoff).drop("member").select(pl.all().sort()))
    assert features_at(late, cutoff).equals(features_at(whole.filter(pl.col("day") % 5 != 0), cutoff))


def test_a_draw_of_members_takes_all_of_each_and_no_matter_the_parts(known: Known, tmp_path: Path) -> None:
    question = Question(path=tmp_path / "history.parquet", as_of=AS_OF, zone="UTC", with_baskets=True)

    visits, baskets = known.drawn("visits", "baskets", most=60)
    with known_members(question, HERE) as alone:
        again = alone.drawn("visits", "baskets", most=60)

    assert 30 < visits["member"].n_unique() < 90
    assert visits.equals(again[0])
    order = ["member", "day", "category"]
    assert baskets.sort(order).equals(again[1].sort(order))


def test_what_a_whole_file_is_refused_for_its_parts_are_refused_for_too(tmp_path: Path) -> None:
    text = "member_id,at,amount\n" + "".join(f"m{each},2025-03-01T10:00:00+03:00,5\n" for each in range(50))
    path = tmp_path / "mixed.csv"
    path.write_text(text + "lone,2025-03-01T10:00:00,5\n")

    with pytest.raises(CannotScore) as mixed:
        scores(path, part_rows=1)
    with pytest.raises(CannotScore) as nothing:
        scores(history(tmp_path, shop().with_columns(at=pl.lit(date(2026, 1, 1)))), part_rows=200)
    with pytest.raises(CannotScore) as columns:
        scores(history(tmp_path, shop().drop("amount")), part_rows=200)

    assert (mixed.value.reason, mixed.value.known["rows"]) == ("mixed_zones", 1)
    assert nothing.value.reason == "nothing_before"
    assert columns.value.reason == "missing_columns"


def test_notes_of_parts_add_up(tmp_path: Path) -> None:
    rows = shop().with_columns(
        member_id=pl.when(pl.col("order_id").str.ends_with("7")).then(None).otherwise("member_id"),
        amount=pl.when(pl.col("order_id").str.ends_with("3")).then(-pl.col("amount")).otherwise("amount"),
    )
    path = history(tmp_path, rows)

    told = {}
    for part_rows in (150, 1_000_000):
        with known_members(Question(path=path, as_of=AS_OF, zone="UTC"), HERE, part_rows=part_rows) as found:
            told[part_rows] = (found.notes, found.parts)

    assert told[150][0] == told[1_000_000][0]
    assert told[150][1] > told[1_000_000][1] == 1
    assert told[150][0].returns > 0
    assert knowing.LEARN_MEMBERS > 10_000
