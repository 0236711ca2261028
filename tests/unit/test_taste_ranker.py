"""Discoveries ranked by trees: favourites stay as they are, and what the shop takes up anew comes earlier."""

import numpy as np
import polars as pl
import pytest

from scoring.taste.affinity import learn_shop, tastes_of
from scoring.taste.best import Tasted, basket_counts, best_of, learn_tastes
from scoring.taste.ranker import HORIZON_DAYS, SILENT_DAYS, Ranker, learn_ranker, past_of

TODAY = 400
CATEGORIES = 60


def shop(*, days: int = TODAY, members: int = 400, seed: int = 1) -> pl.DataFrame:
    """Members buy of five categories of their own; every month brings out a category, and a quarter of them try it."""
    chance = np.random.default_rng(seed)
    own = chance.integers(0, CATEGORIES - 15, (members, 5))
    rows = []
    for member in range(members):
        for day in np.flatnonzero(chance.random(days) < 0.12):
            new = CATEGORIES - 15 + min(int(day) // 30, 14)
            taken = new if chance.random() < 0.25 else chance.choice(own[member])
            rows.append((member, int(day), f"c{taken:02}"))
    table = pl.DataFrame(rows, schema=["member", "day", "category"], orient="row")
    return table.with_columns(
        pl.col("member").cast(pl.UInt32), pl.col("day").cast(pl.Int32), is_return=pl.lit(value=False)
    )


@pytest.fixture(scope="module")
def lines() -> pl.DataFrame:
    return shop(days=TODAY + HORIZON_DAYS)


@pytest.fixture(scope="module")
def past(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.filter(pl.col("day") <= TODAY)


@pytest.fixture(scope="module")
def tasted(past: pl.DataFrame) -> Tasted:
    return learn_tastes(past, basket_counts(past), as_of_day=TODAY)


def best(past: pl.DataFrame, tasted: Tasted) -> pl.DataFrame:
    return best_of(past, tasted, as_of_day=TODAY, top=30, watch=lambda *_: None)


def without(tasted: Tasted) -> Tasted:
    return Tasted(categories=tasted.categories, model=tasted.model, ranker=None)


def found_at_once(ranked: pl.DataFrame, lines: pl.DataFrame) -> float:
    """Give the share of first discoveries that were bought in the days to come."""
    ahead = lines.filter(pl.col("day") > TODAY).select("member", "category").unique()
    first = ranked.filter("is_discovery").group_by("member", maintain_order=True).first()
    return first.join(ahead, on=["member", "category"], how="semi").height / first.height


def test_what_the_shop_takes_up_anew_is_found_earlier(lines: pl.DataFrame, past: pl.DataFrame, tasted: Tasted) -> None:
    ranked, filtered = best(past, tasted), best(past, without(tasted))

    assert isinstance(tasted.ranker, Ranker)
    assert found_at_once(ranked, lines) > found_at_once(filtered, lines) + 0.05


def test_favourites_and_the_scores_of_each_member_stay(past: pl.DataFrame, tasted: Tasted) -> None:
    ranked, filtered = best(past, tasted), best(past, without(tasted))

    for each in (ranked, filtered):
        assert each["score"].to_list() == each.sort("member", "score", descending=[False, True])["score"].to_list()
    favourites = [
        each.filter(~pl.col("is_discovery")).drop("is_discovery").sort(pl.all()) for each in (ranked, filtered)
    ]
    assert favourites[0].equals(favourites[1])
    assert not ranked.equals(filtered)


def test_a_member_alone_gets_the_same_discoveries(past: pl.DataFrame, tasted: Tasted) -> None:
    everyone = best(past, tasted)

    alone = best(past.filter(pl.col("member") == 7), tasted)

    assert alone.equals(everyone.filter(pl.col("member") == 7))


def test_what_comes_later_teaches_nothing(lines: pl.DataFrame) -> None:
    baskets = lines.select("member", "day", category=pl.col("category").str.slice(1).cast(pl.UInt32))

    rankers = [
        learn_ranker(each, as_of_day=TODAY, categories=CATEGORIES)
        for each in (baskets, baskets.filter(pl.col("day") <= TODAY))
    ]

    assert rankers[0] is not None
    assert rankers[1] is not None
    assert rankers[0].booster.save_raw() == rankers[1].booster.save_raw()


@pytest.mark.parametrize("days", [60, SILENT_DAYS, SILENT_DAYS + 20])
def test_a_young_shop_goes_by_filtering_alone(days: int) -> None:
    young = shop(days=days, members=50)

    tasted = learn_tastes(young, basket_counts(young), as_of_day=days - 1)

    assert tasted.ranker is None
    assert best_of(young, tasted, as_of_day=days - 1, top=10, watch=lambda *_: None).height > 0


def test_where_everything_was_bought_there_is_nothing_to_discover(tasted: Tasted) -> None:
    everything = pl.DataFrame({"member": [0] * CATEGORIES, "day": [TODAY] * CATEGORIES, "category": range(CATEGORIES)})
    baskets = everything.cast({"member": pl.UInt32, "category": pl.UInt32})
    shape = (1, CATEGORIES)
    model = learn_shop(baskets, as_of_day=TODAY, members=1, categories=CATEGORIES)
    some = next(tastes_of(baskets, model, as_of_day=TODAY, members=1))

    assert tasted.ranker is not None
    assert tasted.ranker.reordered(some, past_of(baskets, as_of_day=TODAY, shape=shape), model) is some.scores
