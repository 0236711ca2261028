"""Grant a coupon: to one member, or to whoever brings it. One grant key grants once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from offers.flows.coupon_news import granted_item, tell_granted
from offers.model.benefit import Benefit
from offers.model.clock import Clock
from offers.model.coupon import Binding, Coupon, CouponId, CouponState, Recurrence
from offers.model.errors import UnknownMember
from offers.model.ids import Chance, MemberId, ProgrammeId, new_id
from offers.model.limit_errors import GrantKeyReused
from offers.model.message import Priority
from offers.model.programme import LocalText
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What is to be granted. `valid_from` None: from now on. A draft is not usable until it is activated.

    `benefit` stands in for the offer's own; `reason` is a line for the member.
    """

    programme_id: ProgrammeId
    owner: MemberId | None
    grant_key: str
    binding: Binding
    offer_id: str
    campaign: str | None
    title: LocalText
    recurrence: Recurrence
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    extend_days: int = 0
    is_draft: bool = False
    benefit: Benefit | None = None
    reason: LocalText | None = None


@dataclass(frozen=True, slots=True)
class GrantCoupon:
    """Grant once: the same grant again gives the same coupon, whatever became of it since.

    Raises UnknownMember, GrantKeyReused (the member has another coupon under this key), Busy.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, grant: Grant) -> Coupon:
        return await self.store.transact(lambda work: grant_coupon(work, grant, at=self.clock(), chance=self.chance))


async def grant_coupon(work: Work, grant: Grant, *, at: datetime, chance: Chance) -> Coupon:
    """Grant in the caller's transaction: a scenario's, or an import's."""
    if grant.owner is not None:
        member = await work.members.get(grant.owner)
        if member is None or member.programme_id != grant.programme_id:
            raise UnknownMember
    earlier = await work.coupons.granted(grant.programme_id, grant.owner, grant.grant_key)
    if earlier is not None:
        if _told(earlier) != _told(_coupon(grant, earlier.id, at)) or grant.valid_from not in {
            None,
            earlier.valid_from,
        }:
            raise GrantKeyReused(earlier_coupon_id=earlier.id)
        return earlier
    coupon = _coupon(grant, CouponId(new_id(at, chance)), at)
    await work.coupons.add(coupon)
    if coupon.state is CouponState.ACTIVE:
        await tell_granted(work, coupon, at=at)
    return coupon


async def grant_many(work: Work, grants: Sequence[Grant], *, at: datetime, chance: Chance) -> list[Coupon]:
    """Grant what was never granted before, in the caller's transaction: to members, of whom each is known to be one.

    The news goes out behind everything more urgent. A grant that somebody carried out meanwhile makes the transaction
    run again.
    """
    coupons = [_coupon(grant, CouponId(new_id(at, chance)), at) for grant in grants]
    await work.coupons.add_many(coupons)
    news = [granted_item(coupon, coupon.owner, at=at) for coupon in coupons if coupon.owner is not None]
    await work.outbox.put([replace(item, priority=Priority.BULK) for item in news])
    return coupons


def _coupon(grant: Grant, coupon_id: CouponId, at: datetime) -> Coupon:
    return Coupon(
        id=coupon_id,
        programme_id=grant.programme_id,
        owner=grant.owner,
        grant_key=grant.grant_key,
        binding=grant.binding,
        offer_id=grant.offer_id,
        campaign=grant.campaign,
        title=grant.title,
        recurrence=grant.recurrence,
        valid_from=grant.valid_from or at,
        valid_until=grant.valid_until,
        extend_days=grant.extend_days,
        granted_at=at,
        state=CouponState.DRAFT if grant.is_draft else CouponState.ACTIVE,
        benefit=grant.benefit,
        reason=grant.reason,
    )


def _told(coupon: Coupon) -> tuple[object, ...]:
    """What makes a grant another grant; where it stands by now does not."""
    return (
        coupon.binding,
        coupon.offer_id,
        coupon.campaign,
        coupon.title,
        coupon.recurrence,
        coupon.valid_until,
        coupon.extend_days,
        coupon.benefit,
        coupon.reason,
    )
