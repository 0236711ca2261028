"""Consents: append-only proofs."""

from offers.model.consent import Consent
from offers.model.ids import MemberId
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository


class Consents(Repository):
    async def add(self, consents: list[Consent]) -> None:
        if consents:
            await self._database["consents"].insert_many(
                [to_document(consent) for consent in consents], session=self._session
            )

    async def of_member(self, member_id: MemberId) -> list[Consent]:
        cursor = self._database["consents"].find({"member_id": member_id}, session=self._session)
        return [from_document(Consent, document) async for document in cursor.sort("at").limit(1_000)]
