"""Purchase histories as scoring reads them: every line that was paid for, or came back, a batch at a time."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from pymongo.asynchronous.cursor import AsyncRawBatchCursor

from offers.model.ids import OutletId
from offers.store.bought_lines import RETURNED, WANTED, BoughtLines, read_lines, read_returns
from offers.store.repository import Repository

BATCH_RECEIPTS = 5_000


class Histories(Repository):
    async def count(self, outlet_id: OutletId) -> int:
        """Count an outlet's receipts, voided ones included."""
        return await self._database["receipts"].count_documents({"outlet_id": outlet_id}, session=self._session)

    async def of_outlet(self, outlet_id: OutletId) -> AsyncIterator[tuple[int, BoughtLines]]:
        """Give an outlet's lines by batches, each with how many receipts it was made of.

        A batch is taken apart in another thread while MongoDB, a process of its own, looks for the next one.
        """
        cursor = self._database["receipts"].find_raw_batches(
            {"outlet_id": outlet_id}, WANTED, batch_size=BATCH_RECEIPTS, session=self._session
        )
        raw = await _next(cursor)
        while raw is not None:
            found, raw = await asyncio.gather(asyncio.to_thread(read_lines, raw), _next(cursor))
            yield found

    async def back_at(self, outlet_id: OutletId) -> AsyncIterator[BoughtLines]:
        """Give what came back to an outlet, by batches."""
        cursor = await self._database["returns"].aggregate_raw_batches(
            [{"$match": {"outlet_id": outlet_id}}, *RETURNED], batchSize=BATCH_RECEIPTS, session=self._session
        )
        async for raw in cursor:
            yield await asyncio.to_thread(read_returns, raw)


async def _next(cursor: AsyncRawBatchCursor[Any]) -> bytes | None:
    batch: bytes | None = await anext(cursor, None)
    return batch
