"""Remember which coupons Google holds as offers, so that each is sent when it changed and not at every update."""

from dataclasses import dataclass

from offers.model.coupon import CouponId
from offers.model.google_offer import GoogleOffer
from offers.model.ids import MemberId
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class RememberOffers:
    """Keeping twice is keeping once; what was forgotten is only sent once more."""

    store: Store

    async def of_member(self, member_id: MemberId) -> dict[CouponId, str]:
        """Give the digest of what Google was last given, by coupon."""
        return {each.id: each.digest for each in await self.store.reading.google_offers.of_member(member_id)}

    async def keep(self, offer: GoogleOffer) -> None:
        await self.store.reading.google_offers.keep(offer)
