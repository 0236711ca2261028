"""Exposures with what came of them: read as they were written, with nothing of the future among the traits."""

import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from scoring.exposures.errors import ImpossibleDraw, LogLacksColumns, LogUnreadable
from scoring.exposures.log import NOTHING, arms_of, chances_of, read_log
from scoring.exposures.outcomes import TRAIT_NAMES, matured, outcomes_of
from scoring.history.visits import day_number
from scoring.partitions.known import Question, known_members
from scoring.partitions.machines import HERE
from scoring.partitions.split import PART_ROWS
from tests.exposed_shop import AS_OF, PUSHES, TEN, exposed_shop, instant, kept

PUSH = PUSHES[0]
EVEN = json.dumps({NOTHING: 0.5, TEN: 0.5})


def drawn(
    member: str, day: date = PUSH, *, arm: str = TEN, occurrence: str = "o1", chances: str = EVEN
) -> dict[str, object]:
    return {
        "member_id": member,
        "campaign": "c",
        "occurrence": occurrence,
        "policy": "v1",
        "arm": arm,
        "chances": chances,
        "at": instant(day),
        "horizon_days": 30,
    }


def written(folder: Path, *rows: dict[str, object]) -> Path:
    pl.DataFrame(rows).write_parquet(folder / "log.parquet")
    return folder / "log.parquet"


def bought(*rows: tuple[str, date, float], late: dict[int, date] | None = None) -> pl.DataFrame:
    arrived = [instant((late or {}).get(place, day), 20) for place, (_, day, _) in enumerate(rows)]
    return pl.DataFrame(
        {
            "member_id": [member for member, _, _ in rows],
            "at": [instant(day, 10) for _, day, _ in rows],
            "arrived_at": arrived,
            "amount": [amount for _, _, amount in rows],
        }
    )


def joined(folder: Path, history: pl.DataFrame, log: Path, *, part_rows: int = PART_ROWS) -> pl.DataFrame:
    path = folder / "history.parquet"
    history.write_parquet(path)
    exposures = matured(read_log(log, as_of=AS_OF, zone="UTC"), day_number(AS_OF))
    with known_members(Question(path=path, as_of=AS_OF, zone="UTC"), HERE, part_rows=part_rows) as known:
        return outcomes_of(known, exposures, HERE)


def test_traits_are_of_the_evening_before_and_outcomes_of_the_days_from_the_draw_on(tmp_path: Path) -> None:
    days = {number: PUSH + timedelta(days=number) for number in (-40, -1, 0, 29, 30)}
    history = bought(*(("anna", day, 100.0 + number) for number, day in days.items()), ("boris", days[-40], 7.0))

    told = joined(tmp_path, history, written(tmp_path, drawn("anna"), drawn("boris", arm=NOTHING)))

    anna, boris = told.rows(named=True)
    assert (anna["visits"], anna["recency_days"], anna["spend"]) == (2, 0, 60.0 + 99.0)
    assert (anna["bought"], anna["visits_after"], anna["spend_after"]) == (1.0, 2.0, 100.0 + 129.0)
    assert (boris["visits"], boris["bought"], boris["spend_after"]) == (1, 0.0, 0.0)


def test_nothing_that_came_later_or_arrived_later_changes_a_trait(tmp_path: Path) -> None:
    before = [("anna", PUSH - timedelta(days=60), 50.0), ("anna", PUSH - timedelta(days=20), 70.0)]
    log = written(tmp_path, drawn("anna"))
    later = [("anna", PUSH + timedelta(days=number), 1_000.0) for number in range(5)]
    heard_late = bought(*before, ("anna", PUSH - timedelta(days=2), 9.0), late={2: PUSH + timedelta(days=3)})

    plain, with_future, with_late = (
        joined(tmp_path, each, log) for each in (bought(*before), bought(*before, *later), heard_late)
    )

    assert plain.select(TRAIT_NAMES).equals(with_future.select(TRAIT_NAMES))
    assert plain.select(TRAIT_NAMES).equals(with_late.select(TRAIT_NAMES))
    assert with_future["visits_after"][0] == 5


def test_whoever_never_bought_has_no_traits_and_counts_as_having_bought_nothing(tmp_path: Path) -> None:
    history = bought(("anna", PUSH - timedelta(days=3), 5.0))

    told = joined(tmp_path, history, written(tmp_path, drawn("nobody"), drawn("anna")))

    assert told["member_id"].to_list() == ["nobody", "anna"]
    assert (told["bought"][0], told["spend_after"][0], told["visits"][0]) == (0.0, 0.0, None)


def test_exposures_whose_horizon_is_not_over_wait(tmp_path: Path) -> None:
    over, running = AS_OF - timedelta(days=29), AS_OF - timedelta(days=28)
    log = written(tmp_path, drawn("anna", over), drawn("boris", running), drawn("vera", AS_OF + timedelta(days=1)))

    read = read_log(log, as_of=AS_OF, zone="UTC")

    assert read["member_id"].to_list() == ["anna", "boris"], "what is drawn after the day is not there yet"
    assert matured(read, day_number(AS_OF))["member_id"].to_list() == ["anna"]


def test_however_the_history_is_parted_the_outcomes_are_the_same(tmp_path: Path) -> None:
    history, log = exposed_shop(80)
    paths = kept(tmp_path, history, log)

    whole, parted = (joined(tmp_path, history, paths[1], part_rows=rows) for rows in (PART_ROWS, 150))

    assert whole.equals(parted)
    assert whole.height == 80 * len(PUSHES)
    assert 0.2 < float(whole["bought"].sum()) / whole.height < 0.8


def test_one_person_counts_once_and_not_at_all_where_the_arms_differ(tmp_path: Path) -> None:
    log = written(
        tmp_path,
        drawn("anna", PUSH + timedelta(days=1)),
        drawn("anna", PUSH),
        drawn("boris", arm=NOTHING),
        drawn("boris", arm=TEN),
        drawn("boris", arm=TEN, occurrence="o2"),
    )

    read = read_log(log, as_of=AS_OF, zone="UTC")

    assert read.select("member_id", "occurrence").rows() == [("anna", "o1"), ("boris", "o2")]
    assert read["day"][0] == day_number(PUSH)


def test_a_log_is_read_from_csv_as_well(tmp_path: Path) -> None:
    table = pl.DataFrame([drawn("anna"), drawn("boris", arm=NOTHING)]).with_columns(
        pl.col("at").dt.to_string("iso:strict")
    )
    table.write_csv(tmp_path / "log.csv")

    read = read_log(tmp_path / "log.csv", as_of=AS_OF, zone="UTC")

    same = written(tmp_path, drawn("anna"), drawn("boris", arm=NOTHING))
    assert read.drop("chances").equals(read_log(same, as_of=AS_OF, zone="UTC").drop("chances"))
    assert arms_of(read) == (NOTHING, TEN)
    assert chances_of(read, arms_of(read)).tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_an_arm_that_some_could_not_get_has_no_chance_there(tmp_path: Path) -> None:
    only = json.dumps({NOTHING: 0.2, "tea@500": 0.8})
    read = read_log(
        written(tmp_path, drawn("anna"), drawn("boris", arm="tea@500", chances=only)), as_of=AS_OF, zone="UTC"
    )

    assert arms_of(read) == (NOTHING, TEN, "tea@500")
    assert chances_of(read, arms_of(read)).tolist() == [[0.5, 0.5, 0.0], [0.2, 0.0, 0.8]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"arm": "tea@500"},
        {"chances": "{}"},
        {"chances": "words"},
        {"chances": "[1]"},
        {"chances": json.dumps({NOTHING: 0.5, TEN: 0.4})},
        {"chances": json.dumps({TEN: 1.0})},
        {"chances": json.dumps({NOTHING: 1.0, TEN: 0.0})},
        {"chances": json.dumps({NOTHING: -0.5, TEN: 1.5})},
    ],
)
def test_draws_that_could_not_have_been_made_are_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(ImpossibleDraw) as refusal:
        read_log(written(tmp_path, drawn("anna"), {**drawn("boris"), **wrong}), as_of=AS_OF, zone="UTC")

    assert (refusal.value.rows, refusal.value.example) == (1, "boris")


def test_a_log_without_a_column_or_a_number_is_refused_with_the_fact(tmp_path: Path) -> None:
    row = drawn("anna")
    with pytest.raises(LogLacksColumns, match="chances"):
        read_log(written(tmp_path, {name: row[name] for name in row if name != "chances"}), as_of=AS_OF, zone="UTC")
    with pytest.raises(LogUnreadable) as refusal:
        read_log(written(tmp_path, {**row, "horizon_days": "soon"}), as_of=AS_OF, zone="UTC")
    assert (refusal.value.column, refusal.value.example) == ("horizon_days", "soon")
    with pytest.raises(LogUnreadable, match="campaign"):
        read_log(written(tmp_path, row, {**row, "campaign": None}), as_of=AS_OF, zone="UTC")
