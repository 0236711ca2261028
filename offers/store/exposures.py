"""Exposures: an append-only log. A draw is written once; what was written first is what was drawn."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from pymongo import UpdateOne

from offers.model.exposure import ArmCount, Exposure
from offers.model.ids import MemberId, ProgrammeId
from offers.store.repository import MAX_MERGES_IN_A_ROW, Repository
from offers.store.some_members import some_members

BATCH = 2_000
"""Exposures of one write, and of one step of a reading."""
MAX_PAGE = 1_000
MAX_COUNTS = 1_000
MAX_CAMPAIGNS = 1_000
_EXPOSURE: TypeAdapter[Exposure] = TypeAdapter(Exposure)
_COUNT: TypeAdapter[ArmCount] = TypeAdapter(ArmCount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Which exposures are meant: of one campaign, drawn from an instant on and before another.

    `without` names occurrences to leave out whole.
    """

    programme_id: ProgrammeId
    campaign: str
    since: datetime | None = None
    until: datetime
    without: Collection[str] = ()

    @property
    def query(self) -> dict[str, Any]:
        at = {"$lt": self.until} | ({"$gte": self.since} if self.since else {})
        found: dict[str, Any] = {"programme_id": self.programme_id, "campaign": self.campaign, "at": at}
        return found | ({"occurrence": {"$nin": list(self.without)}} if self.without else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """An exposure, and who speaks now for the member it was drawn for."""

    person: MemberId
    exposure: Exposure


class Exposures(Repository):
    """The key is campaign, occurrence and member. An exposure stays under whom it was drawn for, merged or not."""

    async def log(self, exposures: Sequence[Exposure]) -> int:
        """Write at most 2,000; those that are there already stay as they are. Gives how many were new.

        May be part of a transaction. Raises ValueError for more.
        """
        if len(exposures) > BATCH:
            message = f"at most {BATCH} exposures are written at once, not {len(exposures)}"
            raise ValueError(message)
        if not exposures:
            return 0
        writes = [
            UpdateOne({"_id": each.key}, {"$setOnInsert": _EXPOSURE.dump_python(each)}, upsert=True)
            for each in exposures
        ]
        result = await self._database["exposures"].bulk_write(writes, ordered=False, session=self._session)
        return result.upserted_count

    async def standing(self, exposures: Sequence[Exposure]) -> dict[MemberId, Exposure]:
        """Give what the log holds under the keys of at most 2,000 exposures, by member: what was drawn first."""
        query = {"_id": {"$in": [each.key for each in exposures[:BATCH]]}}
        cursor = self._database["exposures"].find(query, session=self._session)
        found = [_EXPOSURE.validate_python(document) async for document in cursor]
        return {each.member_id: each for each in found}

    async def page(
        self,
        programme_id: ProgrammeId,
        campaign: str,
        *,
        occurrence: str | None = None,
        arm: str | None = None,
        after: str = "",
        limit: int = 100,
    ) -> list[Exposure]:
        """Give exposures of a campaign in order of their keys; `after` is the key of the last one seen."""
        query: dict[str, Any] = {"programme_id": programme_id, "campaign": campaign, "_id": {"$gt": after}}
        query |= {name: value for name, value in (("occurrence", occurrence), ("arm", arm)) if value is not None}
        cursor = self._database["exposures"].find(query, session=self._session).sort("_id")
        return [_EXPOSURE.validate_python(document) async for document in cursor.limit(min(limit, MAX_PAGE))]

    async def counts(self, programme_id: ProgrammeId) -> list[ArmCount]:
        """Count each campaign's arms by policy, the latest campaign first; the 1,000 latest rows."""
        # Draws with the same chances are counted together first: there are few such chances, and millions of draws.
        same = {name: f"${name}" for name in ("campaign", "policy", "arm", "chances")}
        when = {"first_at": {"$min": "$at"}, "last_at": {"$max": "$at"}}
        # Then each is a row for every arm it could have come to: what was expected of an arm is the sum of its chances.
        arm = {"campaign": "$_id.campaign", "policy": "$_id.policy", "arm": "$_id.chances.arm"}
        came = {"$cond": [{"$eq": ["$_id.arm", "$_id.chances.arm"]}, "$draws", 0]}
        expected = {"$multiply": ["$draws", "$_id.chances.chance"]}
        span = {"first_at": {"$min": "$first_at"}, "last_at": {"$max": "$last_at"}}
        order = {"last_at": -1, "_id.campaign": 1, "_id.policy": 1, "_id.arm": 1}
        plan: list[dict[str, Any]] = [
            {"$match": {"programme_id": programme_id}},
            {"$group": {"_id": same, "draws": {"$sum": 1}, **when}},
            {"$unwind": "$_id.chances"},
            {"$group": {"_id": arm, "members": {"$sum": came}, "expected": {"$sum": expected}, **span}},
            {"$sort": order},
            {"$limit": MAX_COUNTS},
        ]
        cursor = await self._database["exposures"].aggregate(plan, session=self._session)
        return [_COUNT.validate_python({**row, **row.pop("_id")}) async for row in cursor]

    async def campaigns(self, programme_id: ProgrammeId) -> list[str]:
        """Name the campaigns that somebody was drawn in, in order; the first 1,000."""
        found = await self._database["exposures"].distinct(
            "campaign", {"programme_id": programme_id}, session=self._session
        )
        return sorted(found)[:MAX_CAMPAIGNS]

    async def count(self, draws: Draws) -> int:
        return await self._database["exposures"].count_documents(draws.query, session=self._session)

    async def last(self, draws: Draws, *, before: int = 0) -> Exposure | None:
        """Give the draw that was made last, or the one that has so many after it."""
        cursor = self._database["exposures"].find(draws.query, session=self._session).sort("at", -1)
        found = [_EXPOSURE.validate_python(document) async for document in cursor.skip(before).limit(1)]
        return found[0] if found else None

    async def stream(self, draws: Draws, *, share: float = 1.0) -> AsyncIterator[list[Spoken]]:
        """Give exposures in order of time by batches of 2,000, each with the person who speaks now.

        Whoever was merged stands under the survivor, who may so occur twice in an occurrence; who is not enrolled any
        more is left out. A `share` below 1 gives the draws of about so many members, chosen by chance, the same ones
        for the same campaign and first instant.
        """
        name = f"{draws.campaign}|{draws.since}"
        query = draws.query | some_members(share, name=name)
        cursor = self._database["exposures"].find(query, session=self._session).sort([("at", 1), ("_id", 1)])
        batch: list[Exposure] = []
        async for document in cursor.batch_size(BATCH):
            batch.append(_EXPOSURE.validate_python(document))
            if len(batch) == BATCH:
                yield await self._spoken_for(batch)
                batch = []
        yield await self._spoken_for(batch)

    async def _spoken_for(self, batch: Sequence[Exposure]) -> list[Spoken]:
        persons = await self._persons({each.member_id for each in batch})
        return [Spoken(person=person, exposure=each) for each in batch if (person := persons.get(each.member_id))]

    async def _persons(self, members: set[MemberId]) -> dict[MemberId, MemberId]:
        """Give who speaks for each member who is still enrolled."""
        speaks = {each: each for each in members}
        for _ in range(MAX_MERGES_IN_A_ROW):
            query = {"_id": {"$in": list(set(speaks.values()))}}
            rows = self._database["members"].find(query, {"merged_into": 1}, session=self._session)
            into = {row["_id"]: row.get("merged_into") async for row in rows}
            speaks = {each: into[person] or person for each, person in speaks.items() if person in into}
            if not any(into.values()):
                break
        return speaks
