"""Tell that cards look otherwise: a turn of a layer, or another edition of a design."""

from datetime import datetime

from offers.flows.tell_outbox import event_item
from offers.model.design import CardDesign
from offers.model.events import LookChanged
from offers.model.ids import MemberId
from offers.model.layer import Layer, LayerScope
from offers.model.message import OutboxItem
from offers.store.work import Work


async def look_item(work: Work, layer: Layer, *, turn: str, at: datetime) -> OutboxItem:
    """Tell of a turn of a layer. `turn` names it once and for all: a turn told twice is one event."""
    card = await work.cards.get(layer.card_id) if layer.card_id else None
    return event_item(
        LookChanged(
            key=f"look:{layer.id}:{layer.edition}:{turn}",
            programme_id=layer.programme_id,
            member_id=card.member_id if card else MemberId(""),
            at=at,
            scope=layer.scope,
            segment=layer.segment or "",
            card_id=layer.card_id or "",
            design=layer.design or "",
            layer_id=layer.id,
            says_something=layer.parts.text is not None and layer.is_on(at),
        )
    )


def design_item(design: CardDesign, *, at: datetime) -> OutboxItem:
    """Tell of another edition of a design."""
    return event_item(
        LookChanged(
            key=f"design:{design.programme_id}:{design.slug}:{design.edition}",
            programme_id=design.programme_id,
            member_id=MemberId(""),
            at=at,
            scope=LayerScope.EVERYBODY,
            design=design.slug,
        )
    )
