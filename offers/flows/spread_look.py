"""Spread a look that many cards share: one item for Google's class, one walk over devices, one over a segment."""

from datetime import datetime, timedelta
from typing import Any

from offers.flows.card_updates import ask_for_update
from offers.model.events import LookChanged
from offers.model.ids import MemberId
from offers.model.layer import LayerScope
from offers.model.message import Lane, OutboxItem, Priority
from offers.model.updating import UpdateTerms
from offers.store.work import Work

CLASS_CHANGED = "class_changed"
"""The look all cards of a design share changed: Google is told by one call per class."""
EVERYBODY_CHANGED = "everybody_changed"
"""The look all cards of a design share changed: Apple's devices are pushed, page by page."""
SEGMENT_CHANGED = "segment_changed"
"""The look of a segment's cards changed: its members are walked, page by page."""

PAGE_MEMBERS = 100


async def spread(work: Work, event: LookChanged, *, at: datetime) -> None:
    """Put what carries a common look out, in the transaction of its event. Nothing is written per card."""
    if event.scope == LayerScope.SEGMENT:  # read back from the outbox it is a plain word
        key = f"segment:{event.programme_id}:{event.segment}:{event.design}"
        await work.outbox.refresh(_common(event, Lane.EVENTS, SEGMENT_CHANGED, key, Priority.BULK, at=at))
        return
    whose = f"{event.programme_id}:{event.design}"
    for lane, kind, priority in (
        (Lane.GOOGLE, CLASS_CHANGED, Priority.BANNER),
        (Lane.APPLE, EVERYBODY_CHANGED, Priority.BULK),
    ):
        await work.outbox.refresh(_common(event, lane, kind, f"{kind}:{whose}", priority, at=at))


async def walk_segment(work: Work, item: OutboxItem, terms: UpdateTerms, *, at: datetime) -> bool:
    """Ask for the updates of the next page of a segment's members, at the lowest priority and pace.

    The walk remembers the last member in the transaction of the page, so it goes on where it was after a crash. False
    when another worker holds it now.
    """
    payload = item.payload
    members = await work.members.in_segment(
        item.programme_id, payload["segment"], after=MemberId(payload["after"]), limit=PAGE_MEMBERS
    )
    if not members:
        return await work.outbox.complete(item)
    asked = 0
    for member_id in members:
        for card in await work.cards.all_of_member(member_id):
            if payload["design"] in {"", card.design}:
                await ask_for_update(work, card, priority=Priority.BULK, interval_s=terms.card_interval_s, at=at)
                asked += 1
    due_at = at + timedelta(seconds=asked / terms.bulk_per_s)
    return await work.outbox.advance(item, {**payload, "after": members[-1]}, due_at=due_at)


def _common(event: LookChanged, lane: Lane, kind: str, key: str, priority: Priority, *, at: datetime) -> OutboxItem:
    """Make an item that speaks of many cards. Asked for anew under way, its walk begins anew."""
    payload: dict[str, Any] = {
        "programme_id": event.programme_id,
        "design": event.design,
        "segment": event.segment,
        "after": "",
        "version": int(event.at.timestamp() * 1000),
    }
    return OutboxItem(
        key=key,
        lane=lane,
        kind=kind,
        programme_id=event.programme_id,
        member_id=MemberId(""),
        payload=payload,
        created_at=at,
        due_at=at,
        priority=priority,
        revision=1,
    )
