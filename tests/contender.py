"""One process of a crowd: it lets many takers at once want something there is too little of, whenever it is told.

`python -m tests.contender URI` reads rushes as lines of JSON. To each it answers `ready`, waits for one more line, so
that every process of the crowd begins at the same moment, and answers how its takers fared.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pymongo import AsyncMongoClient

from offers.flows.hold_budgets import HoldBudgets
from offers.flows.redeem_coupon import RedeemCoupon
from offers.flows.redeem_voucher import RedeemVoucher
from offers.flows.shared_looks import shared
from offers.model.budget import Ask, BudgetId
from offers.model.coupon import CouponId
from offers.model.errors import Busy, OfferError
from offers.model.ids import MemberId
from offers.model.take import Taker
from offers.store.store import Store
from service.cancellation import keep_cancellations
from service.now import now
from tests.contending_tills import PROGRAMME, buy_with_a_point, sell, sell_by_quote

PATIENCE_S = 200.0
"""How long a taker who is told to try again does so, each time after a longer pause, as a till does."""
LONGEST_PAUSES = 30.0
TOOK = "took"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rush:
    """`count` takers, numbered from `first`, who all want `target`; those who buy do it with `cards`, in turn."""

    database: str
    kind: str
    target: str
    first: int
    count: int
    cards: list[str]


async def take_of_budget(store: Store, rush: Rush, number: int) -> str:
    budget = await shared(lambda: store.reading.budgets.get(BudgetId(rush.target)), store.database.name, rush.target)
    assert budget is not None
    await HoldBudgets(store, now)(
        [Ask(budget=budget, amount=1)], _taker(number), cause=_cause(rush, number), until=None
    )
    return TOOK


async def redeem_voucher(store: Store, rush: Rush, number: int) -> str:
    await RedeemVoucher(store, now)(_taker(number), rush.target, cause=_cause(rush, number))
    return TOOK


async def redeem_coupon(store: Store, rush: Rush, number: int) -> str:
    await RedeemCoupon(store, now)(CouponId(rush.target), _taker(number), cause=_cause(rush, number))
    return TOOK


async def redeem_points(store: Store, rush: Rush, number: int) -> str:
    return await buy_with_a_point(store, rush.target, _cause(rush, number))


async def check_out(store: Store, rush: Rush, number: int) -> str:
    return await sell(store, rush.cards[number % len(rush.cards)], _cause(rush, number))


async def check_out_a_quote(store: Store, rush: Rush, number: int) -> str:
    return await sell_by_quote(store, rush.cards[number % len(rush.cards)], _cause(rush, number), held=number % 2 == 0)


KINDS: dict[str, Callable[[Store, Rush, int], Awaitable[str]]] = {
    "budget": take_of_budget,
    "voucher": redeem_voucher,
    "coupon": redeem_coupon,
    "points": redeem_points,
    "checkout": check_out,
    "quote": check_out_a_quote,
}


def _taker(number: int) -> Taker:
    return Taker(programme_id=PROGRAMME, member_id=MemberId(f"m{number}"))


def _cause(rush: Rush, number: int) -> str:
    return f"{rush.target}-{number}"


async def fare(store: Store, rush: Rush, number: int) -> str:
    """Want it until there is an answer: the code of the refusal, or what became of it."""
    deadline, longer = time.monotonic() + PATIENCE_S, 1.0
    while time.monotonic() < deadline:
        try:
            return await KINDS[rush.kind](store, rush, number)
        except Busy as busy:
            await asyncio.sleep(busy.retry_after_s * longer * random.uniform(0.5, 1.0))  # noqa: S311 - decides nothing
            longer = min(longer * 2, LONGEST_PAUSES)
        except OfferError as refusal:
            return refusal.code
    return Busy.code


async def serve(uri: str) -> None:
    keep_cancellations()
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        while line := await asyncio.to_thread(sys.stdin.readline):
            rush = Rush(**json.loads(line))
            store = Store(client, rush.database)
            await store.reading.takes.get("warm")
            say("ready")
            await asyncio.to_thread(sys.stdin.readline)
            takers = range(rush.first, rush.first + rush.count)
            fates = Counter(await asyncio.gather(*(fare(store, rush, number) for number in takers)))
            say(json.dumps(fates))


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the crowd reads it


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
