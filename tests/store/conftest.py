"""Fixtures of the tests on MongoDB."""

import pytest

from offers.store.store import Store
from tests.clock import SettableClock
from tests.ledger_house import LedgerHouse, open_ledger_house


@pytest.fixture
async def house(store: Store, clock: SettableClock) -> LedgerHouse:
    return await open_ledger_house(store, clock)
