"""How the till's page reads amounts, in Chromium: without fractions, as people write them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page

from offers.store.store import Store
from tests.clock import SettableClock
from tests.till_door import TillDoor, open_till_door

pytestmark = pytest.mark.browser

READ = """async cases => {
  const { readAmount } = await import("/static/till/amounts.js");
  return cases.map(([text, digits]) => readAmount(text, digits));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, clock) as opened:
        yield opened


async def test_amounts_are_read_as_people_write_them(door: TillDoor, page: Page) -> None:
    await page.goto(f"{door.url}/till")
    cases = [
        ("250", 2, 25_000),
        ("250,5", 2, 25_050),
        ("250.05", 2, 25_005),
        ("1 234,56", 2, 123_456),
        ("1\N{NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567,89", 2, 123_456_789),
        (",50", 2, 50),
        ("7.", 2, 700),
        ("0.29", 2, 29),  # 0.29 * 100 is 28.999… in fractions
        ("9999999999.99", 2, 999_999_999_999),
        ("350", 0, 350),
        ("1,5", 3, 1_500),
        ("", 2, "amount_empty"),
        ("  ", 2, "amount_empty"),
        ("0,00", 2, "amount_zero"),
        ("1,234", 2, "amount_decimals"),
        ("1.5", 0, "amount_decimals"),
        ("1,234.56", 2, "amount_unclear"),
        ("-5", 2, "amount_unclear"),
        ("1e5", 2, "amount_unclear"),
        ("١", 2, "amount_unclear"),
        ("ten", 2, "amount_unclear"),
        (",", 2, "amount_unclear"),
        ("99999999999", 2, "amount_huge"),
        ("9" * 24, 2, "amount_unclear"),
    ]

    read = await page.evaluate(READ, [[text, digits] for text, digits, _ in cases])

    assert [answer.get("minor", answer.get("fault")) for answer in read] == [expected for *_, expected in cases]
