"""Apple devices that carry cards, and what they complain of."""

from datetime import datetime
from typing import Any

from pymongo import ReplaceOne

from offers.model.card import AppleRegistration
from offers.model.ids import ProgrammeId
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

MAX_CARDS_PER_DEVICE = 500
MAX_DEVICES_PER_CARD = 100


class Devices(Repository):
    async def register(self, registration: AppleRegistration) -> bool:
        """Keep a registration; True when it is new. One device has one push token: all its rows take the newest."""
        replaced = ReplaceOne({"_id": _key(registration)}, to_document(registration), upsert=True)
        result = await self._database["devices"].bulk_write([replaced], session=self._session)
        await self._database["devices"].update_many(
            {"device_id": registration.device_id, "push_token": {"$ne": registration.push_token}},
            {"$set": {"push_token": registration.push_token}},
            session=self._session,
        )
        return result.upserted_count == 1

    async def unregister(self, device_id: str, pass_type: str, serial: str) -> bool:
        result = await self._database["devices"].delete_one(
            {"_id": f"{device_id}:{pass_type}:{serial}"}, session=self._session
        )
        return result.deleted_count == 1

    async def of_device(self, device_id: str, pass_type: str) -> list[AppleRegistration]:
        query = {"device_id": device_id, "pass_type": pass_type}
        cursor = self._database["devices"].find(query, session=self._session).limit(MAX_CARDS_PER_DEVICE)
        return [from_document(AppleRegistration, document) async for document in cursor]

    async def of_serials(self, serials: list[str]) -> list[AppleRegistration]:
        cursor = self._database["devices"].find({"serial": {"$in": serials}}, session=self._session)
        limit = MAX_DEVICES_PER_CARD * max(1, len(serials))
        return [from_document(AppleRegistration, document) async for document in cursor.limit(limit)]

    async def tokens_of(self, programme_id: ProgrammeId, *, design: str, after: str, limit: int) -> list[str]:
        """Give the next distinct push tokens after one, in their order; `design` empty: whatever the design.

        Phones with several cards stand there several times, so a page may be shorter than `limit`, but not empty before
        the end.
        """
        query: dict[str, Any] = {"programme_id": programme_id, "push_token": {"$gt": after}}
        if design:
            query["design"] = design
        cursor = self._database["devices"].find(query, {"push_token": 1}, session=self._session)
        return list(dict.fromkeys([row["push_token"] async for row in cursor.sort("push_token").limit(limit)]))

    async def any_of(self, serial: str) -> bool:
        found = await self._database["devices"].find_one({"serial": serial}, {"_id": 1}, session=self._session)
        return found is not None

    async def forget_token(self, push_token: str, *, unless_after: datetime | None) -> int:
        """Drop every registration of a dead token, except those made after the instant Apple names."""
        query: dict[str, object] = {"push_token": push_token}
        if unless_after is not None:
            query["registered_at"] = {"$lte": unless_after}
        result = await self._database["devices"].delete_many(query, session=self._session)
        return result.deleted_count


def _key(registration: AppleRegistration) -> str:
    return f"{registration.device_id}:{registration.pass_type}:{registration.serial}"
