"""Traits in bins: edges are values of the trait, cuts lie on them, and trees may be asked about raw values."""

import math

import numpy as np
import pytest
import xgboost as xgb
from scipy import special

from scoring.forecast.bins import MOST_VALUES, Singles, put_in_bins
from scoring.forecast.boosted import Numbers, grow_here, slopes_of

ROWS = 4_000
KINDS = ("counts", "money", "signed", "below zero", "seldom known", "constant", "never known")
DIRECTIONS = "(1,0,-1,0,0,0,0)"


def traits(seed: int = 3) -> Singles:
    """Few values and many, a tail a thousand times its middle, what is missing by chance or says something."""
    chance = np.random.default_rng(seed)
    money = np.exp(chance.normal(3, 2.5, ROWS))
    columns = {
        "counts": chance.integers(0, 40, ROWS).astype(float),
        "money": np.where(chance.random(ROWS) < 0.5, np.nan, money),
        "signed": np.where(chance.random(ROWS) < 0.1, -0.0, chance.normal(size=ROWS)),
        "below zero": -money,
        "seldom known": np.where(chance.random(ROWS) < 0.97, np.nan, chance.normal(size=ROWS)),
        "constant": np.full(ROWS, 7.0),
        "never known": np.full(ROWS, np.nan),
    }
    return np.stack([columns[kind] for kind in KINDS], axis=1).astype(np.float32)


def in_bins(values: Singles) -> Singles:
    binned = values.copy()
    put_in_bins(binned)
    return binned


def known(column: Singles) -> Singles:
    return column[~np.isnan(column)]


def outcome_of(values: Singles) -> tuple[Numbers, Numbers]:
    """Give who bought, above all those whose money is known, and margins."""
    chance = np.random.default_rng(5)
    score = values[:, 0] / 10 - 2 * np.isnan(values[:, 1]) - values[:, 2]
    return (chance.random(ROWS) < special.expit(score)).astype(float), np.repeat([-0.3, 0.2], ROWS // 2)


def grown(values: Singles, *, threads: int = 1) -> xgb.Booster:
    bought, margin = outcome_of(traits())
    told = {"max_depth": 4, "eta": 0.1, "tree_method": "hist", "objective": "binary:logistic", "nthread": threads}
    return grow_here({**told, "monotone_constraints": DIRECTIONS}, values, bought > 0, margin)


def asked(booster: xgb.Booster, values: Singles) -> Singles:
    matrix = xgb.DMatrix(values, base_margin=np.zeros(values.shape[0]), nthread=1)
    scores: Singles = booster.predict(matrix, output_margin=True)
    return scores


@pytest.mark.parametrize("place", range(len(KINDS)), ids=KINDS)
def test_a_bin_is_its_lowest_value_and_none_is_much_fuller_than_others(place: int) -> None:
    raw = traits()[:, place]

    binned = in_bins(traits())[:, place]

    edges, counts = np.unique(known(binned), return_counts=True)
    assert edges.size <= MOST_VALUES
    assert np.array_equal(np.isnan(binned), np.isnan(raw))
    assert set(edges) <= set(known(raw))
    assert all(known(raw[binned == edge]).min() == edge for edge in edges)
    assert (known(binned) <= known(raw)).all()
    if np.unique(known(raw)).size == known(raw).size > MOST_VALUES:
        assert counts.max() <= 2 * known(raw).size / MOST_VALUES


def test_few_values_stay_what_they_are() -> None:
    binned = in_bins(traits())

    assert np.array_equal(binned[:, 0], traits()[:, 0])
    assert np.array_equal(binned[:, 4], traits()[:, 4], equal_nan=True)


def test_the_order_of_the_rows_changes_no_bit() -> None:
    order = np.random.default_rng(8).permutation(ROWS)

    shuffled = in_bins(traits()[order])

    assert shuffled.tobytes() == in_bins(traits())[order].tobytes()
    assert not np.signbit(shuffled[shuffled == 0]).any()


@pytest.mark.parametrize("rows", [slice(None), slice(0, ROWS // 3)])
def test_every_cut_is_a_bin_whatever_rows_are_seen(rows: slice) -> None:
    binned = in_bins(traits())[rows]

    begins, cuts = xgb.QuantileDMatrix(binned, max_bin=256).get_quantile_cut()

    for place in range(len(KINDS)):
        bins, mine = np.unique(known(binned[:, place])), cuts[begins[place] : begins[place + 1]]
        # XGBoost puts one below the least value and one above the greatest.
        assert np.array_equal(mine[1:-1], bins[1:])


def test_trees_say_of_raw_values_what_they_say_of_bins() -> None:
    raw = traits()
    booster = grown(in_bins(raw))

    scores = asked(booster, raw)

    assert np.array_equal(scores, asked(booster, in_bins(raw)))
    assert np.unique(scores).size > 100
    beyond = raw[raw[:, 1] >= np.nanmax(raw[:, 1])]
    assert asked(booster, beyond).min() > asked(booster, np.where(KINDS.index("money") == np.arange(7), np.nan, beyond))


def test_trees_are_the_same_to_the_bit_however_many_threads_count() -> None:
    values = in_bins(traits())

    alone, together = grown(values), grown(values, threads=2)

    assert alone.save_raw("ubj") == together.save_raw("ubj")


def test_slopes_add_up_to_the_bit_in_any_order() -> None:
    bought, _ = outcome_of(traits())
    margin = np.random.default_rng(6).normal(-4, 5, ROWS).astype(np.float32)
    order = np.random.default_rng(7).permutation(ROWS)

    slope, curve = slopes_of(margin, xgb.DMatrix(traits(), label=bought))

    chance = special.expit(margin.astype(float))
    assert slope == pytest.approx(chance - bought, abs=2e-7)
    assert curve == pytest.approx(chance * (1 - chance), abs=2e-7)
    for told in (slope, curve):
        assert sum(told[order].tolist()) == sum(told.tolist()) == math.fsum(told.tolist())
