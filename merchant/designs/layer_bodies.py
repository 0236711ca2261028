"""What may be sent about layers."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from merchant.checkout.fields import STRICT, Instant
from merchant.designs.bodies import Digest, TextBody, Word
from offers.flows.put_layer import LayerWish
from offers.model.ids import CardId
from offers.model.layer import DEFAULT_PRIORITY, MAX_PRIORITY, Layer, LayerColours, LayerParts, LayerScope
from offers.model.programme import LocalText


class LayerColoursBody(BaseModel):
    model_config = STRICT

    background: Word | None = None
    foreground: Word | None = None
    label: Word | None = None


class LayerBody(BaseModel):
    """What a layer puts on, over what, and when; half-open: it is off again at `ends_at`. Without `starts_at`: now."""

    model_config = STRICT

    banner: Digest | None = None
    text: TextBody | None = None
    colours: LayerColoursBody = LayerColoursBody()
    discount_bp: int | None = None
    priority: int = Field(default=DEFAULT_PRIORITY, ge=0, le=MAX_PRIORITY)
    starts_at: Instant | None = None
    ends_at: Instant | None = None

    def parts(self) -> LayerParts:
        return LayerParts(
            banner=self.banner,
            text=LocalText(ru=self.text.ru, en=self.text.en) if self.text else None,
            colours=LayerColours(**self.colours.model_dump()),
            discount_bp=self.discount_bp,
        )

    def over(self, layer: Layer) -> LayerWish:
        """Ask for a change of a layer: whom it is for stays."""
        return LayerWish(
            scope=layer.scope,
            parts=self.parts(),
            priority=self.priority,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )


class NewLayerBody(LayerBody):
    """A new layer: whom it is for, and the cause it stands under. The same cause again is the same layer."""

    cause_key: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
    scope: LayerScope
    segment: Word | None = None
    card_id: Word | None = None
    design: Word | None = None

    def to_wish(self) -> LayerWish:
        return LayerWish(
            scope=self.scope,
            parts=self.parts(),
            segment=self.segment,
            card_id=CardId(self.card_id) if self.card_id else None,
            design=self.design,
            priority=self.priority,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )


class LayersQuery(BaseModel):
    limit: int = Field(default=100, ge=1, le=200)


def layer_answer(layer: Layer, *, is_on: bool) -> dict[str, Any]:
    """Give a layer as a client sees it."""
    parts = layer.parts
    return {
        "id": layer.id,
        "cause_key": layer.cause_key,
        "scope": layer.scope.value,
        "segment": layer.segment,
        "card_id": layer.card_id,
        "design": layer.design,
        "priority": layer.priority,
        "starts_at": layer.starts_at.isoformat(),
        "ends_at": layer.ends_at.isoformat() if layer.ends_at else None,
        "ended_at": layer.ended_at.isoformat() if layer.ended_at else None,
        "is_on": is_on,
        "edition": layer.edition,
        "banner": parts.banner,
        "text": {"ru": parts.text.ru, "en": parts.text.en} if parts.text else None,
        "colours": {
            "background": parts.colours.background,
            "foreground": parts.colours.foreground,
            "label": parts.colours.label,
        },
        "discount_bp": parts.discount_bp,
    }
