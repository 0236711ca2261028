"""A thousand takers from several processes against a cap of a hundred: exactly a hundred get it."""

import asyncio
from datetime import timedelta

import pytest

from offers.flows.grant_coupon import Grant, GrantCoupon
from offers.flows.look_at_coupons import LookAtCoupons
from offers.flows.make_codes import BatchWish, MakeCodes
from offers.model.budget import Budget, BudgetId, Measure
from offers.model.coupon import Binding, CouponState, Every, Recurrence
from offers.model.programme import LocalText
from offers.model.take import TakeState
from offers.model.voucher import Origin
from offers.store.store import Store
from service.now import chance, now
from tests.clock import SettableClock
from tests.contending_tills import PROGRAMME
from tests.crowd import Crowd
from tests.faults.sweeping import proofs, sweep_until_nothing_is_held

CAP = 100
TAKERS = 1_000


def budget_of(cap: int, *, slices: int) -> Budget:
    return Budget(
        id=BudgetId("rush"),
        programme_id=PROGRAMME,
        owner="campaign:rush",
        name="rush",
        measure=Measure.USES,
        cap=cap,
        zone="UTC",
        created_at=now(),
        slices=slices,
    )


async def settled(store: Store) -> int:
    return await store.database["takes"].count_documents({"state": TakeState.SETTLED.value, "amount": 1})


@pytest.mark.parametrize("slices", [1, 16])
async def test_a_thousand_at_once_get_exactly_the_hundred_uses_of_a_budget(
    store: Store, crowd: Crowd, slices: int
) -> None:
    budget = budget_of(CAP, slices=slices)
    await store.reading.budgets.keep(budget)

    fates = await crowd.rush(store, "budget", budget.id, takers=TAKERS)

    assert fates == {"took": CAP, "budget_exhausted": TAKERS - CAP}
    assert await settled(store) == CAP
    (proof,) = await proofs(store)
    assert (proof.is_whole, proof.remaining, proof.out) == (True, 0, CAP)


async def test_a_thousand_at_once_get_exactly_the_hundred_uses_of_a_code(store: Store, crowd: Crowd) -> None:
    wish = BatchWish(programme_id=PROGRAMME, campaign="rush", offer_id="o", asked=1, uses_per_code=CAP)
    _, (code,) = await MakeCodes(store, now, chance).at_once(wish)

    fates = await crowd.rush(store, "voucher", code, takers=TAKERS)

    assert fates == {"took": CAP, "voucher_not_active": TAKERS - CAP}
    assert await settled(store) == CAP
    voucher = await store.reading.vouchers.find(PROGRAMME, code, Origin.MADE)
    assert voucher is not None
    assert voucher.left == 0


async def test_a_thousand_at_once_get_exactly_the_hundred_uses_of_a_coupon(store: Store, crowd: Crowd) -> None:
    grant = Grant(
        programme_id=PROGRAMME,
        owner=None,
        grant_key="rush",
        binding=Binding.NONE,
        offer_id="o",
        campaign=None,
        title=LocalText(ru="Кофе", en="Coffee"),
        recurrence=Recurrence(every=Every.ONCE, zone="UTC", uses_per_period=CAP),
    )
    coupon = await GrantCoupon(store, now, chance)(grant)

    fates = await crowd.rush(store, "coupon", coupon.id, takers=TAKERS)

    assert fates == {"took": CAP, "coupon_not_available": TAKERS - CAP}
    assert await settled(store) == CAP
    sight = await LookAtCoupons(store, now).one(PROGRAMME, coupon.id)
    assert (sight.now.state, sight.coupon.taken) == (CouponState.EXHAUSTED, CAP)


async def test_takers_killed_at_any_point_leak_nothing_and_take_nothing_twice(
    store: Store, mongo_uri: str, crowd: Crowd
) -> None:
    """What the dead left is out of nobody's hands after two minutes, and their causes may be asked for again."""
    takers = 240
    budget = budget_of(takers, slices=4)
    await store.reading.budgets.keep(budget)
    async with Crowd(mongo_uri) as doomed:
        await doomed.begin(store, "budget", budget.id, takers=takers)
        while not await store.database["takes"].count_documents({}):
            await asyncio.sleep(0.005)
        for process in doomed.processes:
            await asyncio.sleep(0.05)
            process.kill()
    left_behind = await unsettled(store)

    later = SettableClock(now() + timedelta(minutes=10))
    await sweep_until_nothing_is_held(store, later)

    (proof,) = await proofs(store)
    assert left_behind > 0, "nobody was caught in the middle: kill earlier"
    assert proof.is_whole, proof
    assert proof.out == await settled(store)
    assert await crowd.rush(store, "budget", budget.id, takers=takers) == {"took": takers}
    (proof,) = await proofs(store)
    assert (proof.is_whole, proof.remaining, proof.out) == (True, 0, takers)


async def unsettled(store: Store) -> int:
    return await store.database["takes"].count_documents({"state": {"$ne": TakeState.SETTLED.value}})
