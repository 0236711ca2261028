"""Scores as a trial assumes them: what the night shift would have said of the member."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from merchant.offers.words import STRICT, Price, Share, Word, Words
from offers.model.ids import MemberId, ProgrammeId
from offers.model.scores import Favourite, MemberScores, ScoreRunId

ASSUMED = ScoreRunId("assumed")
"""The run that assumed scores come from: there was none."""
_SEGMENT = r"^[a-z][a-z_]{0,39}$"


class ScoresBody(BaseModel):
    """Scores of the member, in the units of `GET /v1/members/{id}/scores`; what is left out is nothing of it.

    `segment` is written without its `rfm:`, `cluster` is the number alone.
    """

    model_config = STRICT

    buys_again: Share = 0
    purchases: Price = 0
    spend: Price = 0
    segment: Annotated[str, StringConstraints(pattern=_SEGMENT)] | None = None
    cluster: int | None = Field(default=None, ge=0, le=1_000)
    daypart: Word | None = None
    favourites: Words = []

    def to_noun(self, programme_id: ProgrammeId) -> MemberScores:
        return MemberScores(
            run_id=ASSUMED,
            member_id=MemberId(""),
            programme_id=programme_id,
            buys_again_bp=self.buys_again,
            purchases_centi=self.purchases,
            spend_minor=self.spend,
            segment=self.segment or "",
            cluster=self.cluster,
            daypart=self.daypart,
            favourites=tuple(Favourite(category=category, chance_bp=0) for category in self.favourites),
        )

    def segments(self) -> frozenset[str]:
        """Name the computed segments that were assumed, as conditions know them."""
        return frozenset(name for name in self.to_noun(ProgrammeId("")).segments if not name.endswith(":"))
