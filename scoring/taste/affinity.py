"""Taste: how likely each category is at a member's next visit, favourites and discoveries on one scale.

The share of a member's visits that held a category, visits weighed by age, is smoothed towards what members of like
taste buy (item-to-item collaborative filtering with cosine, Sarwar et al., WWW 2001). A favourite is led by the first,
a category that the member never bought has nothing but the second.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

Numbers = npt.NDArray[np.float64]

HALF_LIFE_DAYS = 540
PRIOR_VISITS = 3.0
"""What goes together counts like three visits of the member's own."""
RECENT_DAYS = 90
POPULARITY = 0.8
"""The power at which late popularity weighs what goes together: at 1 rare finds drown, at 0 hits do."""
KNOWN_CATEGORIES = 5_000
"""The most bought categories take part in what goes together: the square of their number must fit into memory."""
_CHUNK = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TasteModel:
    """What the whole shop says; rows and columns of `alike` are categories, `popular` is their share of late visits."""

    alike: npt.NDArray[np.float32]
    popular: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tastes:
    """Scores for a few members, members by categories; `members` are their numbers, one after another.

    `together` is what goes with a member's purchases, in shares of a visit, without the member's own frequency.
    """

    members: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float32]
    together: npt.NDArray[np.float32]


def learn_shop(baskets: pl.DataFrame, *, as_of_day: int, members: int, categories: int) -> TasteModel:
    """Learn from baskets: one row for each member, day and category bought, as numbers from 0; later days are left out.

    Categories are numbered by how often they are bought, the most bought first.
    """
    known = baskets.filter(pl.col("day") <= as_of_day)
    return learn(_weighed(known, as_of_day, (members, categories)), _popular(known, as_of_day, categories))


def tastes_of(baskets: pl.DataFrame, model: TasteModel, *, as_of_day: int, members: int) -> Iterator[Tastes]:
    """Score all members, some thousands at a time, from baskets as `learn_shop` has them."""
    known = baskets.filter(pl.col("day") <= as_of_day)
    bought = _weighed(known, as_of_day, (members, model.popular.size))
    visits = known.group_by("member", "day").len("held").sort("member", "day")
    visit_weight = 0.5 ** ((as_of_day - visits["day"].to_numpy()) / HALF_LIFE_DAYS)
    counted = np.bincount(visits["member"].to_numpy(), visit_weight, minlength=members)
    held = np.bincount(visits["member"].to_numpy(), visit_weight * visits["held"].to_numpy(), minlength=members)
    for start in range(0, members, _CHUNK):
        rows = slice(start, min(start + _CHUNK, members))
        own = bought[rows].toarray().astype(np.float32)
        usual = held[rows] / np.maximum(counted[rows], 1e-9)
        together = _going_together(bought[rows], model)
        prior = together * usual[:, None].astype(np.float32)
        scores = (own + PRIOR_VISITS * prior) / (counted[rows, None] + PRIOR_VISITS).astype(np.float32)
        yield Tastes(members=np.arange(rows.start, rows.stop), scores=scores.astype(np.float32), together=together)


def _weighed(known: pl.DataFrame, as_of_day: int, shape: tuple[int, int]) -> sparse.csr_array:
    """Give members by categories: visits that held a category, weighed by age."""
    weight = 0.5 ** ((as_of_day - known["day"].to_numpy()) / HALF_LIFE_DAYS)
    return sparse.csr_array((weight, (known["member"].to_numpy(), known["category"].to_numpy())), shape=shape)


def learn(bought: sparse.csr_array, popular: npt.NDArray[np.float32]) -> TasteModel:
    """Learn which categories go together: the cosine between their members' weighed purchases."""
    much = min(bought.shape[1], KNOWN_CATEGORIES)
    flat = bought[:, :much].sqrt()
    length = np.sqrt(np.asarray(flat.power(2).sum(axis=0)).ravel())
    scaled = flat @ sparse.diags_array(1 / np.maximum(length, 1e-9))
    # A member who bought everything says little about what goes together.
    breadth = 1 / np.sqrt(np.maximum(np.diff(bought.indptr), 1))
    alike = (scaled.T @ (sparse.diags_array(breadth) @ scaled)).toarray().astype(np.float32)
    return TasteModel(alike=alike, popular=popular)


def _going_together(bought: sparse.csr_array, model: TasteModel) -> npt.NDArray[np.float32]:
    """Give shares over all categories that sum to 1: what goes with what the members bought, else what is popular."""
    much = model.alike.shape[0]
    found = np.zeros(bought.shape, dtype=np.float32)
    found[:, :much] = bought[:, :much].sqrt().astype(np.float32) @ model.alike
    found *= model.popular[None, :] ** POPULARITY
    whole = found.sum(axis=1, keepdims=True)
    shares: npt.NDArray[np.float32] = np.where(whole > 0, found / np.maximum(whole, 1e-12), model.popular)
    return shares


def _popular(known: pl.DataFrame, as_of_day: int, categories: int) -> npt.NDArray[np.float32]:
    """Give each category's share of late purchases, never quite nothing."""
    late = known.filter(pl.col("day") > as_of_day - RECENT_DAYS)["category"].to_numpy()
    counted = np.bincount(late, minlength=categories) + 0.1
    shares: npt.NDArray[np.float32] = (counted / counted.sum()).astype(np.float32)
    return shares
