"""What a night tells of its segments: each in words of both languages, with how many are in it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from offers.model.computed_segments import CLUSTER, RFM, Segment, SegmentTold
from offers.model.programme import LocalText
from scoring.arrays import Floats, Ints
from scoring.segments.words import advice, cluster_title, describe, title


def named_told(places: npt.NDArray[np.uint8]) -> tuple[SegmentTold, ...]:
    """Tell the nine named segments, in their order; `places` has each member's place in it."""
    members = np.bincount(places, minlength=len(Segment))
    return tuple(
        SegmentTold(
            code=f"{RFM}{segment.value}",
            title=LocalText(ru=title(segment, "ru"), en=title(segment, "en")),
            description=LocalText(ru=advice(segment, "ru"), en=advice(segment, "en")),
            members=int(members[place]),
        )
        for place, segment in enumerate(Segment)
    )


def clusters_told(traits: Floats, labels: Ints, numbers: Sequence[int]) -> tuple[SegmentTold, ...]:
    """Tell the clusters in order of their numbers: `numbers` has what each label goes by from night to night."""
    members = np.bincount(labels, minlength=len(numbers))
    return tuple(
        SegmentTold(
            code=f"{CLUSTER}{number}",
            title=LocalText(ru=cluster_title(number, "ru"), en=cluster_title(number, "en")),
            description=LocalText(ru=describe(traits, labels, label, "ru"), en=describe(traits, labels, label, "en")),
            members=int(members[label]),
        )
        for number, label in sorted((number, label) for label, number in enumerate(numbers))
    )
