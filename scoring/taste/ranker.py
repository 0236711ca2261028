"""Discoveries ranked by trees: which of the categories that a member did not buy for long comes next.

Item-to-item filtering finds the candidates; the trees learn, at earlier cutoffs of the same shop, how far to believe
it beside what is bought anew by many right now, what goes with the member's latest visits, and what the member used to
buy. Favourites are left to frequency, which nothing beats there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import xgboost as xgb
from scipy import sparse

from scoring.taste.affinity import TasteModel, Tastes, learn_shop, tastes_of

Floats32 = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SILENT_DAYS = 180
"""A category not bought for so long, or never, is a discovery."""
HORIZON_DAYS = 30
CUTOFFS = 4
CANDIDATES = 60
"""The best so many discoveries by filtering are put in a new order; the rest follows as it was."""
TRAINING_MEMBERS = 1_200
FEWEST_FOUND = 300
"""With fewer discoveries that came true to learn from, filtering's own order stands."""
LATE_DAYS = 60
FEATURES = 12
_ROUNDS = 120
_SHAPE: Mapping[str, object] = {
    "max_depth": 4, "eta": 0.08, "min_child_weight": 20, "lambda": 5.0, "tree_method": "hist", "nthread": 1, "seed": 0,
    "objective": "rank:ndcg",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What is bought in the shop right now, one entry for each category, in logarithms of shares.

    `anew` counts those alone who had not bought the category for half a year; `rising` is a month beside a quarter.
    """

    popular: Floats32
    anew: Floats32
    rising: Floats32


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranker:
    """Trained trees, and the shelf of the day they are asked on."""

    booster: xgb.Booster
    shelf: Shelf

    def reordered(self, some: Tastes, past: "Past", model: TasteModel) -> Floats32:
        """Give the scores with those of the best discoveries dealt out anew in the trees' order.

        The scores of a member stay the same numbers; which category has which of them changes, for discoveries alone.
        """
        rows, places = candidates(some.scores, past.recent(slice(int(some.members[0]), int(some.members[-1]) + 1)))
        if not rows.size:
            return some.scores
        values = features(some, past, model, self.shelf, rows, places)
        said = self.booster.predict(xgb.DMatrix(values, nthread=1), output_margin=True)
        dealt = some.scores.copy()
        order = np.lexsort((places, -said, rows))
        # Candidates come member by member, the best first, so their own scores in that order are what is dealt out.
        dealt[rows, places[order]] = some.scores[rows, places]
        return dealt


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What members bought by a day: matrices of members by categories, and what is known of each member.

    `last` holds how many days before the day (and one), `late` marks the last two months.
    """

    last: sparse.csr_array
    late: sparse.csr_array
    visits: Floats32
    since: Floats32
    breadth: Floats32

    def recent(self, members: slice) -> Flags:
        """Mark what members bought within half a year: what is no discovery."""
        ago = self.last[members].toarray()
        recent: Flags = np.logical_and(ago > 0, ago <= SILENT_DAYS)
        return recent


def past_of(baskets: pl.DataFrame, *, as_of_day: int, shape: tuple[int, int]) -> Past:
    """Take it of baskets: member, day and category as numbers from 0; later days are left out."""
    known = baskets.filter(pl.col("day") <= as_of_day)
    latest = known.group_by("member", "category").agg(ago=as_of_day - pl.col("day").max() + 1)
    where = (latest["member"].to_numpy(), latest["category"].to_numpy())
    ago = latest["ago"].to_numpy().astype(np.float32)
    late = ago <= LATE_DAYS
    of_member = known.group_by("member").agg(visits=pl.col("day").n_unique(), since=as_of_day - pl.col("day").max())
    member = of_member["member"].to_numpy()
    visits, since = np.zeros(shape[0], dtype=np.float32), np.full(shape[0], 999, dtype=np.float32)
    visits[member], since[member] = of_member["visits"].to_numpy(), of_member["since"].to_numpy()
    return Past(
        last=sparse.csr_array((ago, where), shape=shape),
        late=sparse.csr_array((np.ones(int(late.sum()), np.float32), (where[0][late], where[1][late])), shape=shape),
        visits=visits,
        since=since,
        breadth=np.bincount(where[0], minlength=shape[0]).astype(np.float32),
    )


def shelf_of(baskets: pl.DataFrame, *, as_of_day: int, categories: int) -> Shelf:
    """Take it of baskets; later days are left out."""
    known = baskets.filter(pl.col("day") <= as_of_day).sort("member", "category", "day")
    same = (pl.col("member") == pl.col("member").shift()) & (pl.col("category") == pl.col("category").shift())
    gap = pl.when(same).then(pl.col("day").diff())
    late = known.with_columns(anew=gap.is_null() | (gap >= SILENT_DAYS)).filter(pl.col("day") > as_of_day - 90)
    quarter = _shares(late, categories)
    return Shelf(
        popular=np.log(quarter),
        anew=np.log(_shares(late.filter("anew"), categories)),
        rising=np.log(_shares(late.filter(pl.col("day") > as_of_day - 30), categories)) - np.log(quarter),
    )


def candidates(scores: Floats32, recent: Flags) -> tuple[Places, Places]:
    """Give rows and categories of the best discoveries, row by row, the best first."""
    much = min(CANDIDATES, scores.shape[1])
    open_scores = np.where(recent, -1.0, scores)
    best = np.argpartition(-open_scores, much - 1, axis=1)[:, :much]
    best.sort(axis=1)
    own = np.take_along_axis(open_scores, best, axis=1)
    order = np.argsort(-own, axis=1, kind="stable")
    best, own = np.take_along_axis(best, order, axis=1), np.take_along_axis(own, order, axis=1)
    rows, place = np.nonzero(own >= 0)
    return rows, best[rows, place].astype(np.int64)


def features(  # noqa: PLR0917 - what is known, then which cells of it
    some: Tastes, past: Past, model: TasteModel, shelf: Shelf, rows: Places, places: Places
) -> Floats32:
    """Give what the trees look at, one row for each candidate; empty (NaN) where there is nothing to say."""
    members = slice(int(some.members[0]), int(some.members[-1]) + 1)
    last = past.last[members].toarray()[rows, places]
    much = model.alike.shape[0]
    late = np.zeros(some.scores.shape, dtype=np.float32)
    late[:, :much] = past.late[members][:, :much] @ model.alike
    together = np.log(np.maximum(some.together[rows, places], 1e-9))
    most = np.zeros(some.scores.shape[0], dtype=np.float32)
    np.maximum.at(most, rows, some.scores[rows, places])
    columns = [
        together,
        np.log(np.maximum(some.scores[rows, places], 1e-9)) - np.log(np.maximum(most[rows], 1e-9)),
        together - shelf.popular[places],
        np.log(np.maximum(late[rows, places], 1e-6)),
        shelf.popular[places],
        shelf.anew[places],
        shelf.anew[places] - shelf.popular[places],
        shelf.rising[places],
        np.where(last > 0, last, np.nan),
        np.log1p(past.visits[members])[rows],
        past.since[members][rows],
        np.log1p(past.breadth[members])[rows],
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def learn_ranker(baskets: pl.DataFrame, *, as_of_day: int, categories: int) -> Ranker | None:
    """Learn at earlier cutoffs from baskets as `past_of` has them; the same baskets give the same bits.

    None where the shop is younger than half a year and a month, or too few discoveries came true.
    """
    baskets = baskets.filter(pl.col("day") <= as_of_day)
    first = int(baskets["day"].min())  # type: ignore[arg-type]
    cutoffs = [as_of_day - HORIZON_DAYS * (n + 1) for n in range(CUTOFFS)]
    lessons = [_lesson(baskets, cutoff, categories) for cutoff in cutoffs if cutoff - first >= SILENT_DAYS]
    if sum(int(each.found.sum()) for each in lessons) < FEWEST_FOUND:
        return None
    rows = xgb.DMatrix(
        np.concatenate([each.values for each in lessons]),
        label=np.concatenate([each.found for each in lessons]),
        group=np.concatenate([each.groups for each in lessons]),
        nthread=1,
    )
    booster = xgb.train(dict(_SHAPE), rows, num_boost_round=_ROUNDS)
    return Ranker(booster=booster, shelf=shelf_of(baskets, as_of_day=as_of_day, categories=categories))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lesson:
    """Candidates at a cutoff and which were bought in the days after it; `groups` has how many each member has."""

    values: Floats32
    found: Floats32
    groups: Places


def _lesson(baskets: pl.DataFrame, cutoff: int, categories: int) -> _Lesson:
    """Look back at a cutoff, on some of the members who came in the days after it."""
    past = baskets.filter(pl.col("day") <= cutoff)
    ahead = baskets.filter(pl.col("day").is_between(cutoff + 1, cutoff + HORIZON_DAYS))
    model = learn_shop(past, as_of_day=cutoff, members=int(past["member"].max()) + 1, categories=categories)  # type: ignore[arg-type]
    shelf = shelf_of(past, as_of_day=cutoff, categories=categories)
    came = past.select(pl.col("member").unique()).join(ahead.select(pl.col("member").unique()), on="member", how="semi")
    came = came.sort("member").gather_every(max(1, -(-came.height // TRAINING_MEMBERS))).with_row_index("row")
    mine, coming = (each.join(came, on="member").drop("member").rename({"row": "member"}) for each in (past, ahead))
    shape = (came.height, categories)
    where = (coming["member"].to_numpy(), coming["category"].to_numpy())
    bought = sparse.csr_array((np.ones(coming.height, np.float32), where), shape=shape)
    held = past_of(mine, as_of_day=cutoff, shape=shape)
    values, found, groups = [np.zeros((0, FEATURES), np.float32)], [np.zeros(0, np.float32)], [np.zeros(0, np.int64)]
    for some in tastes_of(mine, model, as_of_day=cutoff, members=came.height):
        members = slice(int(some.members[0]), int(some.members[-1]) + 1)
        rows, places = candidates(some.scores, held.recent(members))
        values.append(features(some, held, model, shelf, rows, places))
        found.append((bought[members].toarray()[rows, places] > 0).astype(np.float32))
        groups.append(np.bincount(rows, minlength=some.members.size))
    return _Lesson(values=np.concatenate(values), found=np.concatenate(found), groups=np.concatenate(groups))


def _shares(late: pl.DataFrame, categories: int) -> Floats32:
    counted = np.bincount(late["category"].to_numpy(), minlength=categories) + 0.1
    shares: Floats32 = (counted / counted.sum()).astype(np.float32)
    return shares
