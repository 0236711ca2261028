"""Between events and outbox items: how a fact is told to the workers, and read back."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from offers.engine.lots import available
from offers.model.events import (
    BalanceChanged,
    BalanceReason,
    CardStateChanged,
    CouponActiveAgain,
    CouponGranted,
    CouponRedeemed,
    CouponReturned,
    Event,
    LevelLost,
    LookChanged,
    MemberEnrolled,
    OwnTermsChanged,
    PurchaseReturned,
    PurchaseSettled,
    PurchaseVoided,
)
from offers.model.ids import MemberId, ProgrammeId
from offers.model.ledger import Account
from offers.model.message import Lane, OutboxItem

EVENT_KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        MemberEnrolled,
        PurchaseSettled,
        PurchaseVoided,
        PurchaseReturned,
        BalanceChanged,
        LevelLost,
        OwnTermsChanged,
        LookChanged,
        CardStateChanged,
        CouponGranted,
        CouponRedeemed,
        CouponActiveAgain,
        CouponReturned,
    )
}


def event_item(event: Event) -> OutboxItem:
    return OutboxItem(
        key=event.key,
        lane=Lane.EVENTS,
        kind=type(event).__name__,
        programme_id=event.programme_id,
        member_id=event.member_id,
        payload=asdict(event),
        created_at=event.at,
        due_at=event.at,
    )


def balance_item(account: Account, reason: BalanceReason, points: int, *, at: datetime) -> OutboxItem:
    """Tell of a balance that changed; the account is the one after its last entry, which names the fact."""
    return event_item(
        BalanceChanged(
            key=f"balance:{account.member_id}:{account.currency}:{account.seq}",
            programme_id=account.programme_id,
            member_id=account.member_id,
            at=at,
            currency=account.currency,
            reason=reason,
            points=points,
            balance=available(account, at),
        )
    )


def read_event(item: OutboxItem) -> Event:
    """Read an event back. Raises KeyError for a kind this version does not know, which is a bug."""
    return EVENT_KINDS[item.kind](**item.payload)


def channel_item(lane: Lane, kind: str, event: Event, *, key: str, payload: dict[str, Any], at: datetime) -> OutboxItem:
    """Make the item that asks a channel to do something because of an event."""
    return OutboxItem(
        key=key,
        lane=lane,
        kind=kind,
        programme_id=ProgrammeId(event.programme_id),
        member_id=MemberId(event.member_id),
        payload=payload,
        created_at=at,
        due_at=at,
    )
