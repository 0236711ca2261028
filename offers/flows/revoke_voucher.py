"""Revoke a voucher code: nobody may use it from now on, and what is held of it is let go."""

from dataclasses import dataclass, replace

from offers.flows.find_voucher import FindVoucher
from offers.flows.release_takes import release
from offers.model.clock import Clock
from offers.model.ids import ProgrammeId
from offers.model.take import TakeKind
from offers.model.voucher import VoucherSight
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class RevokeVoucher:
    """Revoking twice is revoking once; uses that were settled stay. Raises VoucherTypo, UnknownVoucher, Busy."""

    store: Store
    clock: Clock

    async def __call__(self, programme_id: ProgrammeId, text: str) -> VoucherSight:
        sight = await FindVoucher(self.store, self.clock)(programme_id, text)

        async def revoke(work: Work) -> VoucherSight:
            at = self.clock()
            for take in await work.takes.held_of(TakeKind.VOUCHER, sight.voucher.id):
                await release(work, take, at=at)
            await work.vouchers.revoke(sight.voucher.id, at=at)
            now = await work.vouchers.get(sight.voucher.id)
            return replace(sight, voucher=now or sight.voucher)

        return await self.store.transact(revoke)
