"""One process of a rush: so many takers at once want something there is too little of.

`python -m tests.contender URI DATABASE KIND TARGET FIRST COUNT START` waits for the instant START (seconds since 1970),
lets COUNT takers numbered from FIRST take at once, and prints how they fared, as JSON.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

from pymongo import AsyncMongoClient

from offers.flows.hold_budgets import HoldBudgets
from offers.flows.redeem_coupon import RedeemCoupon
from offers.flows.redeem_voucher import RedeemVoucher
from offers.model.budget import Ask, BudgetId
from offers.model.coupon import CouponId
from offers.model.errors import Busy, OfferError
from offers.model.ids import MemberId, ProgrammeId
from offers.model.take import Taker
from offers.store.store import Store
from service.now import now

PROGRAMME = ProgrammeId("p1")
PATIENCE = 20
"""How often a taker who was told to try again does so."""


async def take_once(store: Store, kind: str, target: str, number: int) -> None:
    taker, cause = Taker(programme_id=PROGRAMME, member_id=MemberId(f"m{number}")), f"rush-{number}"
    if kind == "budget":
        budget = await store.reading.budgets.get(BudgetId(target))
        assert budget is not None
        await HoldBudgets(store, now)([Ask(budget=budget, amount=1)], taker, cause=cause, until=None)
    elif kind == "voucher":
        await RedeemVoucher(store, now)(taker, target, cause=cause)
    else:
        await RedeemCoupon(store, now)(CouponId(target), taker, cause=cause)


async def fare(store: Store, kind: str, target: str, number: int) -> str:
    for _ in range(PATIENCE):
        try:
            await take_once(store, kind, target, number)
        except Busy as busy:
            await asyncio.sleep(busy.retry_after_s)
        except OfferError as refusal:
            return refusal.code
        else:
            return "took"
    return Busy.code


async def rush(uri: str, database: str, kind: str, target: str, *, takers: range, start: float) -> Counter[str]:
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        store = Store(client, database)
        await store.reading.takes.get("warm")
        await asyncio.sleep(max(0.0, start - time.time()))
        return Counter(await asyncio.gather(*(fare(store, kind, target, number) for number in takers)))


def main() -> None:
    uri, database, kind, target, first, count, start = sys.argv[1:]
    takers = range(int(first), int(first) + int(count))
    fates = asyncio.run(rush(uri, database, kind, target, takers=takers, start=float(start)))
    print(json.dumps(fates))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
