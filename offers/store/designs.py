"""Card designs, by programme and slug; an edition is replaced only by the one after it."""

from offers.model.design import CardDesign
from offers.model.ids import ProgrammeId
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

MAX_DESIGNS = 50
"""Designs of one programme, retired ones included."""


class Designs(Repository):
    async def get(self, programme_id: ProgrammeId, slug: str) -> CardDesign | None:
        document = await self._database["designs"].find_one({"_id": _key(programme_id, slug)}, session=self._session)
        return from_document(CardDesign, document) if document else None

    async def of_programme(self, programme_id: ProgrammeId) -> list[CardDesign]:
        cursor = self._database["designs"].find({"programme_id": programme_id}, session=self._session)
        return [from_document(CardDesign, document) async for document in cursor.sort("slug").limit(MAX_DESIGNS)]

    async def keep(self, design: CardDesign) -> None:
        """Write the design as it now is, whatever stood there."""
        document = to_document(design, key=_key(design.programme_id, design.slug))
        await self._database["designs"].replace_one(
            {"_id": document["_id"]}, document, upsert=True, session=self._session
        )

    async def has_cards(self, programme_id: ProgrammeId, slug: str) -> bool:
        """Tell whether any card, in whatever state, is drawn from a design."""
        query = {"programme_id": programme_id, "design": slug}
        return await self._database["cards"].find_one(query, {"_id": 1}, session=self._session) is not None

    async def remove(self, programme_id: ProgrammeId, slug: str) -> None:
        await self._database["designs"].delete_one({"_id": _key(programme_id, slug)}, session=self._session)


def _key(programme_id: ProgrammeId, slug: str) -> str:
    return f"{programme_id}:{slug}"
