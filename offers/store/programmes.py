"""Programmes, merchants, outlets and keys."""

from datetime import datetime
from typing import Any

from offers.model.ids import KeyId, OutletId, ProgrammeId
from offers.model.programme import ApiKey, Merchant, Outlet, Programme
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository


class Programmes(Repository):
    async def get(self, programme_id: ProgrammeId) -> Programme | None:
        return await self._one({"_id": programme_id})

    async def by_slug(self, slug: str) -> Programme | None:
        return await self._one({"slug": slug})

    async def all(self) -> list[Programme]:
        cursor = self._database["programmes"].find(session=self._session).sort("slug").limit(1_000)
        return [from_document(Programme, document) async for document in cursor]

    async def keep(self, programme: Programme) -> None:
        """Write the programme as it now is."""
        document = to_document(programme)
        await self._database["programmes"].replace_one(
            {"_id": programme.id}, document, upsert=True, session=self._session
        )

    async def add_merchant(self, merchant: Merchant) -> None:
        await self._database["merchants"].insert_one(to_document(merchant), session=self._session)

    async def add_outlet(self, outlet: Outlet) -> None:
        await self._database["outlets"].insert_one(to_document(outlet), session=self._session)

    async def outlet(self, outlet_id: OutletId) -> Outlet | None:
        document = await self._database["outlets"].find_one({"_id": outlet_id}, session=self._session)
        return from_document(Outlet, document) if document else None

    async def outlets(self, programme_id: ProgrammeId) -> list[Outlet]:
        cursor = self._database["outlets"].find({"programme_id": programme_id}, session=self._session)
        return [from_document(Outlet, document) async for document in cursor.sort("slug").limit(10_000)]

    async def add_key(self, key: ApiKey) -> None:
        await self._database["api_keys"].insert_one(to_document(key), session=self._session)

    async def key_by_digest(self, digest: str) -> ApiKey | None:
        """Give a key that works: a revoked one is not found."""
        document = await self._database["api_keys"].find_one(
            {"digest": digest, "revoked_at": None}, session=self._session
        )
        return from_document(ApiKey, document) if document else None

    async def revoke_key(self, key_id: KeyId, *, at: datetime) -> bool:
        result = await self._database["api_keys"].update_one(
            {"_id": key_id, "revoked_at": None}, {"$set": {"revoked_at": at}}, session=self._session
        )
        return result.modified_count == 1

    async def _one(self, query: dict[str, Any]) -> Programme | None:
        document = await self._database["programmes"].find_one(query, session=self._session)
        return from_document(Programme, document) if document else None
