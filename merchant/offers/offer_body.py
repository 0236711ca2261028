"""An offer as text: what the API takes and gives, and what an offers file lists."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from merchant.offers.benefits_body import BenefitBody
from merchant.offers.conditions_body import Conditions, to_condition
from merchant.offers.words import STRICT, Instant, Money, Points, Share, Slug, TitleBody, Words
from offers.model.ids import ProgrammeId
from offers.model.offer import MAIN_GROUP, MAX_USES, Lane, Limits, Offer, OfferState, Reach, offer_id

Funder = Annotated[str, StringConstraints(max_length=64)]


class LimitsBody(BaseModel):
    """What one purchase may get of the offer."""

    model_config = STRICT

    cap_minor: Money | None = None
    cap_points: Points | None = None
    uses_per_purchase: int = Field(default=1, ge=1, le=MAX_USES)
    floor_bp: Share = 0
    max_discount_bp: Share | None = None
    max_points_bp: Share | None = None

    def to_noun(self) -> Limits:
        return Limits(**dict(self))


_NO_LIMITS = LimitsBody()


class OfferBody(BaseModel):
    """A rule: who may have what, where it stands among the others, and how much of it there is.

    `when` lists conditions, all of which must hold. `priority`: the higher goes first. Lines that get something of the
    offer carry its `tags`; it leaves alone lines that carry a tag it `excludes`.
    """

    model_config = STRICT

    code: Slug
    version: int = Field(default=1, ge=1, le=10**9)
    title: TitleBody
    lane: Lane
    group: Slug = MAIN_GROUP
    priority: int = Field(default=0, ge=-1_000_000, le=1_000_000)
    when: Conditions = []
    benefit: BenefitBody
    limits: LimitsBody = _NO_LIMITS
    tags: Words = []
    excludes: Words = []
    reach: Reach = Reach.PUBLIC
    state: OfferState = OfferState.ACTIVE
    active_from: Instant | None = None
    active_until: Instant | None = None
    may_be_withheld: bool = False
    funder: Funder = ""

    def to_noun(self, programme_id: ProgrammeId) -> Offer:
        """Give the offer this body means in a programme."""
        return Offer(
            id=offer_id(programme_id, self.code),
            programme_id=programme_id,
            version=self.version,
            code=self.code,
            title=self.title.to_noun(),
            lane=self.lane,
            benefit=self.benefit.to_noun(),
            condition=to_condition(self.when),
            limits=self.limits.to_noun(),
            group=self.group,
            priority=self.priority,
            tags=tuple(self.tags),
            excludes=tuple(self.excludes),
            reach=self.reach,
            state=self.state,
            active_from=self.active_from,
            active_until=self.active_until,
            may_be_withheld=self.may_be_withheld,
            funder=self.funder,
        )
