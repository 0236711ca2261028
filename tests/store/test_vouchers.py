"""Voucher codes on the real MongoDB: made once, used as often as allowed."""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest

from offers.engine.refills import Returned
from offers.engine.voucher_codes import make_codes, shown
from offers.flows.make_codes import CHUNK, MakeCodes
from offers.flows.redeem_voucher import VoucherUse
from offers.flows.release_takes import ReleaseTakes
from offers.flows.return_takes import ReturnTakes
from offers.flows.revoke_voucher import RevokeVoucher
from offers.flows.settle_takes import SettleTakes
from offers.model.limit_errors import (
    BatchMismatch,
    HoldLapsed,
    VoucherMemberLimit,
    VoucherNotActive,
)
from offers.model.take import Refill, TakeState
from offers.model.voucher import Origin
from offers.store.store import Store
from tests.clock import SettableClock
from tests.voucher_shop import PROGRAMME, codes, redeem, wish


async def test_one_request_key_makes_one_batch(store: Store, clock: SettableClock) -> None:
    first = await codes(store, clock, request_key="k1")

    again = await codes(store, clock, request_key="k1")

    assert sorted(first) == again
    assert await store.database["vouchers"].count_documents({}) == 3
    with pytest.raises(BatchMismatch):
        await codes(store, clock, request_key="k1", asked=4)
    assert set(await codes(store, clock)).isdisjoint(first)


async def test_a_large_batch_is_filled_in_chunks_and_gone_on_with(store: Store, clock: SettableClock) -> None:
    make = MakeCodes(store, clock, secrets.token_bytes)
    batch = await make.begin(wish(asked=CHUNK + 500))
    stopped = make.fill(batch)
    first = await anext(stopped)
    assert isinstance(stopped, AsyncGenerator)
    await stopped.aclose()

    rest = [code async for chunk in make.fill(batch) for code in chunk]

    assert (len(first), len(rest)) == (CHUNK, 500)
    assert await store.reading.vouchers.count_codes(batch.id) == CHUNK + 500
    kept = await store.reading.vouchers.batch(batch.id)
    assert kept is not None
    assert kept.made == CHUNK + 500


async def test_a_code_that_was_there_already_is_rolled_again(store: Store, clock: SettableClock) -> None:
    """The first dice repeat, as chance would after millions of codes."""
    rolls = iter([bytes(7) + secrets.token_bytes(14)] * 2)
    taken = await codes(store, clock, asked=1, request_key=None) + make_codes(lambda _: bytes(7), 1)
    make = MakeCodes(
        store, clock, lambda size: next(rolls, secrets.token_bytes(21))[:size] if size > 7 else bytes(size)
    )
    first = await make.begin(wish(asked=3))
    one = [code async for chunk in make.fill(first) for code in chunk]
    second = MakeCodes(store, clock, secrets.token_bytes)
    batch = await second.begin(wish(asked=3))

    repeating = MakeCodes(store, clock, _dice_with(bytes(7)))
    two = [code async for chunk in repeating.fill(batch) for code in chunk]

    assert taken[1] in one
    assert len(two) == 3
    assert set(one).isdisjoint(two)


def _dice_with(first: bytes) -> Any:
    """Dice whose first roll begins with dice that were rolled before."""
    rolled: list[int] = []

    def roll(size: int) -> bytes:
        dice = secrets.token_bytes(size)
        if not rolled:
            dice = first + dice[len(first) :]
        rolled.append(size)
        return dice

    return roll


async def test_a_code_is_found_however_it_is_typed(store: Store, clock: SettableClock) -> None:
    code, *_ = await codes(store, clock)

    use = await redeem(store, clock, f"  {shown(code).lower()} ")

    assert use.sight.voucher.code == code
    assert use.take.state is TakeState.SETTLED


async def test_the_same_cause_uses_a_code_once(store: Store, clock: SettableClock) -> None:
    code, *_ = await codes(store, clock)

    first = await redeem(store, clock, code)
    again = await redeem(store, clock, code)

    assert first.take == again.take
    with pytest.raises(VoucherNotActive) as refusal:
        await redeem(store, clock, code, "b")
    assert refusal.value.state == "spent"


async def test_a_code_is_used_as_often_as_its_batch_says(store: Store, clock: SettableClock) -> None:
    code, *_ = await codes(store, clock, uses_per_code=20)

    answers = await asyncio.gather(
        *(redeem(store, clock, code, f"c{number}", member=f"m{number}") for number in range(60)),
        return_exceptions=True,
    )

    assert sum(isinstance(answer, VoucherUse) for answer in answers) == 20
    assert all(isinstance(answer, VoucherUse | VoucherNotActive) for answer in answers), answers


async def test_a_member_uses_a_shared_code_no_more_than_their_own_limit(store: Store, clock: SettableClock) -> None:
    code, *_ = await codes(store, clock, uses_per_code=100, uses_per_member=2)
    for cause in ("a", "b"):
        await redeem(store, clock, code, cause)

    with pytest.raises(VoucherMemberLimit) as refusal:
        await redeem(store, clock, code, "c")

    assert refusal.value.limit == 2
    await redeem(store, clock, code, "d", member="m2")
    voucher = await store.reading.vouchers.find(PROGRAMME, code, Origin.MADE)
    assert voucher is not None
    assert voucher.left == 97


async def test_a_held_code_is_settled_released_or_lapses(store: Store, clock: SettableClock) -> None:
    code, *_ = await codes(store, clock)
    await redeem(store, clock, code, "a", minutes=15)
    with pytest.raises(VoucherNotActive):
        await redeem(store, clock, code, "b", minutes=15)
    await ReleaseTakes(store, clock)("a")
    await redeem(store, clock, code, "b", minutes=15)
    clock.move(timedelta(minutes=16))

    held_again = await redeem(store, clock, code, "c", minutes=15)
    (settled,) = await SettleTakes(store, clock)("c")

    assert (held_again.take.state, settled.state) == (TakeState.HELD, TakeState.SETTLED)
    with pytest.raises(HoldLapsed):
        await SettleTakes(store, clock)("b")


async def test_a_held_code_of_a_member_is_settled_with_what_counts_the_member(
    store: Store, clock: SettableClock
) -> None:
    code, *_ = await codes(store, clock, uses_per_code=5, uses_per_member=1)
    await redeem(store, clock, code, "a", minutes=15)

    use = await redeem(store, clock, code, "a")

    assert use.take.state is TakeState.SETTLED
    assert {take.state for take in await store.reading.takes.of_cause("a")} == {TakeState.SETTLED}


@pytest.mark.parametrize(("refill", "left"), [(Refill.NEVER, 0), (Refill.FULL_RETURN_ONLY, 1), (Refill.ALWAYS, 1)])
async def test_a_returned_purchase_frees_its_code_as_the_batch_says(
    store: Store, clock: SettableClock, refill: Refill, left: int
) -> None:
    code, *_ = await codes(store, clock, refill=refill)
    await redeem(store, clock, code)

    await ReturnTakes(store, clock)("a", Returned(returned_minor=1, total_minor=2))
    await ReturnTakes(store, clock)("a", Returned(returned_minor=2, total_minor=2))

    voucher = await store.reading.vouchers.find(PROGRAMME, code, Origin.MADE)
    assert voucher is not None
    assert voucher.left == left


async def test_a_revoked_code_is_refused_and_what_was_held_of_it_is_let_go(store: Store, clock: SettableClock) -> None:
    code, *_ = await codes(store, clock)
    await redeem(store, clock, code, minutes=15)

    sight = await RevokeVoucher(store, clock)(PROGRAMME, code)
    again = await RevokeVoucher(store, clock)(PROGRAMME, code)

    assert sight.voucher.revoked_at == again.voucher.revoked_at == clock()
    with pytest.raises(VoucherNotActive) as refusal:
        await redeem(store, clock, code, "b")
    assert refusal.value.state == "revoked"
    with pytest.raises(HoldLapsed):
        await SettleTakes(store, clock)("a")


async def test_a_code_works_within_its_dates_only(store: Store, clock: SettableClock) -> None:
    day = timedelta(days=1)
    code, *_ = await codes(store, clock, valid_from=clock() + day, valid_until=clock() + 2 * day)

    with pytest.raises(VoucherNotActive) as early:
        await redeem(store, clock, code)
    clock.move(2 * day)
    with pytest.raises(VoucherNotActive) as late:
        await redeem(store, clock, code)
    clock.move(-day)
    await redeem(store, clock, code)

    assert (early.value.state, late.value.state) == ("not_yet", "expired")
