"""Voucher codes and their batches. The code is the key itself, so its uniqueness costs no second index."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from pymongo.errors import BulkWriteError

from offers.model.ids import ProgrammeId
from offers.model.take import Mark, Take
from offers.model.voucher import Batch, BatchId, Origin, Voucher, VoucherId
from offers.store.codec import from_document, to_document
from offers.store.marks import MarkedRepository, clearing, marked, marking, unmarked
from offers.store.races import DUPLICATE_KEY


class Vouchers(MarkedRepository):
    async def add_batch(self, batch: Batch) -> None:
        await self._database["voucher_batches"].insert_one(to_document(batch), session=self._session)

    async def batch(self, batch_id: BatchId) -> Batch | None:
        return await self._batch({"_id": batch_id})

    async def batch_asked_by(self, programme_id: ProgrammeId, request_key: str) -> Batch | None:
        return await self._batch({"programme_id": programme_id, "request_key": request_key})

    async def batches(self, programme_id: ProgrammeId, *, limit: int = 100) -> list[Batch]:
        cursor = self._database["voucher_batches"].find({"programme_id": programme_id}, session=self._session)
        return [from_document(Batch, document) async for document in cursor.sort("_id", -1).limit(limit)]

    async def has_imported(self, programme_id: ProgrammeId) -> bool:
        query = {"programme_id": programme_id, "origin": Origin.IMPORTED.value}
        return await self._database["voucher_batches"].find_one(query, {"_id": 1}, session=self._session) is not None

    async def add_codes(self, batch: Batch, codes: Sequence[str]) -> list[str]:
        """Keep codes; gives those that were there already, which are left as they are.

        They go in sorted: neighbours share a page of the index, which saves the database a fifth of its work.
        """
        codes = sorted(codes)
        documents = [
            {
                "_id": voucher_id(batch.programme_id, code, batch.origin),
                "batch_id": batch.id,
                "left": batch.uses_per_code,
            }
            for code in codes
        ]
        taken: list[str] = []
        try:
            await self._database["vouchers"].insert_many(documents, ordered=False, session=self._session)
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if any(failure["code"] != DUPLICATE_KEY for failure in failures):
                raise
            taken = [codes[failure["index"]] for failure in failures]
        return taken

    async def count_made(self, batch_id: BatchId, codes: int) -> None:
        await self._database["voucher_batches"].update_one(
            {"_id": batch_id}, {"$inc": {"made": codes}}, session=self._session
        )

    async def count_codes(self, batch_id: BatchId) -> int:
        return await self._database["vouchers"].count_documents({"batch_id": batch_id}, session=self._session)

    async def find(self, programme_id: ProgrammeId, code: str, origin: Origin) -> Voucher | None:
        query = {"_id": voucher_id(programme_id, code, origin)}
        document = await self._database["vouchers"].find_one(query, session=self._session)
        return from_document(Voucher, document) if document else None

    async def get(self, voucher_id: VoucherId) -> Voucher | None:
        document = await self._database["vouchers"].find_one({"_id": voucher_id}, session=self._session)
        return from_document(Voucher, document) if document else None

    async def codes_of(self, batch_id: BatchId) -> AsyncIterator[Voucher]:
        """Give every code of a batch, in no particular order."""
        async for document in self._database["vouchers"].find({"batch_id": batch_id}, session=self._session):
            yield from_document(Voucher, document)

    async def draw(self, take: Take) -> bool:
        """Take a use in one conditional write; False when none is left, or the code was revoked."""
        result = await self._database["vouchers"].update_one(
            {"_id": take.source, "left": {"$gte": take.amount}, "revoked_at": None, **unmarked(take)},
            {"$inc": {"left": -take.amount}, **marking(take)},
            session=self._session,
        )
        return result.modified_count == 1

    async def undraw(self, take: Take) -> None:
        await self._database["vouchers"].update_one(
            marked(take), {"$inc": {"left": take.amount}, **clearing(take)}, session=self._session
        )

    async def clear(self, take: Take) -> None:
        await self._database["vouchers"].update_one({"_id": take.source}, clearing(take), session=self._session)

    async def put_back(self, take: Take, amount: int) -> None:
        await self._database["vouchers"].update_one(
            {"_id": take.source}, {"$inc": {"left": amount}, **clearing(take)}, session=self._session
        )

    async def stale_marks(self, before: datetime, *, limit: int) -> list[tuple[str, Mark]]:
        return await self._stale_marks("vouchers", before, limit=limit)

    async def revoke(self, voucher_id: VoucherId, *, at: datetime) -> bool:
        """Revoke a code; False when it was revoked already."""
        result = await self._database["vouchers"].update_one(
            {"_id": voucher_id, "revoked_at": None}, {"$set": {"revoked_at": at}}, session=self._session
        )
        return result.modified_count == 1

    async def _batch(self, query: dict[str, Any]) -> Batch | None:
        document = await self._database["voucher_batches"].find_one(query, session=self._session)
        return from_document(Batch, document) if document else None


def voucher_id(programme_id: ProgrammeId, code: str, origin: Origin) -> VoucherId:
    """Name a code: imported ones live in a namespace of their own, so that they never meet one made here."""
    return VoucherId(f"{programme_id}:{'~' if origin is Origin.IMPORTED else ''}{code}")
