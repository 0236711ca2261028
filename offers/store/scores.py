"""Scores: rows by run, and for each programme the one run that is published."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from bson import decode_all
from pydantic import TypeAdapter
from pymongo.errors import BulkWriteError

from offers.model.ids import MemberId, ProgrammeId
from offers.model.scores import MemberScores, PlainScores, PublishedScores, ScoreRun, ScoreRunId
from offers.store.races import DUPLICATE_KEY
from offers.store.repository import Repository

_ROW: TypeAdapter[MemberScores] = TypeAdapter(MemberScores)
_RUN: TypeAdapter[ScoreRun] = TypeAdapter(ScoreRun)
_HEAD: TypeAdapter[PublishedScores] = TypeAdapter(PublishedScores)
RUNS_SEEN = 100
CLUSTERS_AT_ONCE = 50_000


class Scores(Repository):
    """A row's key is its run and member; readers follow the head, so all scores change in one write."""

    async def put(self, rows: Sequence[MemberScores | PlainScores]) -> None:
        """Write rows of a run. Those that are there already stay: the same run makes the same rows."""
        try:
            await self._database["scores"].insert_many(
                [_document(row) for row in rows], ordered=False, session=self._session
            )
        except BulkWriteError as error:
            if any(failure["code"] != DUPLICATE_KEY for failure in error.details["writeErrors"]):
                raise

    async def count(self, run_id: ScoreRunId) -> int:
        return await self._database["scores"].count_documents({"run_id": run_id}, session=self._session)

    async def keep_run(self, run: ScoreRun) -> None:
        document = {"_id": run.id, **_RUN.dump_python(run, mode="json"), "made_at": run.made_at}
        await self._database["score_runs"].replace_one({"_id": run.id}, document, upsert=True, session=self._session)

    async def run(self, run_id: ScoreRunId) -> ScoreRun | None:
        document = await self._database["score_runs"].find_one({"_id": run_id}, session=self._session)
        return _RUN.validate_python(document) if document else None

    async def runs(self, programme_id: ProgrammeId, *, limit: int = RUNS_SEEN) -> list[ScoreRun]:
        """Give the latest runs, newest first."""
        cursor = self._database["score_runs"].find({"programme_id": programme_id}, session=self._session)
        cursor = cursor.sort("made_at", -1).limit(min(limit, RUNS_SEEN))
        return [_RUN.validate_python(document) async for document in cursor]

    async def published(self, programme_id: ProgrammeId) -> PublishedScores | None:
        document = await self._database["score_heads"].find_one({"_id": programme_id}, session=self._session)
        return _HEAD.validate_python({**document, "programme_id": document["_id"]}) if document else None

    async def publish(self, run: ScoreRun, *, at: datetime) -> bool:
        """Let a run speak for its programme; False when one of a later day does already. Twice is the same as once."""
        head = await self.published(run.programme_id)
        if head is not None and head.run_id != run.id:
            speaking = await self.run(head.run_id)
            if speaking is not None and speaking.as_of > run.as_of:
                return False
        before = head.before if head and head.run_id == run.id else head.run_id if head else None
        fields = {"run_id": run.id, "published_at": at, "before": before}
        seen: dict[str, Any] = {"_id": run.programme_id}
        if head is not None:
            seen["run_id"] = head.run_id
        result = await self._database["score_heads"].update_one(
            seen, {"$set": fields}, upsert=head is None, session=self._session
        )
        return bool(result.matched_count or result.upserted_id)

    async def of_member(self, programme_id: ProgrammeId, member_id: MemberId) -> MemberScores | None:
        """Give a member's published scores; None: there are none yet."""
        head = await self.published(programme_id)
        if head is None:
            return None
        query = {"_id": row_key(head.run_id, member_id)}
        document = await self._database["scores"].find_one(query, session=self._session)
        return _ROW.validate_python(document) if document else None

    async def of_members(
        self, programme_id: ProgrammeId, member_ids: Sequence[MemberId]
    ) -> dict[MemberId, MemberScores]:
        """Give the published scores of some members, by member; whoever has none is not among them."""
        head = await self.published(programme_id)
        if head is None:
            return {}
        query = {"_id": {"$in": [row_key(head.run_id, member_id) for member_id in member_ids]}}
        cursor = self._database["scores"].find(query, session=self._session)
        rows = [_ROW.validate_python(document) async for document in cursor]
        return {row.member_id: row for row in rows}

    async def page(self, run_id: ScoreRunId, *, after: str = "", limit: int = 100) -> list[MemberScores]:
        """Give rows of a run by member."""
        query = {"run_id": run_id, "member_id": {"$gt": after}}
        cursor = self._database["scores"].find(query, session=self._session).sort("member_id").limit(limit)
        return [_ROW.validate_python(document) async for document in cursor]

    async def clusters(self, run_id: ScoreRunId) -> AsyncIterator[list[tuple[str, int]]]:
        """Give the cluster of every member of a run who was put into one, some thousands at a time."""
        query = {"run_id": run_id, "cluster": {"$ne": None}}
        cursor = self._database["scores"].find_raw_batches(
            query, {"_id": 0, "member_id": 1, "cluster": 1}, batch_size=CLUSTERS_AT_ONCE, session=self._session
        )
        async for raw in cursor:
            yield [(each["member_id"], each["cluster"]) for each in decode_all(raw)]

    async def forget(self, run_id: ScoreRunId) -> int:
        """Delete the rows of a run nobody reads any more; what it was is kept."""
        result = await self._database["scores"].delete_many({"run_id": run_id}, session=self._session)
        return result.deleted_count


def row_key(run_id: ScoreRunId, member_id: MemberId) -> str:
    return f"{run_id}:{member_id}"


def _document(row: MemberScores | PlainScores) -> dict[str, Any]:
    document: PlainScores = _ROW.dump_python(row) if isinstance(row, MemberScores) else row
    return {"_id": row_key(document["run_id"], document["member_id"]), **document}
