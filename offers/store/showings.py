"""Rotating codes that tills have read, and the points that codes have spent today: conditional writes, both."""

from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from offers.model.ids import CardId
from offers.model.showing import KeptShowing, ShownFor
from offers.store.repository import Repository

MAX_DRAWS = 200
"""So many times a day points of one card can be spent under a limit."""


class Showings(Repository):
    async def find(self, key: str) -> KeptShowing | None:
        document = await self._database["showings"].find_one({"_id": key}, session=self._session)
        return _noun(document) if document else None

    async def see(self, key: str, outlet_id: str, *, at: datetime, forget_at: datetime) -> KeptShowing:
        """Keep that an outlet reads a code; whoever was first stays."""
        fresh = {"outlet_id": outlet_id, "seen_at": at, "used": {}, "forget_at": forget_at}
        document: Any = await self._database["showings"].find_one_and_update(
            {"_id": key},
            {"$setOnInsert": fresh},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        return _noun(document)

    async def use(self, key: str, purpose: ShownFor, cause: str) -> bool:
        """Let a code authorise one thing of a kind; the same again is the same. False: it has authorised another."""
        field = f"used.{purpose.value}"
        result = await self._database["showings"].update_one(
            {"_id": key, field: {"$in": [None, cause]}}, {"$set": {field: cause}}, session=self._session
        )
        return result.matched_count == 1


class CodeDraws(Repository):
    """Points spent, or held, by codes under a daily limit: one document for each card and local day."""

    async def drawn(self, card_id: CardId, day: str, cause: str, *, at: datetime) -> int:
        """Give the points drawn by others than `cause`, lapsed holds left out."""
        document = await self._database["code_draws"].find_one({"_id": f"{card_id}:{day}"}, session=self._session)
        draws = document["draws"] if document else []
        live = [draw for draw in draws if draw["until"] is None or draw["until"] > at]
        return sum(draw["points"] for draw in live if draw["cause"] != cause)

    async def draw(
        self,
        card_id: CardId,
        day: str,
        cause: str,
        points: int,
        *,
        limit: int,
        until: datetime | None,
        at: datetime,
        forget_at: datetime,
    ) -> bool:
        """Draw in one conditional write: for good, or until a hold ends. Said again, it replaces itself."""
        key, draws = f"{card_id}:{day}", self._database["code_draws"]
        await draws.update_one(
            {"_id": key},
            {"$setOnInsert": {"card_id": card_id, "draws": [], "forget_at": forget_at}},
            upsert=True,
            session=self._session,
        )
        others: dict[str, Any] = {"$filter": {"input": "$draws", "as": "draw", "cond": _is_another(cause, at)}}
        kept = {"cause": {"$literal": cause}, "points": points, "until": until}
        result = await draws.update_one(
            {
                "_id": key,
                "$expr": {
                    "$and": [
                        {"$lte": [{"$add": [{"$sum": _points_of(others)}, points]}, limit]},
                        {"$lt": [{"$size": others}, MAX_DRAWS]},
                    ]
                },
            },
            [{"$set": {"draws": {"$concatArrays": [others, [kept]]}}}],
            session=self._session,
        )
        return result.matched_count == 1

    async def give_back(self, card_id: CardId, cause: str) -> None:
        """Take a draw back: its purchase was voided, or its hold released."""
        await self._database["code_draws"].update_many(
            {"card_id": card_id, "draws.cause": cause}, {"$pull": {"draws": {"cause": cause}}}, session=self._session
        )


def _is_another(cause: str, at: datetime) -> dict[str, Any]:
    live = {"$or": [{"$eq": ["$$draw.until", None]}, {"$gt": ["$$draw.until", at]}]}
    return {"$and": [{"$ne": ["$$draw.cause", {"$literal": cause}]}, live]}


def _points_of(draws: dict[str, Any]) -> dict[str, Any]:
    return {"$map": {"input": draws, "as": "draw", "in": "$$draw.points"}}


def _noun(document: dict[str, Any]) -> KeptShowing:
    return KeptShowing(
        key=document["_id"], outlet_id=document["outlet_id"], seen_at=document["seen_at"], used=document["used"]
    )
