"""Clusters of members by k-means, as many as come out alike from half of the members."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import Floats, Ints
from scoring.segments.errors import TooFewToCluster

FEWEST_MEMBERS = 200
COUNTS = (3, 4, 5, 6, 7, 8)
STABLE = 0.8
_LEARNED_FROM = 8_000
_STARTS = 8
_ROUNDS = 100
_HALVES = 6
_CLIP = 3.0
_AT_ONCE = 1 << 16
_NEARLY = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustering:
    """`labels` per member; `centres` in standardised traits.

    `stability` is the mean adjusted Rand index with clusters of halves (1: the same each time, 0: chance),
    `by_cluster` the mean Jaccard of each cluster with its likest (Hennig 2007): below 0.6 it is no more than a slice.
    """

    labels: Ints
    centres: Floats
    centre: Floats
    scale: Floats
    stability: float
    by_cluster: tuple[float, ...]

    @property
    def stable(self) -> bool:
        return self.stability >= STABLE

    def assign(self, traits: Floats) -> Ints:
        """Give the clusters of any members."""
        return _assigned(traits, self.centre, self.scale, self.centres)


def cluster(traits: Floats, *, seed: int) -> Clustering:
    """Cluster members (members x traits, finite numbers, skewed ones better in logarithms).

    Takes the largest count of COUNTS whose clusters are nearly as stable as the stablest. Raises TooFewToCluster.
    """
    if len(traits) < FEWEST_MEMBERS:
        raise TooFewToCluster(members=len(traits), needed=FEWEST_MEMBERS)
    chance = np.random.default_rng(seed)
    centre, scale = traits.mean(axis=0), traits.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    few = len(traits) <= _LEARNED_FROM
    sample = traits if few else traits[chance.choice(len(traits), _LEARNED_FROM, replace=False)]
    sample = _standard(sample, centre, scale)
    tried = []
    for count in COUNTS:
        centres = k_means(sample, count, chance)
        tried.append((centres, *_stability(sample, centres, chance)))
    enough = max(stability for _, stability, _ in tried) - _NEARLY
    centres, stability, by_cluster = [each for each in tried if each[1] >= enough][-1]
    return Clustering(
        labels=_assigned(traits, centre, scale, centres),
        centres=centres,
        centre=centre,
        scale=scale,
        stability=stability,
        by_cluster=by_cluster,
    )


def k_means(rows: Floats, count: int, chance: np.random.Generator) -> Floats:
    """Give the centres of the best of some starts (Lloyd's rounds from k-means++, Arthur and Vassilvitskii 2007)."""
    tries = [_lloyd(rows, _spread_out(rows, count, chance)) for _ in range(_STARTS)]
    centres = min(tries, key=lambda tried: float(_distances(rows, tried).min(axis=1).sum()))
    return centres[np.lexsort(centres.T[::-1])]


def adjusted_rand(first: Ints, second: Ints) -> float:
    """Give how far two labellings agree on pairs, corrected for chance (Hubert and Arabie 1985)."""
    table = overlap(first, second)
    pairs = float(_pairs(table).sum())
    rows, columns = float(_pairs(table.sum(axis=1)).sum()), float(_pairs(table.sum(axis=0)).sum())
    expected = rows * columns / float(_pairs(np.array([first.size]))[0])
    most = (rows + columns) / 2
    return 1.0 if most == expected else (pairs - expected) / (most - expected)


def overlap(first: Ints, second: Ints) -> Ints:
    """Count members by both labels."""
    shape = (int(first.max()) + 1, int(second.max()) + 1)
    return np.bincount(first * shape[1] + second, minlength=shape[0] * shape[1]).reshape(shape)


def jaccard(first: Ints, second: Ints) -> Floats:
    """Give the share of common members for each pair of clusters of two labellings."""
    table = overlap(first, second)
    union = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
    return np.asarray(table / np.maximum(union, 1), dtype=np.float64)


def _stability(rows: Floats, centres: Floats, chance: np.random.Generator) -> tuple[float, tuple[float, ...]]:
    labels, agreements, likenesses = _nearest(rows, centres), [], []
    for _ in range(_HALVES):
        half = chance.choice(len(rows), len(rows) // 2, replace=False)
        again = _nearest(rows, k_means(rows[half], len(centres), chance))
        agreements.append(adjusted_rand(labels, again))
        likenesses.append(jaccard(labels, again).max(axis=1))
    by_cluster = np.zeros(len(centres))
    for each in likenesses:
        by_cluster[: each.size] += each / _HALVES
    return float(np.mean(agreements)), tuple(by_cluster.tolist())


def _spread_out(rows: Floats, count: int, chance: np.random.Generator) -> Floats:
    chosen = [rows[chance.integers(len(rows))]]
    for _ in range(count - 1):
        away = _distances(rows, np.array(chosen)).min(axis=1)
        weights = away / away.sum() if away.sum() > 0 else None
        chosen.append(rows[chance.choice(len(rows), p=weights)])
    return np.array(chosen)


def _lloyd(rows: Floats, centres: Floats) -> Floats:
    labels = _nearest(rows, centres)
    for _ in range(_ROUNDS):
        counts = np.bincount(labels, minlength=len(centres))
        sums = np.column_stack([np.bincount(labels, trait, minlength=len(centres)) for trait in rows.T])
        centres = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centres)
        moved = _nearest(rows, centres)
        if np.array_equal(moved, labels):
            break
        labels = moved
    return centres


def _distances(rows: Floats, centres: Floats) -> Floats:
    squares = (rows**2).sum(axis=1)[:, None] - 2 * rows @ centres.T + (centres**2).sum(axis=1)
    return np.asarray(np.maximum(squares, 0.0), dtype=np.float64)


def _nearest(rows: Floats, centres: Floats) -> Ints:
    """Give the nearest centre of each row; what rows are long by is the same for all centres, and left out."""
    return np.asarray(((centres**2).sum(axis=1) - 2 * rows @ centres.T).argmin(axis=1), dtype=np.int64)


def _assigned(traits: Floats, centre: Floats, scale: Floats, centres: Floats) -> Ints:
    """Some members at a time: the distances of all of them would be many times their traits."""
    some = (traits[begin : begin + _AT_ONCE] for begin in range(0, len(traits), _AT_ONCE))
    return np.concatenate([_nearest(_standard(each, centre, scale), centres) for each in some])


def _standard(traits: Floats, centre: Floats, scale: Floats) -> Floats:
    """Standardise, and keep the few far away from making a cluster of their own."""
    return np.clip((traits - centre) / scale, -_CLIP, _CLIP)


def _pairs(counts: Ints) -> Floats:
    return np.asarray(counts * (counts - 1) / 2, dtype=np.float64)
