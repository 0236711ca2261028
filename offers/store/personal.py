"""Personal offers: runs, what was decided for each member, and what may still be spent in a period."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from pymongo import UpdateOne

from offers.model.coupon import CouponId
from offers.model.ids import MemberId, OfferId, ProgrammeId
from offers.model.personal_run import PersonalRun, PersonalRunId, Pick, RunState
from offers.store.repository import Repository

_RUN: TypeAdapter[PersonalRun] = TypeAdapter(PersonalRun)
_PICK: TypeAdapter[Pick] = TypeAdapter(Pick)
RUNS_SEEN = 100
MAX_UNDONE = 1_000
MAX_ISSUED = 1_000
PICKS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The staff's segments decide; language and year of birth are read for the audit of gaps alone."""

    segments: tuple[str, ...]
    language: str
    birth_year: int | None


class Personal(Repository):
    """A pick's key is its run and member. What is spent is kept by template and period."""

    async def keep_run(self, run: PersonalRun) -> None:
        document = {**_RUN.dump_python(run), "_id": run.id}
        document.pop("id")
        await self._database["personal_runs"].replace_one({"_id": run.id}, document, upsert=True, session=self._session)

    async def run(self, run_id: PersonalRunId) -> PersonalRun | None:
        document = await self._database["personal_runs"].find_one({"_id": run_id}, session=self._session)
        return _run(document) if document else None

    async def runs(
        self, programme_id: ProgrammeId, *, template: str | None = None, limit: int = RUNS_SEEN
    ) -> list[PersonalRun]:
        """Give the latest runs, newest first; of one template, or of all."""
        query: dict[str, Any] = {"programme_id": programme_id} | ({"template": template} if template else {})
        cursor = self._database["personal_runs"].find(query, session=self._session).sort("at", -1)
        return [_run(document) async for document in cursor.limit(min(limit, RUNS_SEEN))]

    async def undone(self, programme_id: ProgrammeId) -> list[PersonalRunId]:
        """Give the runs that were taken back, or are being; the thousand latest."""
        query = {"programme_id": programme_id, "state": {"$in": [RunState.UNDOING.value, RunState.UNDONE.value]}}
        cursor = self._database["personal_runs"].find(query, {"_id": 1}, session=self._session).sort("at", -1)
        return [PersonalRunId(document["_id"]) async for document in cursor.limit(MAX_UNDONE)]

    async def issued(self, programme_id: ProgrammeId, *, until: datetime) -> AsyncIterator[PersonalRun]:
        """Give the runs that were issued before an instant, whole or in part, the latest first; the last thousand.

        Those that were taken back are left out.
        """
        states = [RunState.ISSUING.value, RunState.ISSUED.value]
        query: dict[str, Any] = {"programme_id": programme_id, "state": {"$in": states}, "began_at": {"$lt": until}}
        cursor = self._database["personal_runs"].find(query, session=self._session).sort("at", -1)
        async for document in cursor.limit(MAX_ISSUED):
            yield _run(document)

    async def last_issued(self, programme_id: ProgrammeId, template: str, *, by_hand: bool) -> PersonalRun | None:
        """Give the latest run that was issued whole; `by_hand`: by a person."""
        query: dict[str, Any] = {"programme_id": programme_id, "template": template, "state": RunState.ISSUED.value}
        if by_hand:
            query["staff_id"] = {"$ne": "night"}
        document = await self._database["personal_runs"].find_one(query, sort=[("at", -1)], session=self._session)
        return _run(document) if document else None

    async def put_picks(self, picks: Sequence[Pick]) -> None:
        """Write what was decided, a new run's; at most 2,000 at once."""
        await self._database["personal_picks"].insert_many(
            [{**_PICK.dump_python(pick), "_id": pick.key} for pick in picks[:PICKS_AT_ONCE]], session=self._session
        )

    async def picks(self, run_id: PersonalRunId, *, after: MemberId, limit: int) -> list[Pick]:
        """Give picks of a run in order of member."""
        query = {"run_id": run_id, "member_id": {"$gt": after}}
        cursor = self._database["personal_picks"].find(query, session=self._session).sort("member_id").limit(limit)
        return [_PICK.validate_python(document) async for document in cursor]

    async def carry_out(self, done: Sequence[tuple[Pick, CouponId | None]], *, at: datetime, until: datetime) -> None:
        """Note what was carried out, and keep it until then."""
        changes = [
            UpdateOne({"_id": pick.key}, {"$set": {"issued_at": at, "coupon_id": coupon_id, "forget_at": until}})
            for pick, coupon_id in done
        ]
        if changes:
            await self._database["personal_picks"].bulk_write(changes, ordered=False, session=self._session)

    async def rested(
        self, programme_id: ProgrammeId, *, since: datetime, among: Collection[MemberId] | None = None
    ) -> set[MemberId]:
        """Give the members who got a personal offer, or were held out from one, since an instant."""
        # The kind is named for the index, which holds only what was carried out.
        issued = {"$type": "date", "$gte": since}
        query: dict[str, Any] = {"programme_id": programme_id, "issued_at": issued}
        query["$or"] = [{"option": {"$gt": 0}}, {"is_held_out": True}]
        if among is not None:
            query["member_id"] = {"$in": list(among)}
        cursor = self._database["personal_picks"].find(query, {"_id": 0, "member_id": 1}, session=self._session)
        return {MemberId(document["member_id"]) async for document in cursor}

    async def spent(self, template_id: OfferId, period: str) -> int:
        """Give what was committed to coupons of a template in a period."""
        query = {"_id": _spend(template_id, period)}
        document = await self._database["personal_spends"].find_one(query, session=self._session)
        return int(document["minor"]) if document else 0

    async def commit(self, template_id: OfferId, period: str, minor: int, *, cap_minor: int) -> bool:
        """Commit to so much, in one conditional write; False when the period's budget does not hold it any more."""
        spends = self._database["personal_spends"]
        key = _spend(template_id, period)
        if await spends.find_one({"_id": key}, session=self._session) is None:
            await spends.insert_one({"_id": key, "minor": 0}, session=self._session)
        result = await spends.update_one(
            {"_id": key, "minor": {"$lte": cap_minor - minor}}, {"$inc": {"minor": minor}}, session=self._session
        )
        return result.modified_count == 1 or (minor == 0 and result.matched_count == 1)

    async def give_back(self, template_id: OfferId, period: str, minor: int) -> None:
        """Free what was committed to coupons that were taken back."""
        key = {"_id": _spend(template_id, period)}
        await self._database["personal_spends"].update_one(key, {"$inc": {"minor": -minor}}, session=self._session)

    async def standing(self, member_ids: Collection[MemberId]) -> set[MemberId]:
        """Give those who are still members and speak for themselves: neither erased nor merged into another."""
        query = {"_id": {"$in": list(member_ids)}, "merged_into": None}
        cursor = self._database["members"].find(query, {"_id": 1}, session=self._session)
        return {MemberId(document["_id"]) async for document in cursor}

    async def marks(self, member_ids: Collection[MemberId]) -> dict[MemberId, Marks]:
        """Give by what members are told apart, for the audit of what was decided; the erased are left out."""
        query = {"_id": {"$in": list(member_ids)}, "merged_into": None}
        fields = {"segments": 1, "language": 1, "birthday.year": 1}
        cursor = self._database["members"].find(query, fields, session=self._session)
        return {
            MemberId(each["_id"]): Marks(
                segments=tuple(each.get("segments", ())),
                language=each["language"],
                birth_year=(each.get("birthday") or {}).get("year"),
            )
            async for each in cursor
        }

    async def count_members(self, programme_id: ProgrammeId) -> int:
        query = {"programme_id": programme_id, "merged_into": None}
        return await self._database["members"].count_documents(query, session=self._session)


def _run(document: dict[str, Any]) -> PersonalRun:
    return _RUN.validate_python({**document, "id": document["_id"]})


def _spend(template_id: OfferId, period: str) -> str:
    return f"{template_id}|{period}"
