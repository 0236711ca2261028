"""News of coupons: what is told of a use, of the next occurrence, and whether it is still true when it is told."""

from datetime import datetime
from typing import Any

from offers.engine.coupons import availability
from offers.flows.tell_outbox import event_item
from offers.model.coupon import Availability, Coupon, CouponState
from offers.model.events import (
    CouponActiveAgain,
    CouponEvent,
    CouponGranted,
    CouponRedeemed,
    CouponReturned,
    Event,
)
from offers.model.ids import MemberId
from offers.model.message import OutboxItem
from offers.store.work import Work


async def tell_granted(work: Work, coupon: Coupon, *, at: datetime) -> None:
    if coupon.owner is not None:
        await work.outbox.put([granted_item(coupon, coupon.owner, at=at)])


def granted_item(coupon: Coupon, owner: MemberId, *, at: datetime) -> OutboxItem:
    """Tell a member of a coupon that is theirs from now on."""
    now = availability(coupon, at)
    event = CouponGranted(
        **_common(coupon, owner, now),
        key=f"coupon:{coupon.id}:granted",
        at=at,
        uses_left=now.uses_left,
        reason_ru=coupon.reason.ru if coupon.reason else "",
        reason_en=coupon.reason.en if coupon.reason else "",
    )
    return event_item(event)


async def tell_redeemed(work: Work, coupon: Coupon, take_key: str, member_id: MemberId | None, *, at: datetime) -> None:
    """Tell of a use; when it was the last of its occurrence, have the opening of the next one told, exactly once.

    The opening waits in the outbox under the key of grant and occurrence. `announce` remembers that it was put there,
    also after it left.
    """
    whose = coupon.owner or member_id
    if whose is None:
        return
    now = availability(coupon, at)
    redeemed = CouponRedeemed(
        **_common(coupon, whose, now),
        key=f"coupon:{take_key}:redeemed",
        at=at,
        uses_left=now.uses_left,
        again_at=now.again_at,
    )
    items = [event_item(redeemed)]
    if now.again and not now.uses_left and await work.coupons.announce(coupon.id, now.again.key):
        opening = CouponActiveAgain(
            **_common(coupon, whose, now),
            key=f"coupon:{coupon.id}:{now.again.key}:active",
            at=now.again.opens_at,
            occurrence=now.again.key,
        )
        items.append(event_item(opening))
    await work.outbox.put(items)


async def tell_returned(work: Work, coupon: Coupon, take_key: str, member_id: MemberId | None, *, at: datetime) -> None:
    whose = coupon.owner or member_id
    if whose is None:
        return
    now = availability(coupon, at)
    event = CouponReturned(
        **_common(coupon, whose, now), key=f"coupon:{take_key}:returned", at=at, uses_left=now.uses_left
    )
    await work.outbox.put([event_item(event)])


async def is_stale(work: Work, event: Event, *, at: datetime) -> bool:
    """Tell whether an opening is no news any more: the coupon was revoked, or is used up or over by now."""
    if not isinstance(event, CouponActiveAgain):
        return False
    coupon = await work.coupons.get(event.coupon_id)
    if coupon is None:
        return True
    now = availability(coupon, at)
    is_open = now.occurrence is not None and now.occurrence.key == event.occurrence
    return now.state is not CouponState.ACTIVE or not is_open


def coupon_facts(event: CouponEvent) -> dict[str, int | str]:
    """Give what a message about a coupon needs; instants in ISO 8601."""
    facts: dict[str, int | str] = {
        "coupon_id": event.coupon_id,
        "title_ru": event.title_ru,
        "title_en": event.title_en,
    }
    if event.until is not None:
        facts["until"] = event.until.isoformat()
    match event:
        case CouponGranted():
            facts |= {"uses_left": event.uses_left, "reason_ru": event.reason_ru, "reason_en": event.reason_en}
        case CouponReturned():
            facts["uses_left"] = event.uses_left
        case CouponRedeemed():
            facts["uses_left"] = event.uses_left
            if event.again_at is not None:
                facts["again_at"] = event.again_at.isoformat()
    return facts


def _common(coupon: Coupon, whose: MemberId, now: Availability) -> dict[str, Any]:
    return {
        "programme_id": coupon.programme_id,
        "member_id": whose,
        "coupon_id": coupon.id,
        "title_ru": coupon.title.ru,
        "title_en": coupon.title.en,
        "until": now.until,
    }
