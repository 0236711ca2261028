"""What needs all members at once: a number of each, one column in memory at a time, in order of their ids."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import polars as pl

from scoring.arrays import Floats, Ints
from scoring.forecast.judged import Expected, Judged, settle
from scoring.forecast.learned import Learned
from scoring.partitions.judging import MEMBER
from scoring.partitions.known import Known

Places = npt.NDArray[np.uint32]
FOUND = "found"
"""The frames that parts left of their members, as `PartOfNight.scores` has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Everybody:
    """All members, whose parts left what they found. The order is the same however they were parted.

    `order` says of each place in it where the member stands when parts are put one under another.
    """

    known: Known
    order: Places

    @classmethod
    def of(cls, known: Known) -> "Everybody":
        ids = pl.concat(frame for (frame,) in known.together(FOUND, columns=[MEMBER]))
        return cls(known=known, order=ids[MEMBER].arg_sort().to_numpy())

    @property
    def members(self) -> int:
        return self.order.size

    def column(self, name: str) -> Floats:
        """Give what parts found under a name."""
        parts = [frame[name].to_numpy() for (frame,) in self.known.together(FOUND, columns=[name])]
        column: Floats = np.concatenate(parts)[self.order]
        return column

    def clusters_of(self, before: pl.DataFrame) -> Ints:
        """Give the cluster that each member was in, -1 for none; `before` has member_id and cluster."""
        ids = pl.concat(frame for (frame,) in self.known.together(FOUND, columns=[MEMBER]))
        found = ids.join(before, on=MEMBER, how="left", maintain_order="left")
        return found["cluster"].fill_null(-1).cast(pl.Int64).to_numpy()[self.order]

    def expected(self, learned: Learned) -> Expected:
        """Settle the totals."""
        return settle(Judged(**{each.name: self.column(each.name) for each in fields(Judged)}), learned)

    def parts(self) -> Iterator[tuple[pl.DataFrame, Places]]:
        """Give what each part found, and the places of its members in the order."""
        places = np.empty_like(self.order)
        places[self.order] = np.arange(self.order.size, dtype=self.order.dtype)
        begin = 0
        for (found,) in self.known.together(FOUND):
            yield found, places[begin : begin + found.height]
            begin += found.height
