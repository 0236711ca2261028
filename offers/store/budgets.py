"""Budgets and their escrow slices. Every draw is one conditional write, and its result is checked."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from offers.model.budget import MAX_SLICES, Budget, BudgetId, Slice
from offers.model.ids import ProgrammeId
from offers.model.take import Mark, Take
from offers.store.codec import from_document, to_document
from offers.store.marks import MarkedRepository, clearing, marked, marking, unmarked
from offers.store.races import as_lost_race

MAX_BUDGETS_PER_OWNER = 100


class Budgets(MarkedRepository):
    async def keep(self, budget: Budget) -> None:
        """Write the budget as it now is; pockets that are open follow a changed cap at their next take."""
        await self._database["budgets"].replace_one(
            {"_id": budget.id}, to_document(budget), upsert=True, session=self._session
        )

    async def get(self, budget_id: BudgetId) -> Budget | None:
        document = await self._database["budgets"].find_one({"_id": budget_id}, session=self._session)
        return from_document(Budget, document) if document else None

    async def of_owners(self, programme_id: ProgrammeId, owners: Sequence[str]) -> list[Budget]:
        """Give the budgets of campaigns and offers, in a stable order."""
        query = {"programme_id": programme_id, "owner": {"$in": list(owners)}}
        cursor = self._database["budgets"].find(query, session=self._session).sort("_id")
        limit = MAX_BUDGETS_PER_OWNER * max(1, len(owners))
        return [from_document(Budget, document) async for document in cursor.limit(limit)]

    async def of_programme(self, programme_id: ProgrammeId, *, after: str = "", limit: int = 100) -> list[Budget]:
        query = {"programme_id": programme_id, "_id": {"$gt": after}}
        cursor = self._database["budgets"].find(query, session=self._session).sort("_id").limit(limit)
        return [from_document(Budget, document) async for document in cursor]

    async def slices(self, pockets: Sequence[str]) -> dict[str, list[Slice]]:
        """Give the slices of pockets that are open, in their order."""
        found: dict[str, list[Slice]] = {}
        query = {"pocket": {"$in": list(pockets)}}
        cursor = self._database["slices"].find(query, session=self._session).sort([("pocket", 1), ("number", 1)])
        async for document in cursor.limit(MAX_SLICES * max(1, len(pockets))):
            found.setdefault(document["pocket"], []).append(from_document(Slice, document))
        return found

    async def open_pocket(self, budget_id: BudgetId, pocket: str, shares: Sequence[int]) -> None:
        """Make a pocket's slices. Who loses the race for them runs again and finds them."""
        fresh = [
            Slice(
                id=f"{pocket}|{number}", budget_id=budget_id, pocket=pocket, number=number, share=share, remaining=share
            )
            for number, share in enumerate(shares)
        ]
        try:
            await self._database["slices"].insert_many([to_document(each) for each in fresh], session=self._session)
        except BulkWriteError as error:
            raise as_lost_race(error) from error

    async def draw(self, take: Take) -> bool:
        """Take out of a slice in one conditional write; False when it does not hold that much."""
        result = await self._database["slices"].update_one(
            {"_id": take.source, "remaining": {"$gte": take.amount}, **unmarked(take)},
            {"$inc": {"remaining": -take.amount}, **marking(take)},
            session=self._session,
        )
        return result.modified_count == 1

    async def undraw(self, take: Take) -> None:
        await self._database["slices"].update_one(
            marked(take), {"$inc": {"remaining": take.amount}, **clearing(take)}, session=self._session
        )

    async def clear(self, take: Take) -> None:
        await self._database["slices"].update_one({"_id": take.source}, clearing(take), session=self._session)

    async def put_back(self, take: Take, amount: int) -> None:
        await self._database["slices"].update_one(
            {"_id": take.source}, {"$inc": {"remaining": amount}, **clearing(take)}, session=self._session
        )

    async def stale_marks(self, before: datetime, *, limit: int) -> list[tuple[str, Mark]]:
        return await self._stale_marks("slices", before, limit=limit)

    async def may_merge(self, slices: Sequence[Slice], *, at: datetime, until: datetime) -> bool:
        """Let one of those who found a pocket nearly empty merge it; the others go on."""
        result = await self._database["slices"].update_one(
            {"_id": slices[0].id, "merging_until": {"$not": {"$gt": at}}},
            {"$set": {"merging_until": until}},
            session=self._session,
        )
        return result.modified_count == 1

    async def rearrange(self, before: Sequence[Slice], after: Sequence[Slice]) -> None:
        """Move what remains between slices read in the same transaction: no draw comes between."""
        changes = [
            UpdateOne({"_id": new.id}, {"$set": {"share": new.share, "remaining": new.remaining}})
            for old, new in zip(before, after, strict=True)
            if old != new
        ]
        if changes:
            await self._database["slices"].bulk_write(changes, session=self._session)

    async def pockets(self, budget_id: BudgetId | None = None) -> AsyncIterator[tuple[BudgetId, str, int, int]]:
        """Sum up every pocket: budget, pocket, cap, remaining."""
        match: list[dict[str, Any]] = [{"$match": {"budget_id": budget_id}}] if budget_id else []
        group: dict[str, Any] = {
            "_id": "$pocket",
            "budget_id": {"$first": "$budget_id"},
            "cap": {"$sum": "$share"},
            "remaining": {"$sum": "$remaining"},
        }
        cursor = await self._database["slices"].aggregate(
            [*match, {"$group": group}, {"$sort": {"_id": 1}}], allowDiskUse=True, session=self._session
        )
        async for document in cursor:
            yield BudgetId(document["budget_id"]), document["_id"], document["cap"], document["remaining"]
