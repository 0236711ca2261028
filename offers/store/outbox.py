"""The outbox: what waits to leave, claimed in batches with a lease and a fence."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import DeleteOne, UpdateOne

from offers.model.message import Delivered, Delivery, Lane, OutboxItem, Outcome, RetryLater
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

CLAIM_LIMIT = 500


class Outbox(Repository):
    async def put(self, items: Sequence[OutboxItem]) -> None:
        """Add items in the caller's transaction; their keys make a second adding of the same cause fail."""
        if items:
            documents = [to_document(item, key=item.key) for item in items]
            await self._database["outbox"].insert_many(documents, session=self._session)

    async def claim(
        self, lane: Lane, *, claim: str, at: datetime, lease_s: float, limit: int = CLAIM_LIMIT
    ) -> list[OutboxItem]:
        """Take up to `limit` due items of a lane for `lease_s` seconds.

        `claim` is a fresh id of this attempt. A lease is a due time in the future: when its holder dies, the items
        fall due again, and the raised fence refuses whatever the late holder still reports.
        """
        outbox = self._database["outbox"]
        due = {"lane": lane.value, "due_at": {"$lte": at}}
        cursor = outbox.find(due, {"_id": 1}, session=self._session).sort("due_at").limit(limit)
        keys = [document["_id"] async for document in cursor]
        if not keys:
            return []
        await outbox.update_many(
            {"_id": {"$in": keys}, **due},
            {
                "$set": {"due_at": at + timedelta(seconds=lease_s), "claim": claim},
                "$inc": {"fence": 1, "attempts": 1},
            },
            session=self._session,
        )
        claimed = outbox.find({"claim": claim}, session=self._session).sort("created_at")
        return [from_document(OutboxItem, document) async for document in claimed]

    async def extend(self, claim: str, *, until: datetime) -> None:
        """Hold a claim longer: the heartbeat of a slow batch."""
        await self._database["outbox"].update_many({"claim": claim}, {"$set": {"due_at": until}}, session=self._session)

    async def complete(self, item: OutboxItem) -> bool:
        """Remove an item in the transaction that carries out its effect; False when another worker holds it now."""
        result = await self._database["outbox"].delete_one(
            {"_id": item.key, "fence": item.fence}, session=self._session
        )
        return result.deleted_count == 1

    async def report(
        self, ended: Sequence[tuple[OutboxItem, Outcome]], *, at: datetime, retry_at: Sequence[datetime]
    ) -> None:
        """Write what became of a batch; `retry_at` says when each item falls due again if it must."""
        deliveries: list[UpdateOne] = []
        changes: list[UpdateOne | DeleteOne] = []
        for (item, outcome), due_at in zip(ended, retry_at, strict=True):
            held = {"_id": item.key, "fence": item.fence}
            if isinstance(outcome, RetryLater):
                fields: dict[str, Any] = {"due_at": due_at, "claim": None, "reason": outcome.reason}
                if outcome.payload is not None:
                    fields["payload"] = outcome.payload
                changes.append(UpdateOne(held, {"$set": fields}))
            else:
                changes.append(DeleteOne(held))
                deliveries.append(_delivery(item, outcome, at))
        if deliveries:
            await self._database["deliveries"].bulk_write(deliveries, ordered=False, session=self._session)
        if changes:
            await self._database["outbox"].bulk_write(changes, ordered=False, session=self._session)

    async def waiting(self, lane: Lane) -> int:
        return await self._database["outbox"].count_documents({"lane": lane.value}, session=self._session)

    async def oldest(self, lane: Lane) -> datetime | None:
        """When the oldest waiting item of a lane was created."""
        found = await self._database["outbox"].find_one(
            {"lane": lane.value}, {"created_at": 1}, sort=[("created_at", 1)], session=self._session
        )
        return found["created_at"] if found else None

    async def arrivals(self) -> AsyncIterator[Lane]:
        """Tell the lane of every item as it is committed, by any process. Raises PyMongoError when cut off."""
        inserts: list[dict[str, Any]] = [
            {"$match": {"operationType": "insert"}},
            {"$project": {"fullDocument.lane": 1}},
        ]
        async with await self._database["outbox"].watch(inserts) as stream:
            async for change in stream:
                yield Lane(change["fullDocument"]["lane"])


def _delivery(item: OutboxItem, outcome: Outcome, at: datetime) -> UpdateOne:
    delivered = isinstance(outcome, Delivered)
    record: dict[str, Any] = to_document(
        Delivery(
            key=item.key,
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
    return UpdateOne({"_id": item.key}, {"$set": record}, upsert=True)
