"""The outbox: what waits to leave, claimed in batches with a lease and a fence."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import DeleteOne, ReturnDocument, UpdateOne

from offers.engine.lane_shares import allot
from offers.model.message import Delivered, Delivery, Lane, OutboxItem, Outcome, Priority, RetryLater
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

CLAIM_LIMIT = 500


class Outbox(Repository):
    async def put(self, items: Sequence[OutboxItem]) -> None:
        """Add items in the caller's transaction; their keys make a second adding of the same cause fail."""
        if items:
            documents = [to_document(item, key=item.key) for item in items]
            await self._database["outbox"].insert_many(documents, session=self._session)

    async def refresh(self, item: OutboxItem) -> None:
        """Ask for something whose latest state counts: one item waits under its key, whatever the number of askings.

        A later asking brings its payload and, when it is more urgent, its priority and due time. It leaves a pause
        after a failure as it is. While the item is being done it only says that it must be done once more.
        """
        asked = to_document(item, key=item.key)
        kept: dict[str, Any] = {
            name: {"$ifNull": [f"${name}", {"$literal": value}]}
            for name, value in asked.items()
            if name not in {"_id", "payload", "priority", "due_at", "revision"}
        }
        is_new = {"$eq": [{"$type": "$due_at"}, "missing"]}
        is_under_way = {"$ne": [{"$ifNull": ["$claim", None]}, None]}
        has_failed = {"$gt": ["$attempts", 0]}
        sooner = {"$cond": [{"$or": [is_under_way, has_failed]}, "$due_at", {"$min": ["$due_at", item.due_at]}]}
        again = {"$ifNull": ["$asked_again_at", item.created_at]}
        change = {
            **kept,
            "payload": {"$literal": asked["payload"]},
            "priority": {"$min": ["$priority", asked["priority"]]},
            "due_at": {"$cond": [is_new, item.due_at, sooner]},
            "revision": {"$add": [{"$ifNull": ["$revision", 0]}, 1]},
            "asked_again_at": {"$cond": [is_under_way, again, None]},
        }
        await self._database["outbox"].update_one(
            {"_id": item.key}, [{"$set": change}], upsert=True, session=self._session
        )

    async def oldest_due(self, lane: Lane, priority: Priority, *, at: datetime) -> datetime | None:
        """Give since when the item that waits longest has been due; None when nothing is."""
        query = {"lane": lane.value, "priority": priority.value, "due_at": {"$lte": at}}
        found = await self._database["outbox"].find_one(
            query, {"due_at": 1}, sort=[("due_at", 1)], session=self._session
        )
        return found["due_at"] if found else None

    async def advance(self, item: OutboxItem, payload: dict[str, Any], *, due_at: datetime) -> bool:
        """Note how far a long work has come, in the transaction of its step; False when another worker holds it now.

        The raised fence lets nobody else report of this claim.
        """
        result = await self._database["outbox"].update_one(
            {"_id": item.key, "fence": item.fence, "revision": item.revision},
            {"$set": {"payload": payload, "due_at": due_at, "claim": None, "attempts": 0}, "$inc": {"fence": 1}},
            session=self._session,
        )
        return result.matched_count == 1

    async def claim(
        self, lane: Lane, *, claim: str, at: datetime, lease_s: float, limit: int = CLAIM_LIMIT
    ) -> list[OutboxItem]:
        """Take up to `limit` due items of a lane for `lease_s` seconds, the urgent first, each priority with its share.

        `claim` is a fresh id of this attempt. A lease is a due time in the future: when its holder dies, the items
        fall due again, and the raised fence refuses whatever the late holder still reports.
        """
        outbox = self._database["outbox"]
        due = {"lane": lane.value, "due_at": {"$lte": at}}
        waiting = await self._due_keys(due, limit)
        shares = allot([len(keys) for keys in waiting], limit)
        keys = [key for found, share in zip(waiting, shares, strict=True) for key in found[:share]]
        change = {
            "$set": {"due_at": at + timedelta(seconds=lease_s), "claim": claim},
            "$inc": {"fence": 1, "attempts": 1},
        }
        if not keys:
            return []
        if len(keys) == 1:
            alone = await outbox.find_one_and_update(
                {"_id": keys[0], **due}, change, return_document=ReturnDocument.AFTER, session=self._session
            )
            return [from_document(OutboxItem, alone)] if alone else []
        await outbox.update_many({"_id": {"$in": keys}, **due}, change, session=self._session)
        claimed = outbox.find({"claim": claim}, session=self._session).sort([("priority", 1), ("created_at", 1)])
        return [from_document(OutboxItem, document) async for document in claimed]

    async def _due_keys(self, due: dict[str, Any], limit: int) -> list[list[str]]:
        """Give the keys that are due by priority, the longest due first, in one question."""
        pipelines: list[list[dict[str, Any]]] = [
            [
                {"$match": {**due, "priority": priority.value}},
                {"$sort": {"due_at": 1}},
                {"$limit": limit},
                {"$project": {"priority": 1}},
            ]
            for priority in Priority
        ]
        first, *others = pipelines
        joined: list[dict[str, Any]] = [{"$unionWith": {"coll": "outbox", "pipeline": other}} for other in others]
        found: dict[int, list[str]] = {priority.value: [] for priority in Priority}
        async for document in await self._database["outbox"].aggregate([*first, *joined], session=self._session):
            found[document["priority"]].append(document["_id"])
        return list(found.values())

    async def extend(self, claim: str, *, until: datetime) -> None:
        """Hold a claim longer: the heartbeat of a slow batch."""
        await self._database["outbox"].update_many({"claim": claim}, {"$set": {"due_at": until}}, session=self._session)

    async def complete(self, item: OutboxItem) -> bool:
        """Remove an item in the transaction that carries out its effect; False when another worker holds it now."""
        held: dict[str, Any] = {"_id": item.key, "fence": item.fence}
        if item.revision:
            held["revision"] = item.revision
        result = await self._database["outbox"].delete_one(held, session=self._session)
        return result.deleted_count == 1

    async def report(
        self, ended: Sequence[tuple[OutboxItem, Outcome]], *, at: datetime, retry_at: Sequence[datetime]
    ) -> None:
        """Write what became of a batch; `retry_at` says when each item falls due again if it must.

        An item that was asked for anew meanwhile stays, whatever became of it, and is done again for the new asking.
        """
        deliveries: list[UpdateOne] = []
        changes: list[UpdateOne | DeleteOne] = []
        for (item, outcome), due_at in zip(ended, retry_at, strict=True):
            held = {"_id": item.key, "fence": item.fence}
            unchanged = {**held, "revision": item.revision} if item.revision else held
            if isinstance(outcome, RetryLater):
                fields: dict[str, Any] = {"due_at": due_at, "claim": None, "reason": outcome.reason}
                if outcome.payload is not None:
                    fields["payload"] = outcome.payload
                changes.append(UpdateOne(unchanged, {"$set": fields}))
            else:
                changes.append(DeleteOne(unchanged))
                deliveries.append(_delivery(item, outcome, at))
            if item.revision:
                changes.append(_do_again(item, held, outcome, due_at))
        if deliveries:
            await self._database["deliveries"].bulk_write(deliveries, ordered=False, session=self._session)
        if changes:
            await self._database["outbox"].bulk_write(changes, session=self._session)

    async def waiting(self, lane: Lane) -> int:
        return await self._database["outbox"].count_documents({"lane": lane.value}, session=self._session)

    async def oldest(self, lane: Lane) -> datetime | None:
        """When the oldest waiting item of a lane was created."""
        found = await self._database["outbox"].find_one(
            {"lane": lane.value}, {"created_at": 1}, sort=[("created_at", 1)], session=self._session
        )
        return found["created_at"] if found else None

    async def arrivals(self) -> AsyncGenerator[Lane, None]:
        """Tell every lane once, and then the lane of every item as it is committed, by any process.

        Every lane at first: what was committed just before it listened would wait for the next look otherwise. Raises
        PyMongoError when cut off.
        """
        inserts: list[dict[str, Any]] = [
            {"$match": {"operationType": "insert"}},
            {"$project": {"fullDocument.lane": 1}},
        ]
        async with await self._database["outbox"].watch(inserts) as stream:
            for lane in Lane:
                yield lane
            async for change in stream:
                yield Lane(change["fullDocument"]["lane"])


def _do_again(item: OutboxItem, held: dict[str, Any], outcome: Outcome, due_at: datetime) -> UpdateOne:
    """Free an item that was asked for anew while it was under way; it waits since that asking."""
    attempts: Any = "$attempts" if isinstance(outcome, RetryLater) else 0
    change = {
        "due_at": due_at,
        "claim": None,
        "attempts": attempts,
        "created_at": {"$ifNull": ["$asked_again_at", "$created_at"]},
        "asked_again_at": None,
    }
    return UpdateOne({**held, "revision": {"$ne": item.revision}}, [{"$set": change}])


def _delivery(item: OutboxItem, outcome: Outcome, at: datetime) -> UpdateOne:
    delivered = isinstance(outcome, Delivered)
    record: dict[str, Any] = to_document(
        Delivery(
            key=item.record_key,
            lane=item.lane,
            kind=item.kind,
            programme_id=item.programme_id,
            member_id=item.member_id,
            state="delivered" if delivered else "dropped",
            note=outcome.note if isinstance(outcome, Delivered) else outcome.reason,
            attempts=item.attempts,
            created_at=item.created_at,
            ended_at=at,
        )
    )
    return UpdateOne({"_id": item.record_key}, {"$set": record}, upsert=True)
