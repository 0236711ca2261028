"""How often coupons are used: learned of whole lives alone, judged on later ones, told by template, or not told."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import special

from scoring.coupons.learning import FEWEST_OCCASIONS, UseLearned
from scoring.coupons.occasions import read_coupons
from scoring.coupons.shares import use_shares
from tests.couponed_shop import (
    AS_OF,
    FREQUENT,
    LIVE_DAYS,
    PUSHES,
    SELDOM,
    Couponed,
    couponed_shop,
    coupons_of,
    instant,
    learned,
    outcomes,
)

SHOP = couponed_shop(400)
SPREAD = {"a": 0.0, "b": 0.6, "c": -0.6, "d": 0.3}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> UseLearned:
    return learned(tmp_path_factory.mktemp("shop"), SHOP)


def told(found: UseLearned, rows: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    assert found.model is not None
    traits = rows.select(pl.col(pl.Float64)).fill_null(np.nan).to_numpy()
    shares: np.ndarray[tuple[int], np.dtype[np.float64]] = special.expit(found.model.members(traits))
    return shares


def test_who_comes_often_is_told_from_who_comes_seldom(night: UseLearned, tmp_path: Path) -> None:
    rows = outcomes(tmp_path, SHOP).filter(pl.col("day") == pl.col("day").max())
    frequent = rows["member_id"].str.tail(1).cast(pl.Int32).to_numpy() % 2 == 0

    shares = told(night, rows)

    assert shares[frequent].mean() == pytest.approx(FREQUENT, abs=0.06)
    assert shares[~frequent].mean() == pytest.approx(SELDOM, abs=0.06)


def test_the_lesson_counts_what_taught_it_and_how_later_coupons_came_out(night: UseLearned) -> None:
    lesson = night.lesson

    (template,) = lesson.templates
    assert (lesson.reason, lesson.coupons, template.coupons) == ("", SHOP.coupons.height, SHOP.coupons.height)
    assert (template.occasions, template.used) == (lesson.occasions, lesson.used)
    assert lesson.judged is not None
    assert lesson.judged.occasions < lesson.occasions
    assert lesson.judged.expected == pytest.approx(lesson.judged.used, rel=0.15)
    assert 0 < template.error < 0.3
    assert lesson.by_depth == pytest.approx(10, abs=4), "a deeper discount is used more"
    assert lesson.usual_depth_bp == pytest.approx(1_000, abs=20)
    assert lesson.least_depth_bp == 500


def test_the_same_coupons_in_any_order_and_parts_teach_the_same_bits(night: UseLearned, tmp_path: Path) -> None:
    mixed = Couponed(
        history=SHOP.history.sample(fraction=1.0, shuffle=True, seed=1),
        coupons=SHOP.coupons.sample(fraction=1.0, shuffle=True, seed=2),
    )

    again = learned(tmp_path, mixed, part_rows=3_000)

    assert again.lesson == night.lesson
    rows = outcomes(tmp_path, SHOP)
    assert np.array_equal(told(night, rows), told(again, rows))


def test_nothing_of_the_future_teaches(tmp_path: Path) -> None:
    as_of = PUSHES[3] + timedelta(days=LIVE_DAYS)
    ends = pl.col("ends_at") <= instant(as_of, 0) + timedelta(days=1)
    known = Couponed(history=SHOP.history.filter(pl.col("at") < instant(as_of, 23)), coupons=SHOP.coupons.filter(ends))
    later = SHOP.coupons.filter(~ends).with_columns(used=pl.lit(1, pl.Int64), share_bp=pl.lit(9_000, pl.Int64))
    mixed = SHOP.history.with_columns(
        amount=pl.when(pl.col("at") >= instant(as_of, 23)).then(1e6).otherwise(pl.col("amount"))
    )

    then = learned(tmp_path, known, as_of=as_of)
    with_future = learned(tmp_path, Couponed(history=mixed, coupons=pl.concat([known.coupons, later])), as_of=as_of)

    assert (then.lesson.reason, later.height) == ("", 400)
    assert with_future.lesson == then.lesson
    rows = outcomes(tmp_path, known, as_of=as_of)
    assert np.array_equal(told(then, rows), told(with_future, rows))


def test_a_coupon_counts_when_its_last_day_is_over_and_not_before(tmp_path: Path) -> None:
    last = PUSHES[0] + timedelta(days=LIVE_DAYS)

    before, after = (outcomes(tmp_path, SHOP, as_of=day) for day in (last - timedelta(days=1), last))

    assert (before.height, after.height) == (0, 400)


def test_traits_are_those_of_the_evening_before_and_occasions_come_after_the_day_of_issue(tmp_path: Path) -> None:
    issued = date(2025, 6, 10)
    bought = [("anna", instant(day, 10), 100.0) for day in (date(2025, 6, 1), date(2025, 6, 10), date(2025, 6, 12))]
    bought += [("anna", instant(date(2025, 6, 24), 10), 100.0), ("anna", instant(date(2025, 6, 25), 10), 100.0)]
    history = pl.DataFrame(bought, schema=["member_id", "at", "amount"], orient="row")
    ends = instant(date(2025, 6, 24), 0)

    def row(coupon: str, uses: int, used: int, category: str | None = None) -> tuple[object, ...]:
        return ("anna", coupon, "win-back", category, 500, uses, used, instant(issued), ends)

    coupons = coupons_of([row("a", 1, 0), row("b", 5, 0), row("c", 5, 3), row("d", 5, 0, "tea"), row("e", 5, 1, "tea")])
    with_tea = history.with_columns(
        category=pl.when(pl.col("at").dt.day() == 12).then(pl.lit("tea")).otherwise(pl.lit("cake"))
    )

    found = outcomes(tmp_path, Couponed(history=with_tea, coupons=coupons))

    assert found["visits"].to_list() == [1.0] * 5
    assert found["recency_days"].to_list() == [8.0] * 5
    # The 12th and the 24th; not the day of the issue, nor the day after the end. A third use was on the day itself.
    assert dict(found.select("coupon_id", "occasions").iter_rows()) == {"a": 1, "b": 2, "c": 3, "d": 1, "e": 1}


def test_below_two_hundred_occasions_nothing_is_told(tmp_path: Path) -> None:
    found = learned(tmp_path, couponed_shop(40))

    assert (found.lesson.reason, found.lesson.needed, found.model) == ("too_few_occasions", FEWEST_OCCASIONS, None)
    assert 0 < found.lesson.occasions < FEWEST_OCCASIONS


def test_one_push_alone_has_nothing_later_to_be_judged_on(tmp_path: Path) -> None:
    once = SHOP.coupons.filter(pl.col("coupon_id").str.starts_with(PUSHES[0].isoformat()))

    found = learned(tmp_path, replace(SHOP, coupons=once))

    assert found.lesson.occasions >= FEWEST_OCCASIONS
    assert (found.lesson.reason, found.model) == ("nothing_later", None)


def test_where_later_coupons_came_out_otherwise_nothing_is_told(tmp_path: Path) -> None:
    found = learned(tmp_path, couponed_shop(400, by_push=(0, 0, 0, 0, 1.2)))

    assert (found.lesson.reason, found.model) == ("totals_off", None)
    assert found.lesson.judged is not None
    assert found.lesson.judged.used > 1.15 * found.lesson.judged.expected


def test_what_later_coupons_were_off_by_widens_the_error(night: UseLearned, tmp_path: Path) -> None:
    moved = learned(tmp_path, couponed_shop(400, by_push=(0, 0, 0, 0, 0.3)))

    assert moved.lesson.reason == ""
    assert moved.lesson.templates[0].error > 2 * night.lesson.templates[0].error


def test_templates_lie_apart_and_one_of_few_coupons_is_told_by_the_others(tmp_path: Path) -> None:
    shop = couponed_shop(800, templates=SPREAD)
    few = pl.col("template") != "d"
    rare = pl.concat([shop.coupons.filter(few), shop.coupons.filter(~few).sort("coupon_id").head(20)])

    lesson = learned(tmp_path, replace(shop, coupons=rare)).lesson

    by_name = {each.template: each for each in lesson.templates}
    assert by_name["b"].shift is not None
    assert by_name["c"].shift is not None
    assert by_name["b"].shift - by_name["c"].shift == pytest.approx(SPREAD["b"] - SPREAD["c"], abs=0.4)
    assert (by_name["d"].shift, by_name["d"].error) == (lesson.others_shift, lesson.others_error)
    assert lesson.others_error > 0.4, "templates differ by more than one of them is known to"


def test_of_two_templates_nothing_is_told_of_a_third(tmp_path: Path) -> None:
    shop = couponed_shop(400, templates={"a": 0.0, "b": 0.5, "c": 0.0})
    rare = pl.concat([
        shop.coupons.filter(pl.col("template") != "c"),
        shop.coupons.filter(pl.col("template") == "c").sort("coupon_id").head(20),
    ])  # fmt: skip

    lesson = learned(tmp_path, replace(shop, coupons=rare)).lesson

    assert {each.template: each.shift is not None for each in lesson.templates} == {"a": True, "b": True, "c": False}
    assert lesson.others_shift is None


def test_a_coupon_of_three_uses_is_three_occasions(tmp_path: Path) -> None:
    shop = couponed_shop(300, uses=3)

    found = learned(tmp_path, shop)

    rows = outcomes(tmp_path, shop)
    assert found.lesson.occasions == rows["occasions"].sum() > rows.height
    assert found.lesson.used == rows["used"].sum()
    assert found.lesson.judged is not None
    assert found.lesson.judged.expected == pytest.approx(found.lesson.judged.used, rel=0.15)


def test_the_zone_decides_on_which_day_a_coupon_is_over(tmp_path: Path) -> None:
    path = tmp_path / "coupons.parquet"
    SHOP.coupons.head(1).with_columns(ends_at=instant(AS_OF, 22)).write_parquet(path)

    over = [read_coupons(path, as_of=AS_OF, zone=zone).height for zone in ("UTC", "Europe/Moscow")]

    assert over == [1, 0], "it is the first of January in Moscow by then"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_reckoned_with_covers_the_next_push_and_what_is_expected_comes_near_it(
    tmp_path: Path, seed: int
) -> None:
    shop = couponed_shop(500, seed=seed)
    then = learned(tmp_path, shop, as_of=PUSHES[4] - timedelta(days=1))
    rows = outcomes(tmp_path, shop).filter(pl.col("day") == pl.col("day").max(), pl.col("occasions") > 0)

    members_bp = [round(share * 10_000) for share in told(then, rows)]
    shares = use_shares(then.lesson, "win-back", members_bp, (0.05, 0.1, 0.15))

    assert shares is not None
    place, level = np.arange(rows.height), (rows["share_bp"].to_numpy() // 500) - 1
    occasions, used = rows["occasions"].to_numpy(), rows["used"].sum()
    assert shares.expected[place, level] @ occasions == pytest.approx(used, rel=0.1)
    assert used <= shares.reckoned[place, level] @ occasions < occasions.sum()
