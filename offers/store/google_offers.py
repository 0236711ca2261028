"""Which coupons Google holds as offers, and in which form."""

from offers.model.google_offer import GoogleOffer
from offers.model.ids import MemberId
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

MAX_OFFERS = 200


class GoogleOffers(Repository):
    async def of_member(self, member_id: MemberId) -> list[GoogleOffer]:
        """Give the newest ones: older coupons are over and change no more."""
        cursor = self._database["google_offers"].find({"member_id": member_id}, session=self._session)
        return [from_document(GoogleOffer, each) async for each in cursor.sort("_id", -1).limit(MAX_OFFERS)]

    async def keep(self, offer: GoogleOffer) -> None:
        await self._database["google_offers"].replace_one(
            {"_id": offer.id}, to_document(offer), upsert=True, session=self._session
        )
