"""React to an event: give the card its next version and ask the channels to carry it, in one transaction."""

from dataclasses import dataclass

from offers.flows.tell_outbox import channel_item, read_event
from offers.model.card import Announcement, Card
from offers.model.clock import Clock
from offers.model.events import Event, MemberEnrolled, PurchaseSettled, PurchaseVoided
from offers.model.member import Member
from offers.model.message import Lane, OutboxItem
from offers.store.store import Store
from offers.store.work import Work

CARD_CHANGED = "card_changed"


@dataclass(frozen=True, slots=True)
class ReactToEvent:
    """React once: the item leaves the outbox in the transaction of its effect. False when another worker had it."""

    store: Store
    clock: Clock

    async def __call__(self, item: OutboxItem) -> bool:
        return await self.store.transact(lambda work: self._react(work, item))

    async def _react(self, work: Work, item: OutboxItem) -> bool:
        if not await work.outbox.complete(item):
            return False
        event = read_event(item)
        if isinstance(event, MemberEnrolled):
            return True
        card = await work.cards.of_member(event.member_id)
        member = await work.members.get(event.member_id)
        if card is None or member is None:
            return True
        changed = await work.cards.raise_version(card.id, announcement_of(event), at=self.clock())
        await work.outbox.put(await self._channels(work, event, changed or card, member))
        return True

    async def _channels(self, work: Work, event: Event, card: Card, member: Member) -> list[OutboxItem]:
        at = self.clock()
        shown = {"card_id": card.id, "serial": card.serial, "version": card.version}
        items = []
        for lane, is_there in (
            (Lane.APPLE, await work.devices.any_of(card.serial)),
            (Lane.GOOGLE, card.google_saved),
        ):
            if is_there:
                key = f"card:{card.id}:v{card.version}:{lane}"
                items.append(channel_item(lane, CARD_CHANGED, event, key=key, payload=shown, at=at))
        if member.telegram_id is not None and member.telegram_open:
            payload = {"telegram_id": member.telegram_id, **item_facts(event)}
            key = f"{event.key}:{Lane.TELEGRAM}"
            items.append(channel_item(Lane.TELEGRAM, type(event).__name__, event, key=key, payload=payload, at=at))
        return items


def announcement_of(event: Event) -> Announcement:
    """Choose the one thing the lock screen says: a new level outranks a new balance."""
    match event:
        case PurchaseSettled() if event.discount_bp > event.discount_bp_before:
            return Announcement.LEVEL
        case PurchaseSettled(points_accrued=0, points_redeemed=0):
            return Announcement.NOTHING
        case PurchaseSettled() | PurchaseVoided():
            return Announcement.BALANCE
        case MemberEnrolled():
            return Announcement.NOTHING


def item_facts(event: Event) -> dict[str, int | str]:
    """Give the numbers a message about the event needs."""
    match event:
        case PurchaseSettled():
            return {
                "checkout_id": event.checkout_id,
                "paid_minor": event.paid_minor,
                "points_accrued": event.points_accrued,
                "points_redeemed": event.points_redeemed,
                "balance": event.balance,
                "discount_bp": event.discount_bp,
                "discount_bp_before": event.discount_bp_before,
            }
        case PurchaseVoided():
            return {
                "checkout_id": event.checkout_id,
                "points_returned": event.points_returned,
                "points_taken_back": event.points_taken_back,
                "balance": event.balance,
            }
        case MemberEnrolled():
            return {}
