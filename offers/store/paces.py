"""Quotas of providers: one document each, in which all processes reserve their calls by one conditional write."""

from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from offers.model.pace import Grant, Quota
from offers.store.repository import Repository

_NOW = "$$NOW"


class Paces(Repository):
    """A quota is an exact sliding window: a grant is remembered until it can fall into none together with a new call.

    With the time left out it is the database's own, one clock for all machines.
    """

    async def take(self, key: str, quota: Quota, *, most: int, claim: str, at: datetime | None = None) -> Grant:
        """Reserve up to `most` calls that may be made now.

        A grant counts until `window_s` after its last use. So the grants that any window of `window_s` touches were all
        counted together when the youngest of them was made, and never exceed the quota, whoever used them and when.
        """
        now: Any = at or _NOW
        alive = {
            "$filter": {
                "input": {"$ifNull": ["$grants", []]},
                "as": "each",
                "cond": {"$gt": ["$$each.until", _ago(now, quota.window_s)]},
            }
        }
        room = {"$subtract": [quota.calls, {"$sum": "$grants.calls"}]}
        is_resting = {"$gt": [{"$ifNull": ["$rests_until", None]}, now]}
        granted = {"$cond": [is_resting, 0, {"$max": [0, {"$min": [room, most]}]}]}
        mine = {"claim": claim, "calls": "$granted", "until": _ago(now, -quota.good_for_s)}
        document: Any = await self._database["paces"].find_one_and_update(
            {"_id": key},
            [
                {"$set": {"grants": alive, "asked_at": now}},
                {"$set": {"granted": granted}},
                {"$set": {"grants": {"$concatArrays": ["$grants", {"$cond": [{"$gt": ["$granted", 0]}, [mine], []]}]}}},
            ],
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        return _grant(document, quota)

    async def rest(self, key: str, seconds: float, *, at: datetime | None = None) -> None:
        """Grant nothing for so long: the provider said that all of us together are too fast."""
        until = _ago(at or _NOW, -seconds)
        await self._database["paces"].update_one(
            {"_id": key}, [{"$set": {"rests_until": {"$max": ["$rests_until", until]}}}], upsert=True
        )

    async def rests_until(self, prefix: str) -> dict[str, datetime]:
        """Give the quotas under a prefix that rest or rested, each with the end of it."""
        query = {"_id": {"$gte": prefix, "$lt": prefix + "\uffff"}, "rests_until": {"$type": "date"}}
        cursor = self._database["paces"].find(query, {"rests_until": 1}, session=self._session).limit(100)
        return {document["_id"]: document["rests_until"] async for document in cursor}


def _ago(now: Any, seconds: float) -> Any:
    """Give an instant so many seconds before `now`, which may be the database's own."""
    if isinstance(now, datetime):
        return now - timedelta(seconds=seconds)
    return {"$subtract": [now, round(seconds * 1000)]}


def _grant(document: dict[str, Any], quota: Quota) -> Grant:
    asked_at: datetime = document["asked_at"]
    if document["granted"]:
        return Grant(calls=document["granted"], asked_at=asked_at, until=document["grants"][-1]["until"])
    free_at = min((each["until"] for each in document["grants"]), default=asked_at)
    free_at += timedelta(seconds=quota.window_s)
    if (rests_until := document.get("rests_until")) and rests_until > asked_at:
        free_at = max(free_at, rests_until) if document["grants"] else rests_until
    return Grant(calls=0, asked_at=asked_at, until=asked_at, wait_s=max(0.0, (free_at - asked_at).total_seconds()))
