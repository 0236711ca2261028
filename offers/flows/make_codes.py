"""Make voucher codes: a small batch in one transaction, or a large one in chunks that can be gone on with."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.voucher_codes import make_codes
from offers.model.clock import Clock
from offers.model.ids import Chance, ProgrammeId, new_id
from offers.model.limit_errors import BatchMismatch
from offers.model.take import Refill
from offers.model.voucher import Batch, BatchId, Origin
from offers.store.store import Store
from offers.store.work import Work

CHUNK = 10_000
MAX_AT_ONCE = 1_000
MAX_CODES = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchWish:
    """What the codes of a batch have in common. One `request_key` makes one batch."""

    programme_id: ProgrammeId
    campaign: str
    offer_id: str
    asked: int
    uses_per_code: int = 1
    uses_per_member: int | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    refill: Refill = Refill.FULL_RETURN_ONLY
    request_key: str | None = None


@dataclass(frozen=True, slots=True)
class MakeCodes:
    store: Store
    clock: Clock
    chance: Chance

    async def at_once(self, wish: BatchWish) -> tuple[Batch, list[str]]:
        """Make up to MAX_AT_ONCE codes, all or none; the same wish under its key again gives the same codes.

        Raises BatchMismatch, Busy.
        """
        return await self.store.transact(lambda work: self._at_once(work, wish))

    async def _at_once(self, work: Work, wish: BatchWish) -> tuple[Batch, list[str]]:
        if wish.request_key is not None:
            earlier = await work.vouchers.batch_asked_by(wish.programme_id, wish.request_key)
            if earlier is not None:
                return earlier, await self._made_before(work, earlier, wish)
        batch = replace(self._batch(wish, Origin.MADE), made=wish.asked)
        codes = make_codes(self.chance, wish.asked)
        await work.vouchers.add_batch(batch)
        await work.vouchers.add_codes(batch, codes)
        return batch, codes

    async def _made_before(self, work: Work, earlier: Batch, wish: BatchWish) -> list[str]:
        asked_for = replace(
            self._batch(wish, Origin.MADE), id=earlier.id, created_at=earlier.created_at, made=earlier.made
        )
        if asked_for != earlier:
            raise BatchMismatch(earlier_batch_id=earlier.id)
        return sorted([voucher.code async for voucher in work.vouchers.codes_of(earlier.id)])

    async def begin(self, wish: BatchWish, *, origin: Origin = Origin.MADE) -> Batch:
        """Open a batch that will be filled in chunks."""
        batch = self._batch(wish, origin)
        await self.store.reading.vouchers.add_batch(batch)
        return batch

    async def fill(self, batch: Batch) -> AsyncIterator[list[str]]:
        """Make what the batch still lacks, giving the codes of each chunk once they are kept.

        A code that was there already is rolled again. Stopped half way, call it again with the batch as it then is.
        """
        vouchers = self.store.reading.vouchers
        lacking = batch.asked - await vouchers.count_codes(batch.id)
        while lacking > 0:
            codes = make_codes(self.chance, min(CHUNK, lacking))
            taken = set(await vouchers.add_codes(batch, codes))
            kept = [code for code in codes if code not in taken] if taken else codes
            await vouchers.count_made(batch.id, len(kept))
            lacking -= len(kept)
            yield kept

    def _batch(self, wish: BatchWish, origin: Origin) -> Batch:
        at = self.clock()
        return Batch(
            id=BatchId(new_id(at, self.chance)),
            programme_id=wish.programme_id,
            campaign=wish.campaign,
            offer_id=wish.offer_id,
            origin=origin,
            asked=wish.asked,
            created_at=at,
            uses_per_code=wish.uses_per_code,
            uses_per_member=wish.uses_per_member,
            valid_from=wish.valid_from,
            valid_until=wish.valid_until,
            refill=wish.refill,
            request_key=wish.request_key,
        )
