"""The named segment and the cluster of every member."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from offers.model.computed_segments import Segment, SegmentTold
from scoring.arrays import Ints
from scoring.nightly.everybody import Everybody
from scoring.segments.clusters import FEWEST_MEMBERS, cluster
from scoring.segments.matching import Matched, match
from scoring.segments.rfm import Habits, name_segments
from scoring.segments.told import clusters_told, named_told
from scoring.segments.words import traits_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """In order of members' ids: the place of the segment in `Segment`, the number of the cluster; None for too few.

    `told` has both in words, with how many are in each.
    """

    segments: npt.NDArray[np.uint8]
    told: tuple[SegmentTold, ...]
    clusters: npt.NDArray[np.int64] | None = None
    quality: dict[str, float] = field(default_factory=dict)

    def columns(self, places: npt.NDArray[np.uint32]) -> dict[str, pl.Series]:
        """Give the columns segment and cluster of some members."""
        names = pl.Series([segment.value for segment in Segment], dtype=pl.String)
        clusters = [None] * places.size if self.clusters is None else self.clusters[places]
        return {
            "segment": names.gather(pl.Series(self.segments[places])),
            "cluster": pl.Series(clusters, dtype=pl.Int64),
        }


def group(everybody: Everybody, clusters_before: Path | None, *, seed: int) -> Groups:
    """Put everybody into groups; `clusters_before` is a file of member_id and the cluster of the night before."""
    habits = Habits(
        days_since_last=everybody.column("recency_days"),
        days_known=everybody.column("age_days"),
        purchases=everybody.column("visits"),
        spend=np.nan_to_num(everybody.column("spend")),
    )
    segments = name_segments(habits)
    if everybody.members < FEWEST_MEMBERS:
        return Groups(segments=segments, told=named_told(segments))
    traits = traits_of(habits)
    clustering = cluster(traits, seed=seed)
    matched = _matched(clustering.labels, everybody, clusters_before)
    quality = {"cluster_stability": clustering.stability}
    if matched.kept is not None:
        quality["clusters_kept"] = matched.kept
    return Groups(
        segments=segments,
        clusters=np.array(matched.names)[clustering.labels],
        told=named_told(segments) + clusters_told(traits, clustering.labels, matched.names),
        quality=quality,
    )


def _matched(labels: Ints, everybody: Everybody, clusters_before: Path | None) -> Matched:
    if clusters_before is None:
        return match(labels, np.full(labels.size, -1), fresh=0)
    before = pl.read_parquet(clusters_before)
    fresh = int(before["cluster"].to_numpy().max(initial=-1)) + 1
    return match(labels, everybody.clusters_of(before), fresh=fresh)
