"""The best categories of each member: what the shop taught first, then any part of its members."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from scoring.taste.affinity import TasteModel, learn_shop, tastes_of
from scoring.taste.ranker import Ranker, learn_ranker, past_of

Places = npt.NDArray[np.int64]
Watch = Callable[[int, int], None]
DISCOVERIES = 3
"""One in so many places of a member's list is kept for categories not bought for half a year."""
SCHEMA = {"member": pl.UInt32, "category": pl.String, "score": pl.Float64, "is_discovery": pl.Boolean}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasted:
    """What the shop taught: what goes together, and how discoveries are ranked, where it is old enough to tell.

    `categories` are in order of how often they are bought, the most bought first.
    """

    categories: pl.Series
    model: TasteModel
    ranker: Ranker | None


def basket_counts(lines: pl.DataFrame) -> pl.DataFrame:
    """Give category and len: by how many members and days each was bought. Counts of parts add up to those of all."""
    return _held(lines).group_by("category").len().with_columns(pl.col("len").cast(pl.Int64))


def learn_tastes(lines: pl.DataFrame, counts: pl.DataFrame, *, as_of_day: int) -> Tasted:
    """Learn from some members' lines, numbered from 0; `counts` are those of the whole shop, at least one of them."""
    categories = counts.sort(["len", "category"], descending=[True, False])["category"]
    baskets = _numbered(lines, categories)
    members = int(lines["member"].max()) + 1  # type: ignore[arg-type]
    model = learn_shop(baskets, as_of_day=as_of_day, members=members, categories=categories.len())
    ranker = learn_ranker(baskets, as_of_day=as_of_day, categories=categories.len())
    return Tasted(categories=categories, model=model, ranker=ranker)


def best_of(lines: pl.DataFrame, tasted: Tasted, *, as_of_day: int, top: int, watch: Watch) -> pl.DataFrame:
    """Give member, category, score and is_discovery (not bought for half a year), the best of each member first.

    Only of members who bought a category at all. No member's rows depend on another's.
    """
    baskets = _numbered(lines, tasted.categories)
    if not baskets.height:
        return pl.DataFrame(schema=SCHEMA)
    members = int(baskets["member"].max()) + 1  # type: ignore[arg-type]
    past = past_of(baskets, as_of_day=as_of_day, shape=(members, tasted.categories.len()))
    parts = []
    for some in tastes_of(baskets, tasted.model, as_of_day=as_of_day, members=members):
        recent = past.recent(slice(int(some.members[0]), int(some.members[-1]) + 1))
        scores = tasted.ranker.reordered(some, past, tasted.model) if tasted.ranker else some.scores
        parts.append(_best(some.members, scores, recent, top))
        watch(int(some.members[-1]) + 1, members)
    found = pl.concat(parts).filter(pl.col("member").is_in(baskets["member"].unique().implode()))
    return found.select(
        pl.col("member").cast(pl.UInt32),
        category=tasted.categories.gather(found["category"]),
        score="score",
        is_discovery="is_discovery",
    )


def _held(lines: pl.DataFrame) -> pl.DataFrame:
    """Give member, day and category once for each."""
    bought = lines.filter(~pl.col("is_return") & pl.col("category").is_not_null())
    return bought.select("member", "day", "category").unique()


def _numbered(lines: pl.DataFrame, categories: pl.Series) -> pl.DataFrame:
    """Give member, day and category once for each, in their order, categories by their places.

    What is there twice is left out of the ordered rows: a table of different ones takes four times their memory.
    """
    numbers = pl.DataFrame({"category": categories}).with_row_index("number")
    bought = lines.filter(~pl.col("is_return")).select("member", "day", "category")
    rows = bought.join(numbers, on="category").select("member", "day", category="number")
    rows = rows.sort("member", "day", "category")
    return rows.filter(pl.any_horizontal(pl.all().ne_missing(pl.all().shift())))


def _best(members: Places, scores: npt.NDArray[np.float32], recent: npt.NDArray[np.bool_], top: int) -> pl.DataFrame:
    """Keep the best of each member, some of them not bought for half a year, ties in order of popularity."""
    order = np.argsort(-scores, axis=1, kind="stable")
    seen = np.take_along_axis(recent, order, axis=1)
    room = top - top // DISCOVERIES
    place = np.arange(order.shape[1])[None, :]
    # In front everything in its order; the places kept at the end are for what is new alone.
    behind = np.cumsum(~seen & (place >= room), axis=1)
    kept = (place < room) | (~seen & (behind <= top - room))
    rows, places = np.nonzero(kept)
    chosen = order[rows, places]
    return pl.DataFrame(
        {
            "member": members[rows],
            "category": chosen,
            "score": scores[rows, chosen].astype(np.float64),
            "is_discovery": ~recent[rows, chosen],
        }
    )
