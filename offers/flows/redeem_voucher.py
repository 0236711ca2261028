"""Redeem a voucher code, or hold it for a purchase: one conditional write on the code, under the key of its cause."""

from dataclasses import dataclass
from datetime import datetime

from offers.flows.draw import TRY_LASTS, Draw, Placed, find_take
from offers.flows.find_voucher import FindVoucher, Guessers
from offers.flows.hold_budgets import HoldBudgets
from offers.flows.release_takes import ReleaseLapsed, release
from offers.flows.settle_takes import settle_takes
from offers.flows.shared_looks import shared
from offers.model.budget import Ask, Budget, BudgetId, CountedFor, Measure
from offers.model.clock import Clock
from offers.model.errors import OfferError
from offers.model.limit_errors import BudgetExhausted, UnknownVoucher, VoucherMemberLimit, VoucherNotActive
from offers.model.take import Take, TakeKind, Taker, TakeState
from offers.model.voucher import VoucherId, VoucherSight, VoucherState
from offers.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherUse:
    """A use of a code: which code it is, and what was taken of it."""

    sight: VoucherSight
    take: Take


@dataclass(frozen=True, slots=True)
class RedeemVoucher:
    """Take once: the same cause and code again give the same use.

    Holds of this code whose time is over are released before anybody is refused.
    Raises VoucherTypo, UnknownVoucher, VoucherThrottled, VoucherNotActive, VoucherMemberLimit, HoldLapsed, Busy.
    """

    store: Store
    clock: Clock

    async def __call__(
        self, taker: Taker, text: str, *, cause: str, guessers: Guessers | None = None, until: datetime | None = None
    ) -> VoucherUse:
        """Redeem at once; with `until` hold until then, to be settled or released by the cause."""
        sight = await FindVoucher(self.store, self.clock)(taker.programme_id, text, guessers)
        key = take_key(cause, sight.voucher.id)
        earlier = await find_take(self.store, key)
        if earlier is None or not earlier.is_out:
            earlier = await self._hold(sight, taker, cause, until or self.clock() + TRY_LASTS)
        if earlier.state is TakeState.HELD and until is None:
            keys, at = _keys(cause, sight), self.clock()
            settled = await self.store.transact(lambda work: settle_takes(work, cause, at=at, keys=keys))
            earlier = next(take for take in settled if take.key == key)
        return VoucherUse(sight=sight, take=earlier)

    async def hold(self, voucher_id: VoucherId, taker: Taker, *, cause: str, until: datetime) -> Take:
        """Hold a code that was found before. Raises UnknownVoucher too."""
        voucher = await self.store.reading.vouchers.get(voucher_id)
        batch = await self.store.reading.vouchers.batch(voucher.batch_id) if voucher else None
        if voucher is None or batch is None or batch.programme_id != taker.programme_id:
            raise UnknownVoucher
        earlier = await self.store.reading.takes.get(take_key(cause, voucher_id))
        if earlier is not None and earlier.is_out:
            return earlier
        return await self._hold(VoucherSight(voucher=voucher, batch=batch), taker, cause, until)

    async def _hold(self, sight: VoucherSight, taker: Taker, cause: str, until: datetime) -> Take:
        """Count the member first: the code itself is what many want. Who comes too late waits for no turn at it."""
        own = own_budget(sight)
        counted = None
        await self._check(sight)
        if own is not None:
            try:
                counted = await HoldBudgets(self.store, self.clock).one(
                    Ask(budget=own, amount=1), taker, cause=cause, until=until
                )
            except BudgetExhausted as refusal:
                raise VoucherMemberLimit(limit=own.cap) from refusal

        async def place() -> Placed:
            await self._check(sight)
            take = _new_take(sight, taker, cause=cause, at=self.clock())
            return Placed(take=take, write=self.store.reading.vouchers.draw)

        try:
            key, wanted = take_key(cause, sight.voucher.id), sight.voucher.id
            return await Draw(self.store, self.clock)(key, place, wanted=wanted, until=until)
        except OfferError:
            if counted is not None:
                await self.store.transact(lambda work: release(work, counted, at=self.clock()))
            raise

    async def _check(self, sight: VoucherSight) -> None:
        """Refuse by what is there now, before anything is written: thousands may ask for one code that is used up."""
        vouchers, voucher_id = self.store.reading.vouchers, sight.voucher.id
        voucher = await shared(lambda: vouchers.get(voucher_id), self.store.database.name, "voucher", voucher_id)
        state = VoucherSight(voucher=voucher or sight.voucher, batch=sight.batch).state(self.clock())
        if state is VoucherState.ACTIVE:
            return
        if state is VoucherState.SPENT and await ReleaseLapsed(self.store, self.clock).of(source=voucher_id):
            return
        raise VoucherNotActive(state=state)


def take_key(cause: str, voucher_id: VoucherId) -> str:
    return f"{cause}:voucher:{voucher_id}"


def own_budget(sight: VoucherSight) -> Budget | None:
    """Give the budget that counts what one member does with this code; uses without a member are counted as one's."""
    batch = sight.batch
    if batch.uses_per_member is None:
        return None
    return Budget(
        id=BudgetId(f"own:{sight.voucher.id}"),
        programme_id=batch.programme_id,
        owner=f"batch:{batch.id}",
        name=batch.campaign,
        measure=Measure.USES,
        cap=batch.uses_per_member,
        zone="UTC",
        created_at=batch.created_at,
        counted_for=CountedFor.MEMBER,
        refill=batch.refill,
    )


def _new_take(sight: VoucherSight, taker: Taker, *, cause: str, at: datetime) -> Take:
    return Take(
        key=take_key(cause, sight.voucher.id),
        cause=cause,
        kind=TakeKind.VOUCHER,
        programme_id=taker.programme_id,
        source=sight.voucher.id,
        pocket=sight.batch.id,
        amount=1,
        state=TakeState.TRYING,
        at=at,
        member_id=taker.member_id,
        outlet_id=taker.outlet_id,
        refill=sight.batch.refill,
    )


def _keys(cause: str, sight: VoucherSight) -> list[str]:
    budget = own_budget(sight)
    return [take_key(cause, sight.voucher.id), *([f"{cause}:{budget.id}"] if budget else [])]
