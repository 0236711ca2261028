"""Layers over designs: found by whom they are for, and by when they turn."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pymongo import ReturnDocument

from offers.model.ids import ProgrammeId
from offers.model.layer import MAX_COMMON_LAYERS, MAX_LAYERS_PER_CARD, Layer, LayerId
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for the end of a layer that has none, so that one index answers for all."""
_MOST = MAX_COMMON_LAYERS + MAX_LAYERS_PER_CARD


class Layers(Repository):
    async def get(self, layer_id: LayerId) -> Layer | None:
        return await self._one({"_id": layer_id})

    async def by_cause(self, programme_id: ProgrammeId, cause_key: str) -> Layer | None:
        return await self._one({"programme_id": programme_id, "cause_key": cause_key})

    async def add(self, layer: Layer, *, next_turn_at: datetime | None) -> None:
        """Keep a new layer. `next_turn_at`: when it comes on or goes off next; None: it never turns again."""
        await self._database["layers"].insert_one(_document(layer, next_turn_at), session=self._session)

    async def replace(self, layer: Layer, *, next_turn_at: datetime | None) -> bool:
        """Write the next edition over the one before it; False when another was quicker."""
        result = await self._database["layers"].replace_one(
            {"_id": layer.id, "edition": layer.edition - 1}, _document(layer, next_turn_at), session=self._session
        )
        return result.modified_count == 1

    async def for_targets(self, programme_id: ProgrammeId, targets: Sequence[str], *, at: datetime) -> list[Layer]:
        """Give the layers for any of these that are not over at the instant, those that begin later included."""
        query = {"programme_id": programme_id, "target": {"$in": list(targets)}, "over_at": {"$gt": at}}
        cursor = self._database["layers"].find(query, session=self._session).limit(_MOST * max(1, len(targets)))
        return [from_document(Layer, document) async for document in cursor]

    async def of_programme(self, programme_id: ProgrammeId, *, at: datetime, limit: int) -> list[Layer]:
        """Give the programme's layers that are not over, the earliest first."""
        cursor = self._database["layers"].find(
            {"programme_id": programme_id, "over_at": {"$gt": at}}, session=self._session
        )
        return [from_document(Layer, document) async for document in cursor.sort("starts_at").limit(limit)]

    async def due(self, *, at: datetime, limit: int) -> list[tuple[Layer, datetime]]:
        """Give layers whose turn has come, with the turn, the longest due first."""
        cursor = self._database["layers"].find({"next_turn_at": {"$type": "date", "$lte": at}}, session=self._session)
        found = cursor.sort("next_turn_at").limit(limit)
        return [(from_document(Layer, document), document["next_turn_at"]) async for document in found]

    async def next_turn(self) -> datetime | None:
        """Give the instant of the next turn of any layer."""
        document = await self._database["layers"].find_one(
            {"next_turn_at": {"$type": "date"}}, {"next_turn_at": 1}, sort=[("next_turn_at", 1)], session=self._session
        )
        return document["next_turn_at"] if document else None

    async def turn(self, layer: Layer, turned_at: datetime, *, next_turn_at: datetime | None) -> bool:
        """Take one turn; False when it was taken already, or the layer was changed since it was read."""
        result = await self._database["layers"].update_one(
            {"_id": layer.id, "edition": layer.edition, "next_turn_at": turned_at},
            {"$set": {"next_turn_at": next_turn_at}},
            session=self._session,
        )
        return result.modified_count == 1

    async def count(self, key: str, change: int) -> int:
        """Count layers that are not over in or out, and give how many there are now."""
        found = await self._database["layer_counts"].find_one_and_update(
            {"_id": key},
            {"$inc": {"live": change}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        live = int(found["live"]) if found else 0
        if live <= 0:
            await self._database["layer_counts"].delete_one({"_id": key}, session=self._session)
        return live

    async def _one(self, query: dict[str, Any]) -> Layer | None:
        document = await self._database["layers"].find_one(query, session=self._session)
        return from_document(Layer, document) if document else None


def _document(layer: Layer, next_turn_at: datetime | None) -> dict[str, Any]:
    found = {"target": layer.target, "over_at": layer.over_at or NEVER, "next_turn_at": next_turn_at}
    return {**to_document(layer), **found}
