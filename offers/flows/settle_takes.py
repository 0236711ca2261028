"""Settle what a cause holds: it is taken for good. Touches the takes alone, so no hot document stands in the way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from offers.flows.coupon_news import tell_redeemed
from offers.model.clock import Clock
from offers.model.coupon import Anchor, CouponId, CouponState, Every
from offers.model.limit_errors import HoldLapsed
from offers.model.take import Take, TakeKind, TakeState
from offers.model.voucher import VoucherId
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class SettleTakes:
    """Settle in a transaction of its own. Settling twice is settling once. Raises HoldLapsed, Busy."""

    store: Store
    clock: Clock

    async def __call__(self, cause: str) -> list[Take]:
        return await self.store.transact(lambda work: settle_takes(work, cause, at=self.clock()))


async def settle_takes(work: Work, cause: str, *, at: datetime, keys: Sequence[str] | None = None) -> list[Take]:
    """Settle in the caller's transaction: everything the cause took, or the takes of `keys`, which must be all there.

    A hold whose time is over but that nobody released is settled: its amount is still out. Raises HoldLapsed.
    """
    takes = [take for take in await work.takes.of_cause(cause) if keys is None or take.key in keys]
    if not all(take.is_out for take in takes) or (keys is not None and len(takes) < len(keys)):
        raise HoldLapsed
    held = [take for take in takes if take.state is TakeState.HELD]
    if held and await work.takes.settle([take.key for take in held], at=at) != len(held):
        raise HoldLapsed
    for take in held:
        if take.kind is TakeKind.COUPON:
            await _use_coupon(work, take, at=at)
        elif take.kind is TakeKind.VOUCHER and await _is_revoked(work, take):
            raise HoldLapsed
    return [
        replace(take, state=TakeState.SETTLED, settled_at=at, until=None) if take in held else take for take in takes
    ]


async def _is_revoked(work: Work, take: Take) -> bool:
    voucher = await work.vouchers.get(VoucherId(take.source))
    return voucher is None or voucher.revoked_at is not None


async def _use_coupon(work: Work, take: Take, *, at: datetime) -> None:
    """What a settled use means for its coupon: a rolling period may begin with it, and the member hears of it."""
    coupon = await work.coupons.get(CouponId(take.source))
    if coupon is None or coupon.state is CouponState.REVOKED:
        raise HoldLapsed
    begins = coupon.recurrence.every is Every.ROLLING and coupon.anchor is None and take.extended_until is None
    if begins and coupon.occurrence == take.pocket:
        anchor = Anchor(take_key=take.key, at=at)
        await work.coupons.set_anchor(coupon.id, take.pocket, anchor)
        coupon = replace(coupon, anchor=anchor)
    await tell_redeemed(work, coupon, take.key, take.member_id, at=at)
