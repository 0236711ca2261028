"""Offers, coupons and codes of a programme as people at the doors meet them."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from offers.engine.voucher_codes import shown
from offers.flows.grant_coupon import Grant, GrantCoupon
from offers.flows.make_codes import BatchWish, MakeCodes
from offers.model.benefit import Percent
from offers.model.condition import AmountReached
from offers.model.coupon import Binding, Coupon, Every, Recurrence
from offers.model.ids import MemberId
from offers.model.offer import Lane, Offer, Reach, offer_id
from offers.model.programme import LocalText, Programme
from offers.store.store import Store
from tests.clock import SettableClock

TITLES = {
    "rain": LocalText(ru="Дождливый день", en="Rainy day"),
    "feast": LocalText(ru="Большой стол", en="Big table"),
    "cake": LocalText(ru="Пирожное месяца", en="Cake of the month"),
    "friends": LocalText(ru="Для друзей", en="For friends"),
}


@dataclass(frozen=True, slots=True)
class ShopWindow:
    """Rain: 10 % for everybody. Feast: 20 % from 1 000 on. Cake: 15 % by coupon. Friends: 5 % by a code."""

    store: Store
    programme: Programme
    clock: SettableClock

    async def open(self) -> None:
        feast = self.offer("feast", 2_000, condition=AmountReached(at_least_minor=100_000))
        cake = self.offer("cake", 1_500, lane=Lane.COUPON, reach=Reach.COUPON)
        friends = self.offer("friends", 500, lane=Lane.COUPON, reach=Reach.VOUCHER, group="friends")
        await self.write(self.offer("rain", 1_000), feast, cake, friends)

    def offer(self, code: str, off_bp: int, **fields: Any) -> Offer:
        return Offer(
            id=offer_id(self.programme.id, code),
            programme_id=self.programme.id,
            version=1,
            code=code,
            title=TITLES[code],
            benefit=Percent(bp=off_bp),
            **{"lane": Lane.PRICE, **fields},
        )

    async def write(self, *offers: Offer) -> None:
        kept = await self.store.reading.rulebooks.get(self.programme.id)
        assert await self.store.reading.rulebooks.keep(
            replace(kept, edition=kept.edition + 1, offers=offers), at=self.clock()
        )

    async def coupon(
        self,
        owner: MemberId,
        code: str = "cake",
        *,
        every: Every = Every.ONCE,
        uses: int = 1,
        until: datetime | None = None,
    ) -> Coupon:
        grant = Grant(
            programme_id=self.programme.id,
            owner=owner,
            grant_key=secrets.token_hex(4),
            binding=Binding.HARD,
            offer_id=code,
            campaign=None,
            title=TITLES.get(code) or LocalText(ru=f"Купон {code}", en=f"Coupon {code}"),
            recurrence=Recurrence(every=every, zone=self.programme.zone, uses_per_period=uses),
            valid_until=until,
        )
        return await GrantCoupon(self.store, self.clock, secrets.token_bytes)(grant)

    async def voucher(self, code: str = "friends") -> str:
        """Make a code and give it as it is printed."""
        wish = BatchWish(programme_id=self.programme.id, campaign="c", offer_id=code, asked=1)
        _, (made,) = await MakeCodes(self.store, self.clock, secrets.token_bytes).at_once(wish)
        return shown(made)
