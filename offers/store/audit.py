"""The audit: lines appended to one chain for each programme."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from offers.engine.audit_chain import BEGINNING, chained
from offers.model.audit import AuditAction, AuditLine
from offers.model.ids import ProgrammeId
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository


class Audit(Repository):
    async def append(
        self,
        programme_id: ProgrammeId,
        action: AuditAction,
        *,
        staff_id: str,
        subject: str,
        facts: Mapping[str, int | str],
        at: datetime,
    ) -> AuditLine:
        """Append a line in the caller's transaction; the chain's head is written first, so appenders stand in line."""
        head: Any = await self._database["audit_heads"].find_one_and_update(
            {"_id": programme_id},
            {"$inc": {"seq": 1}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        previous = head.get("digest", BEGINNING)
        line = chained(
            programme_id,
            head["seq"],
            previous,
            at=at,
            staff_id=staff_id,
            action=action.value,
            subject=subject,
            facts=facts,
        )
        await self._database["audit_heads"].update_one(
            {"_id": programme_id}, {"$set": {"digest": line.digest}}, session=self._session
        )
        await self._database["audit"].insert_one(
            to_document(line, key=f"{programme_id}:{line.seq}"), session=self._session
        )
        return line

    async def lines(self, programme_id: ProgrammeId) -> AsyncIterator[AuditLine]:
        """Give the whole chain, oldest line first, in batches as it is read."""
        cursor = self._database["audit"].find({"programme_id": programme_id}, session=self._session).sort("seq")
        async for document in cursor:
            yield from_document(AuditLine, document)

    async def last(self, programme_id: ProgrammeId, *, limit: int = 100) -> list[AuditLine]:
        """Give the newest lines, newest first."""
        cursor = self._database["audit"].find({"programme_id": programme_id}, session=self._session)
        return [from_document(AuditLine, document) async for document in cursor.sort("seq", -1).limit(limit)]

    async def head(self, programme_id: ProgrammeId) -> tuple[int, str]:
        """Give the number and digest of the last line ever written."""
        head = await self._database["audit_heads"].find_one({"_id": programme_id}, session=self._session)
        return (head["seq"], head["digest"]) if head else (0, BEGINNING)
