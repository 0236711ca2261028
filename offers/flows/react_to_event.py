"""React to an event: give the card its next version and ask the channels to carry it, in one transaction."""

from dataclasses import dataclass

from offers.flows.card_updates import CARD_CHANGED, CARD_INTERVAL_S, ask_for_update
from offers.flows.coupon_news import coupon_facts, is_stale
from offers.flows.tell_outbox import channel_item, read_event
from offers.model.card import Announcement
from offers.model.clock import Clock
from offers.model.events import (
    BalanceChanged,
    BalanceReason,
    CouponEvent,
    Event,
    LevelLost,
    LookChanged,
    MemberEnrolled,
    OwnTermsChanged,
    PurchaseReturned,
    PurchaseSettled,
    PurchaseVoided,
)
from offers.model.member import Member
from offers.model.message import Lane, OutboxItem, Priority
from offers.store.store import Store
from offers.store.work import Work

__all__ = ["CARD_CHANGED", "ReactToEvent"]
HTTP_SECOND_S = 1.0
_OF_A_BALANCE = ("currency", "reason", "points", "balance")
_OF_A_LEVEL = ("level_ru", "level_en", "now_ru", "now_en", "discount_bp")


@dataclass(frozen=True, slots=True)
class ReactToEvent:
    """React once: the item leaves the outbox in the transaction of its effect. False when another worker had it."""

    store: Store
    clock: Clock
    card_interval_s: float = CARD_INTERVAL_S

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
        own = event.card_id if isinstance(event, LookChanged) else None
        at, interval_s = self.clock(), self.card_interval_s
        for card in await work.cards.all_of_member(member.id):
            changed = await work.cards.raise_version(
                card.id, announcement_of(event), at=at, together_s=interval_s + HTTP_SECOND_S
            )
            await ask_for_update(work, changed or card, priority=priority_of(event), interval_s=interval_s, at=at)
        await work.outbox.put(self._chat(event, member))
        return True

    def _chat(self, event: Event, member: Member) -> list[OutboxItem]:
        if member.telegram_id is None or not member.telegram_open or is_quiet(event):
            return []
        payload = {"telegram_id": member.telegram_id, **item_facts(event)}
        key = f"{event.key}:{Lane.TELEGRAM}"
        return [channel_item(Lane.TELEGRAM, type(event).__name__, event, key=key, payload=payload, at=self.clock())]


def announcement_of(event: Event) -> Announcement:
    """Choose the one thing the lock screen says: a new level outranks a new balance."""
    match event:
        case LookChanged(says_something=True):
            return Announcement.NEWS
        case PurchaseSettled() if event.discount_bp > event.discount_bp_before:
            return Announcement.LEVEL
        case (
            PurchaseSettled(points_accrued=0, points_redeemed=0)
            | BalanceChanged(reason=BalanceReason.EXPIRED | BalanceReason.MERGED)
        ):
            return Announcement.NOTHING
        case PurchaseSettled() | PurchaseVoided() | BalanceChanged():
            return Announcement.BALANCE
        case PurchaseReturned():
            return Announcement.BALANCE if event.points_returned or event.points_taken_back else Announcement.NOTHING
        case MemberEnrolled() | LevelLost() | OwnTermsChanged() | LookChanged() | CouponEvent():
            return Announcement.NOTHING


def priority_of(event: Event) -> Priority:
    """Say how urgent a card's update is: what a member may count on before what adorns the card."""
    match event:
        case LevelLost() | OwnTermsChanged() | CouponEvent():
            return Priority.BANNER
        case _:
            return Priority.BALANCE


def is_quiet(event: Event) -> bool:
    """Tell what nobody is disturbed for: they were reminded of an expiry; merges and terms are the office's work."""
    if isinstance(event, OwnTermsChanged | LookChanged):
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
        case MemberEnrolled() | OwnTermsChanged() | LookChanged():
            return {}
