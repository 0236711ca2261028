"""The arithmetic of the till's page in Chromium: amounts without fractions, and a preview that the service confirms."""

import random
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from offers.engine.levels import discount_bp
from offers.model.purchase import Line
from offers.store.store import Store
from tests.clock import SettableClock
from tests.till_door import TillDoor, open_till_door
from tests.unit.accounts import purchase
from tests.unit.priced import price

pytestmark = pytest.mark.browser

READ = """async cases => {
  const { readAmount } = await import("/static/till/amounts.js");
  return cases.map(([text, digits]) => readAmount(text, digits));
}"""
FORETELL = """async cases => {
  const { mostPoints, preview } = await import("/static/till/amounts.js");
  return cases.map(({ minor, card }) => {
    const most = mostPoints(minor, card);
    return { most, ...preview(minor, most, card) };
  });
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, clock) as opened:
        yield opened


async def test_amounts_are_read_as_people_write_them(page: Page, door: TillDoor) -> None:
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


async def test_the_preview_is_what_the_service_decides(page: Page, door: TillDoor) -> None:
    await page.goto(f"{door.url}/till")
    dice = random.Random(11)  # noqa: S311 - the same purchases every time
    programme = door.opened.programme
    terms = programme.terms
    cases: list[dict[str, Any]] = []
    for _ in range(500):
        spend_minor = dice.choice([0, 100_000, 1_000_000])
        card = {
            "balance": dice.choice([0, 1, dice.randrange(10**6), 10**9]),
            "discount_bp": discount_bp(terms, spend_minor),
            "accrual_bp": terms.accrual_bp,
            "redemption": {
                "point_value_minor": terms.point_value_minor,
                "redemption_limit_bp": terms.redemption_limit_bp,
            },
        }
        cases.append({"minor": dice.randrange(1, 10 ** dice.randrange(1, 13)), "card": card, "spend": spend_minor})

    foretold = await page.evaluate(FORETELL, cases)

    for case, shown in zip(cases, foretold, strict=True):
        line = Line(sku="amount", category="c", quantity=Decimal(1), unit_price_minor=case["minor"])
        asked = purchase([line], points=shown.pop("most"))
        decision = price(programme, asked, spend_minor=case["spend"], points_available=case["card"]["balance"])
        assert decision.redeemable_points == asked.points_to_redeem
        assert {name: getattr(decision, name) for name in shown} == shown
