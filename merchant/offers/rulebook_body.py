"""A rulebook as text: offers, the groups they compete in, the tags of goods, and the guards over all of them."""

from pydantic import BaseModel, Field, field_validator

from merchant.offers.offer_body import OfferBody
from merchant.offers.template_body import TemplateBody
from merchant.offers.words import ALL_GOODS, STRICT, GoodsBody, Price, Share, Slug, Word, Words
from offers.model.goods import GoodsTag
from offers.model.ids import ProgrammeId
from offers.model.offer import Lane
from offers.model.personal import MAX_TEMPLATES
from offers.model.programme import BASIS_POINTS
from offers.model.rulebook import Floor, Guards, Mode, OfferGroup
from offers.model.rules import MAX_OFFERS, Rules

MAX_GROUPS = 200


class GroupBody(BaseModel):
    """Offers of a lane that compete, and how. Groups are applied by rank, then name."""

    model_config = STRICT

    lane: Lane
    name: Slug
    mode: Mode = Mode.BEST_FOR_CUSTOMER
    rank: int = Field(default=0, ge=-1_000, le=1_000)

    def to_noun(self) -> OfferGroup:
        return OfferGroup(lane=self.lane, name=self.name, mode=self.mode, rank=self.rank)


class GoodsTagBody(BaseModel):
    """A word for goods: `alcohol`."""

    model_config = STRICT

    name: Word
    goods: GoodsBody

    @field_validator("goods")
    @classmethod
    def _of_no_tags(cls, goods: GoodsBody) -> GoodsBody:
        if goods.tags or goods.except_tags:
            raise ValueError("a tag is made of categories and skus, not of tags")
        return goods

    def to_noun(self) -> GoodsTag:
        return GoodsTag(name=self.name, goods=self.goods.to_noun())


class FloorBody(BaseModel):
    """Below what no discount brings the goods."""

    model_config = STRICT

    goods: GoodsBody = ALL_GOODS
    share_bp: Share = 0
    unit_minor: Price = 0

    def to_noun(self) -> Floor:
        return Floor(goods=self.goods.to_noun(), share_bp=self.share_bp, unit_minor=self.unit_minor)


class GuardsBody(BaseModel):
    """What holds after every lane."""

    model_config = STRICT

    floors: list[FloorBody] = Field(default=[], max_length=MAX_GROUPS)
    max_discount_bp: Share = BASIS_POINTS
    max_points_bp: Share = BASIS_POINTS
    level_excludes: Words = []
    points_excludes: Words = []
    accrual_excludes: Words = []

    def to_noun(self) -> Guards:
        return Guards(
            floors=tuple(floor.to_noun() for floor in self.floors),
            max_discount_bp=self.max_discount_bp,
            max_points_bp=self.max_points_bp,
            level_excludes=tuple(self.level_excludes),
            points_excludes=tuple(self.points_excludes),
            accrual_excludes=tuple(self.accrual_excludes),
        )


_NO_GUARDS = GuardsBody()


class GroupsBody(BaseModel):
    """The groups alone."""

    model_config = STRICT

    groups: list[GroupBody] = Field(max_length=MAX_GROUPS)


class GoodsTagsBody(BaseModel):
    """The tags of goods alone."""

    model_config = STRICT

    goods_tags: list[GoodsTagBody] = Field(max_length=MAX_GROUPS)


class RulebookBody(BaseModel):
    """Everything an offers file says."""

    model_config = STRICT

    offers: list[OfferBody] = Field(default=[], max_length=MAX_OFFERS)
    groups: list[GroupBody] = Field(default=[], max_length=MAX_GROUPS)
    goods_tags: list[GoodsTagBody] = Field(default=[], max_length=MAX_GROUPS)
    guards: GuardsBody = _NO_GUARDS
    personal_offers: list[TemplateBody] = Field(default=[], max_length=MAX_TEMPLATES)

    def to_noun(self, programme_id: ProgrammeId) -> Rules:
        """Give the rules this text means for a programme; the edition is the keeper's to count."""
        return Rules(
            programme_id=programme_id,
            offers=tuple(offer.to_noun(programme_id) for offer in self.offers),
            groups=tuple(group.to_noun() for group in self.groups),
            goods_tags=tuple(tag.to_noun() for tag in self.goods_tags),
            guards=self.guards.to_noun(),
            templates=tuple(template.to_noun(programme_id) for template in self.personal_offers),
        )
