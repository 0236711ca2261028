"""Codes on their way to phones, and cards offered at tills; both forget themselves."""

from datetime import datetime

from pymongo import ReturnDocument

from offers.model.ids import ProgrammeId
from offers.model.verification import CardOffer, PhoneCode
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository


class Verifications(Repository):
    async def put_code(self, code: PhoneCode) -> None:
        await self._database["phone_codes"].insert_one(to_document(code), session=self._session)

    async def code(self, programme_id: ProgrammeId, challenge_id: str, *, at: datetime) -> PhoneCode | None:
        """Give a code that is not too old."""
        living = {"_id": challenge_id, "programme_id": programme_id, "expires_at": {"$gt": at}}
        document = await self._database["phone_codes"].find_one(living, session=self._session)
        return from_document(PhoneCode, document) if document else None

    async def use_try(self, challenge_id: str, *, at: datetime) -> PhoneCode | None:
        """Use up one try, in one write, before anything is compared; None when none is left."""
        document = await self._database["phone_codes"].find_one_and_update(
            {"_id": challenge_id, "expires_at": {"$gt": at}, "tries_left": {"$gt": 0}, "verified_at": None},
            {"$inc": {"tries_left": -1}},
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        return from_document(PhoneCode, document) if document else None

    async def verified(self, challenge_id: str, *, at: datetime) -> None:
        await self._database["phone_codes"].update_one(
            {"_id": challenge_id, "verified_at": None}, {"$set": {"verified_at": at}}, session=self._session
        )

    async def put_offer(self, offer: CardOffer) -> None:
        await self._database["card_offers"].insert_one(to_document(offer), session=self._session)

    async def offer(self, programme_id: ProgrammeId, offer_id: str, *, at: datetime) -> CardOffer | None:
        """Give an offered card that is not too old, taken or not."""
        living = {"_id": offer_id, "programme_id": programme_id, "expires_at": {"$gt": at}}
        document = await self._database["card_offers"].find_one(living, session=self._session)
        return from_document(CardOffer, document) if document else None

    async def take_offer(self, offer_id: str, *, at: datetime) -> bool:
        """Note that somebody joined by an offer; False for all but the first."""
        result = await self._database["card_offers"].update_one(
            {"_id": offer_id, "taken_at": None}, {"$set": {"taken_at": at}}, session=self._session
        )
        return result.modified_count == 1
