"""Find a voucher by what somebody typed, telling a typing mistake from a guess, and hold guessers back."""

from collections.abc import Mapping
from dataclasses import dataclass

from offers.engine.throttling import PENALTIES, wait_s
from offers.engine.voucher_codes import Reading, fold_foreign, normalise, read
from offers.flows.shared_looks import shared
from offers.model.clock import Clock
from offers.model.ids import ProgrammeId
from offers.model.limit_errors import UnknownVoucher, VoucherThrottled, VoucherTypo
from offers.model.throttle import Guesser
from offers.model.voucher import MAX_CODE_INPUT, Batch, BatchId, Origin, Voucher, VoucherSight
from offers.store.store import Store

Guessers = Mapping[Guesser, str]
"""Who typed a code: device, member, outlet, as far as they are known."""


@dataclass(frozen=True, slots=True)
class FindVoucher:
    """Find a code, made here or imported.

    One whose check symbol fails is a typing mistake and costs nothing. One that has the right check symbol and is not
    there was made up: device, member and outlet each wait before they may ask again.
    Raises VoucherTypo, UnknownVoucher, VoucherThrottled.
    """

    store: Store
    clock: Clock

    async def __call__(self, programme_id: ProgrammeId, text: str, guessers: Guessers | None = None) -> VoucherSight:
        keys = {kind: throttle_key(programme_id, kind, who) for kind, who in (guessers or {}).items()}
        await self._hold_back(list(keys.values()))
        voucher, reading = await self._look(programme_id, text)
        if voucher is not None:
            batch = await self._batch(voucher.batch_id)
            if batch is not None:
                return VoucherSight(voucher=voucher, batch=batch)
        if await self._is_guess(programme_id, reading):
            at = self.clock()
            for kind, key in keys.items():
                await self.store.reading.throttles.strike(key, PENALTIES[kind], at=at)
            raise UnknownVoucher
        raise VoucherTypo

    async def _hold_back(self, keys: list[str]) -> None:
        if keys and (pause := wait_s(await self.store.reading.throttles.find(keys), self.clock())):
            raise VoucherThrottled(retry_after_s=pause)

    async def _look(self, programme_id: ProgrammeId, text: str) -> tuple[Voucher | None, Reading]:
        if len(text) > MAX_CODE_INPUT:
            return None, Reading.FOREIGN
        code = normalise(text)
        reading = read(code)
        found = await self._kept(programme_id, code, Origin.MADE) if reading is Reading.WHOLE else None
        return found or await self._kept(programme_id, fold_foreign(text), Origin.IMPORTED), reading

    async def _kept(self, programme_id: ProgrammeId, code: str, origin: Origin) -> Voucher | None:
        vouchers = self.store.reading.vouchers
        of = (self.store.database.name, "code", programme_id, code, origin.value)
        return await shared(lambda: vouchers.find(programme_id, code, origin), *of)

    async def _batch(self, batch_id: BatchId) -> Batch | None:
        vouchers = self.store.reading.vouchers
        return await shared(lambda: vouchers.batch(batch_id), self.store.database.name, "batch", batch_id)

    async def _is_guess(self, programme_id: ProgrammeId, reading: Reading) -> bool:
        """Imported codes have no check symbol, so where there are some, what is no code of ours counts as a guess."""
        if reading is Reading.FOREIGN:
            return await self.store.reading.vouchers.has_imported(programme_id)
        return reading is Reading.WHOLE


def throttle_key(programme_id: ProgrammeId, kind: Guesser, who: str) -> str:
    return f"{programme_id}:{kind}:{who}"
