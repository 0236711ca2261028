"""A thousand takers from several processes against a cap of a hundred: exactly a hundred get it."""

import asyncio
import json
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from offers.flows.grant_coupon import Grant, GrantCoupon
from offers.flows.look_at_budgets import LookAtBudgets
from offers.flows.look_at_coupons import LookAtCoupons
from offers.flows.make_codes import BatchWish, MakeCodes
from offers.flows.mend_marks import MendMarks
from offers.flows.release_takes import ReleaseLapsed
from offers.model.budget import Budget, BudgetId, Measure
from offers.model.coupon import Binding, CouponState, Every, Recurrence
from offers.model.programme import LocalText
from offers.model.take import TakeState
from offers.model.voucher import Origin
from offers.store.store import Store
from service.now import chance, now
from tests.clock import SettableClock
from tests.contender import PROGRAMME

PROJECT = Path(__file__).resolve().parents[2]
CAP = 100
TAKERS = 1_000
PROCESSES = 4
WARM_UP_S = 4.0
REFUSALS = {"budget": "budget_exhausted", "voucher": "voucher_not_active", "coupon": "coupon_not_available"}


async def contender(
    store: Store, mongo_uri: str, kind: str, target: str, *, first: int, count: int, start: float
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.contender", mongo_uri, store.database.name, kind, target),
        *(str(first), str(count), str(start)),
        stdout=asyncio.subprocess.PIPE,
        cwd=PROJECT,
    )


async def rush(store: Store, mongo_uri: str, kind: str, target: str, *, takers: int = TAKERS) -> Counter[str]:
    share, start = takers // PROCESSES, time.time() + WARM_UP_S
    processes = [
        await contender(store, mongo_uri, kind, target, first=number * share, count=share, start=start)
        for number in range(PROCESSES)
    ]
    fates: Counter[str] = Counter()
    for process in processes:
        told, _ = await process.communicate()
        assert process.returncode == 0
        fates.update(json.loads(told))
    return fates


async def settled(store: Store) -> int:
    return await store.database["takes"].count_documents({"state": TakeState.SETTLED.value, "amount": 1})


@pytest.mark.parametrize("slices", [1, 16])
async def test_a_thousand_at_once_get_exactly_the_hundred_uses_of_a_budget(
    store: Store, mongo_uri: str, slices: int
) -> None:
    budget = Budget(
        id=BudgetId("rush"),
        programme_id=PROGRAMME,
        owner="campaign:rush",
        name="rush",
        measure=Measure.USES,
        cap=CAP,
        zone="UTC",
        created_at=now(),
        slices=slices,
    )
    await store.reading.budgets.keep(budget)

    fates = await rush(store, mongo_uri, "budget", budget.id)

    assert fates == {"took": CAP, REFUSALS["budget"]: TAKERS - CAP}
    assert await settled(store) == CAP
    (proof,) = [proof async for proof in LookAtBudgets(store, now).prove()]
    assert (proof.is_whole, proof.remaining, proof.out) == (True, 0, CAP)


async def test_a_thousand_at_once_get_exactly_the_hundred_uses_of_a_code(store: Store, mongo_uri: str) -> None:
    wish = BatchWish(programme_id=PROGRAMME, campaign="rush", offer_id="o", asked=1, uses_per_code=CAP)
    _, (code,) = await MakeCodes(store, now, chance).at_once(wish)

    fates = await rush(store, mongo_uri, "voucher", code)

    assert fates == {"took": CAP, REFUSALS["voucher"]: TAKERS - CAP}
    assert await settled(store) == CAP
    voucher = await store.reading.vouchers.find(PROGRAMME, code, Origin.MADE)
    assert voucher is not None
    assert voucher.left == 0


async def test_a_thousand_at_once_get_exactly_the_hundred_uses_of_a_coupon(store: Store, mongo_uri: str) -> None:
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

    fates = await rush(store, mongo_uri, "coupon", coupon.id)

    assert fates == {"took": CAP, REFUSALS["coupon"]: TAKERS - CAP}
    assert await settled(store) == CAP
    sight = await LookAtCoupons(store, now).one(PROGRAMME, coupon.id)
    assert (sight.now.state, sight.coupon.taken) == (CouponState.EXHAUSTED, CAP)


async def test_takers_killed_at_any_point_leak_nothing_and_take_nothing_twice(store: Store, mongo_uri: str) -> None:
    """What the dead left is out of nobody's hands after two minutes, and their causes may be asked for again."""
    takers = 240
    budget = Budget(
        id=BudgetId("rush"),
        programme_id=PROGRAMME,
        owner="campaign:rush",
        name="rush",
        measure=Measure.USES,
        cap=takers,
        zone="UTC",
        created_at=now(),
        slices=4,
    )
    await store.reading.budgets.keep(budget)
    share, start = takers // PROCESSES, time.time() + WARM_UP_S
    doomed = [
        await contender(store, mongo_uri, "budget", budget.id, first=number * share, count=share, start=start)
        for number in range(PROCESSES)
    ]
    while not await store.database["takes"].count_documents({}):
        await asyncio.sleep(0.005)
    for process in doomed:
        await asyncio.sleep(0.05)
        process.kill()
    await asyncio.gather(*(process.wait() for process in doomed))
    left_behind = await store.database["takes"].count_documents({"state": {"$ne": TakeState.SETTLED.value}})

    later = SettableClock(now() + timedelta(minutes=10))
    while await ReleaseLapsed(store, later)():
        pass
    await MendMarks(store, later)()

    (proof,) = [proof async for proof in LookAtBudgets(store, later).prove()]
    assert left_behind > 0, "nobody was caught in the middle: kill earlier"
    assert proof.is_whole, proof
    assert proof.out == await settled(store)
    assert await rush(store, mongo_uri, "budget", budget.id, takers=takers) == {"took": takers}
    (proof,) = [proof async for proof in LookAtBudgets(store, later).prove()]
    assert (proof.is_whole, proof.remaining, proof.out) == (True, 0, takers)
