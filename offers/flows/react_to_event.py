"""React to an event: give the card its next version and ask the channels to carry it, in one transaction."""

from dataclasses import dataclass

from offers.engine.announcing import announcement_of, is_quiet, priority_of
from offers.flows.card_updates import ask_for_update
from offers.flows.coupon_news import coupon_facts, is_stale
from offers.flows.spread_look import SEGMENT_CHANGED, spread, walk_segment
from offers.flows.tell_outbox import channel_item, read_event
from offers.model.clock import Clock
from offers.model.events import (
    BalanceChanged,
    CardStateChanged,
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
from offers.model.layer import LayerScope
from offers.model.member import Member
from offers.model.message import Lane, OutboxItem
from offers.model.updating import UpdateTerms
from offers.store.store import Store
from offers.store.work import Work

HTTP_SECOND_S = 1.0
_TOLD: dict[type[Event], tuple[str, ...]] = {
    BalanceChanged: ("currency", "reason", "points", "balance"),
    LevelLost: ("level_ru", "level_en", "now_ru", "now_en", "discount_bp"),
    CardStateChanged: ("state", "reason", "replaced_by"),
}


@dataclass(frozen=True, slots=True)
class ReactToEvent:
    """React once: the item leaves the outbox in the transaction of its effect. False when another worker had it."""

    store: Store
    clock: Clock
    terms: UpdateTerms = UpdateTerms()  # noqa: RUF009 -- frozen

    async def __call__(self, item: OutboxItem) -> bool:
        if item.kind == SEGMENT_CHANGED:
            return await self.store.transact(lambda work: walk_segment(work, item, self.terms, at=self.clock()))
        return await self.store.transact(lambda work: self._react(work, item))

    async def _react(self, work: Work, item: OutboxItem) -> bool:
        if not await work.outbox.complete(item):
            return False
        event = read_event(item)
        if isinstance(event, LookChanged) and event.scope != LayerScope.CARD:
            await spread(work, event, at=self.clock())
            return True
        if isinstance(event, MemberEnrolled) or await is_stale(work, event, at=self.clock()):
            return True
        if (member := await work.members.get(event.member_id)) is None:
            return True
        await self._update_cards(work, member, event)
        await work.outbox.put(self._chat(event, member))
        return True

    async def _update_cards(self, work: Work, member: Member, event: Event) -> None:
        at, interval_s = self.clock(), self.terms.card_interval_s
        own = event.card_id if isinstance(event, LookChanged | CardStateChanged) else None
        for card in await work.cards.all_of_member(member.id):
            if own == card.id or (own is None and card.replaced_by is None):
                changed = await work.cards.raise_version(
                    card.id, announcement_of(event), at=at, together_s=interval_s + HTTP_SECOND_S
                )
                await ask_for_update(work, changed or card, priority=priority_of(event), interval_s=interval_s, at=at)

    def _chat(self, event: Event, member: Member) -> list[OutboxItem]:
        if member.telegram_id is None or not member.telegram_open or is_quiet(event):
            return []
        payload = {"telegram_id": member.telegram_id, **item_facts(event)}
        key = f"{event.key}:{Lane.TELEGRAM}"
        return [channel_item(Lane.TELEGRAM, type(event).__name__, event, key=key, payload=payload, at=self.clock())]


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
        case BalanceChanged() | LevelLost() | CardStateChanged():
            return {name: getattr(event, name) for name in _TOLD[type(event)]}
        case CouponEvent():
            return coupon_facts(event)
        case MemberEnrolled() | OwnTermsChanged() | LookChanged():
            return {}
