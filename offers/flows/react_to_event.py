"""React to an event: give the card its next version and ask the channels to carry it, in one transaction."""

from dataclasses import dataclass

from offers.flows.coupon_news import coupon_facts, is_stale
from offers.flows.tell_outbox import channel_item, read_event
from offers.model.card import Announcement, Card
from offers.model.clock import Clock
from offers.model.events import (
    BalanceChanged,
    BalanceReason,
    CouponEvent,
    Event,
    LevelLost,
    MemberEnrolled,
    OwnTermsChanged,
    PurchaseReturned,
    PurchaseSettled,
    PurchaseVoided,
)
from offers.model.member import Member
from offers.model.message import Lane, OutboxItem
from offers.store.store import Store
from offers.store.work import Work

CARD_CHANGED = "card_changed"
_OF_A_BALANCE = ("currency", "reason", "points", "balance")
_OF_A_LEVEL = ("level_ru", "level_en", "now_ru", "now_en", "discount_bp")


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
        if isinstance(event, MemberEnrolled) or await is_stale(work, event, at=self.clock()):
            return True
        member = await work.members.get(event.member_id)
        if member is None:
            return True
        for card in await work.cards.all_of_member(member.id):
            changed = await work.cards.raise_version(card.id, announcement_of(event), at=self.clock())
            await work.outbox.put(await self._wallets(work, event, changed or card))
        await work.outbox.put(self._chat(event, member))
        return True

    async def _wallets(self, work: Work, event: Event, card: Card) -> list[OutboxItem]:
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
        return items

    def _chat(self, event: Event, member: Member) -> list[OutboxItem]:
        if member.telegram_id is None or not member.telegram_open or is_quiet(event):
            return []
        payload = {"telegram_id": member.telegram_id, **item_facts(event)}
        key = f"{event.key}:{Lane.TELEGRAM}"
        return [channel_item(Lane.TELEGRAM, type(event).__name__, event, key=key, payload=payload, at=self.clock())]


def announcement_of(event: Event) -> Announcement:
    """Choose the one thing the lock screen says: a new level outranks a new balance."""
    match event:
        case PurchaseSettled() if event.discount_bp > event.discount_bp_before:
            return Announcement.LEVEL
        case PurchaseSettled(points_accrued=0, points_redeemed=0):
            return Announcement.NOTHING
        case BalanceChanged() if is_quiet(event):
            return Announcement.NOTHING
        case PurchaseSettled() | PurchaseVoided() | BalanceChanged():
            return Announcement.BALANCE
        case PurchaseReturned():
            return Announcement.BALANCE if event.points_returned or event.points_taken_back else Announcement.NOTHING
        case MemberEnrolled() | LevelLost() | OwnTermsChanged() | CouponEvent():
            return Announcement.NOTHING


def is_quiet(event: Event) -> bool:
    """Tell what nobody is disturbed for: they were reminded of an expiry; merges and terms are the office's work."""
    if isinstance(event, OwnTermsChanged):
        return True
    return isinstance(event, BalanceChanged) and event.reason in {BalanceReason.EXPIRED, BalanceReason.MERGED}


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
        case PurchaseReturned():
            return {
                "checkout_id": event.checkout_id,
                "refund_minor": event.refund_minor,
                "points_returned": event.points_returned,
                "points_taken_back": event.points_taken_back,
                "balance": event.balance,
                "discount_bp": event.discount_bp,
                "discount_bp_before": event.discount_bp_before,
            }
        case BalanceChanged() | LevelLost():
            told = _OF_A_BALANCE if isinstance(event, BalanceChanged) else _OF_A_LEVEL
            return {name: getattr(event, name) for name in told}
        case CouponEvent():
            return coupon_facts(event)
        case MemberEnrolled() | OwnTermsChanged():
            return {}
