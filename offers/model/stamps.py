"""A stamp card: how far a member has come towards the next use of an offer that collects stamps."""

from dataclasses import dataclass

from offers.model.ids import OfferId
from offers.model.programme import LocalText


@dataclass(frozen=True, slots=True, kw_only=True)
class StampCard:
    """`needed` stamps are one use; whoever has more than that has a use ready."""

    offer_id: OfferId
    title: LocalText
    collected: int
    needed: int
