"""Tills of several processes at once want more than there is: points of one member, uses of one offer.

A thousand want a hundred where every test has to run, else a quarter of both.
"""

import os

import pytest

from offers.model.take import TakeState
from offers.store.store import Store
from service.now import now
from tests.clock import SettableClock
from tests.contending_tills import PROGRAMME
from tests.crowd import Crowd
from tests.faults.sweeping import proofs
from tests.ledger_house import LedgerHouse, open_ledger_house
from tests.rushes import CODES, limit_an_offer, open_points

EVERY_TEST = os.environ.get("TESSERA_ALL_TESTS") == "1"
CAP, TAKERS = (100, 1_000) if EVERY_TEST else (24, 240)
USES, SALES = 24, 240
"""Whole sales take their time; `make soak` has a thousand of them at once."""
MEMBERS = SALES // 5


async def open_house(store: Store, clock: SettableClock) -> LedgerHouse:
    """Open it at the time of day: the processes of a crowd have no other."""
    house = await open_ledger_house(store, clock)
    clock.set_to(now())
    return house


@pytest.mark.timeout(300)
async def test_many_at_once_spend_exactly_the_points_that_a_member_has(
    store: Store, clock: SettableClock, crowd: Crowd
) -> None:
    house = await open_house(store, clock)
    card = await open_points(house, 1, CAP)

    fates = await crowd.rush(store, "points", card, takers=TAKERS)

    assert fates == {"took": CAP, CODES["points"]: TAKERS - CAP}
    receipts = store.database["receipts"]
    assert await receipts.count_documents({"points_redeemed": 1}) == CAP == await receipts.count_documents({}) - 1
    await house.verify()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["checkout", "quote"])
async def test_sales_at_once_get_exactly_the_uses_of_an_offer_that_is_limited(
    store: Store, clock: SettableClock, crowd: Crowd, kind: str
) -> None:
    """Whoever comes too late pays the full price; nobody is refused."""
    house = await open_house(store, clock)
    await limit_an_offer(store, PROGRAMME, cap=USES)
    cards = [(await house.enrol(number)).card.id for number in range(MEMBERS)]

    fates = await crowd.rush(store, kind, kind, takers=SALES, cards=cards)

    assert fates == {"took": USES, CODES[kind]: SALES - USES}
    takes = store.database["takes"]
    assert await takes.count_documents({"state": TakeState.SETTLED.value}) == USES
    assert await takes.count_documents({"state": TakeState.HELD.value}) == 0
    receipts = store.database["receipts"]
    assert await receipts.count_documents({"offers.0": {"$exists": True}}) == USES
    assert await receipts.count_documents({}) == SALES
    (proof,) = await proofs(store)
    assert (proof.is_whole, proof.remaining, proof.out) == (True, 0, USES)
    await house.verify()
