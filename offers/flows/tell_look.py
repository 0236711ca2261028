"""Tell that cards look otherwise: a turn of a layer, or another edition of a design."""

from datetime import datetime

from offers.engine.fingerprint import fingerprint
from offers.flows.tell_outbox import event_item
from offers.model.card import Card
from offers.model.design import CardDesign
from offers.model.events import LookChanged
from offers.model.ids import MemberId
from offers.model.layer import Layer, LayerScope
from offers.model.message import OutboxItem
from offers.model.programme import Programme
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


def card_item(card: Card, cause: str, *, at: datetime) -> OutboxItem:
    """Tell that one card shows something else for a reason of its member's, which `cause` names."""
    return event_item(
        LookChanged(
            key=f"look:{card.id}:{cause}",
            programme_id=card.programme_id,
            member_id=card.member_id,
            at=at,
            scope=LayerScope.CARD,
            card_id=card.id,
            design=card.design,
        )
    )


def terms_item(programme: Programme, *, at: datetime) -> OutboxItem:
    """Tell that cards of every design promise something else from now on."""
    return event_item(
        LookChanged(
            key=f"terms:{programme.id}:{fingerprint(programme.terms)[:16]}:{at.isoformat()}",
            programme_id=programme.id,
            member_id=MemberId(""),
            at=at,
            scope=LayerScope.EVERYBODY,
        )
    )


def design_item(design: CardDesign, *, at: datetime) -> OutboxItem:
    """Tell of another edition of a design."""
    return event_item(
        LookChanged(
            key=f"design:{design.programme_id}:{design.slug}:{design.edition}:{at.isoformat()}",
            programme_id=design.programme_id,
            member_id=MemberId(""),
            at=at,
            scope=LayerScope.EVERYBODY,
            design=design.slug,
        )
    )
