"""Returning goods on the cashier's page in Chromium, over the real API and store."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from offers.store.store import Store
from tests.cashier import COUNTER, PHONE, excuse_refusals, find_card, fits, sign_in
from tests.clock import SettableClock
from tests.doors.page_checks import check_contrast, check_labels
from tests.till_door import TillDoor, open_till_door

pytestmark = pytest.mark.browser
RETURNS = "**/v1/checkouts/*/returns"


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, clock) as opened:
        await opened.settle(opened.basket("before", amount=90_000))
        yield opened


async def sell(door: TillDoor, order: str = "A-17") -> Any:
    """A cake for 400 and four buns for 80 roubles, 60 of them paid with points: 96 stay on the card."""
    basket = door.basket(order, amount=40_000, points=60)
    basket["lines"][0]["sku"] = "cake"
    basket["lines"].append({"sku": "bun", "category": "bakery", "quantity": "4", "unit_price_minor": 8_000})
    response, receipt = await door.settle(basket)
    assert response.status == 201
    return receipt


async def find_sale(page: Page, order: str = "A-17") -> None:
    await page.click("#to-returns")
    await page.fill("#returns-order", order)
    await page.press("#returns-order", "Enter")


async def confirm(page: Page) -> None:
    await page.click("#returns-send")
    await page.click("#returns-dialog button[value=return]")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("width", [PHONE["width"], COUNTER["width"]])
async def test_some_goods_of_a_sale_come_back(
    door: TillDoor, page: Page, artifacts: Path, language: str, width: int
) -> None:
    async def picture(name: str) -> None:
        await page.screenshot(path=artifacts / f"returns-{language}-{width}-{name}.png", full_page=name != "ask")
        assert await fits(page), name

    await sell(door)
    await sign_in(page, door, language=language, width=width)
    await page.click("#to-returns")
    await picture("find")
    await page.fill("#returns-order", "A-17")
    await page.press("#returns-order", "Enter")
    await expect(page.locator("#returns-lines li")).to_have_count(2)
    await picture("sale")
    await page.check("#goods-1")
    await page.fill("#goods-1-much", "3")
    await page.check("#goods-0")
    await page.fill("#goods-0-much", "100,5" if language == "ru" else "100.5")
    await expect(page.locator("#returns-refund")).to_contain_text("312,11" if language == "ru" else "312.11")
    await picture("ticked")
    await check_labels(page)
    await check_contrast(page)
    await page.click("#returns-send")
    await picture("ask")
    await page.click("#returns-dialog button[value=return]")
    await expect(page.locator("#returned-refund")).to_contain_text("312,11" if language == "ru" else "312.11")
    await picture("done")
    await check_contrast(page)

    (made,) = (await returns_of(door))["returns"]
    assert (made["total_minor"], made["refund_minor"]) == (34_050, 31_211)
    await expect(page.locator("#returned-balance")).to_have_text(str(made["points"]["balance"]))
    await page.click("#returned-next")
    await expect(page.locator("#scan")).to_be_visible()


async def returns_of(door: TillDoor, order: str = "A-17") -> Any:
    async with door.ask("GET", "/v1/checkouts", params={"order_ref": order}) as response:
        (checkout,) = (await response.json())["checkouts"]
        return checkout


async def test_a_sale_comes_back_in_two_steps_to_the_last_kopeck(door: TillDoor, page: Page) -> None:
    receipt = await sell(door)
    await sign_in(page, door)
    await find_sale(page)
    await page.check("#goods-1")
    await page.fill("#goods-1-much", "1")
    await confirm(page)
    await expect(page.locator("#returned-refund")).to_be_visible()
    await page.click("#returned-next")

    await find_sale(page)
    await expect(page.locator("#returns-lines")).to_contain_text("3 left")
    await page.click("#returns-all")
    told = await page.inner_text("#returns-refund")
    await confirm(page)
    await expect(page.locator("#returned-refund")).to_have_text(told)

    checkout = await returns_of(door)
    assert (checkout["state"], checkout["refunded_minor"]) == ("returned", receipt["payable_minor"])
    assert await door.balance() == 90
    await page.click("#returned-next")
    await find_sale(page)
    await expect(page.locator("#alarm")).to_contain_text("returned already")


async def test_what_cannot_come_back_is_said_at_its_line(door: TillDoor, page: Page) -> None:
    await sell(door)
    await sign_in(page, door)
    await find_sale(page)

    await page.click("#returns-send")
    await expect(page.locator("#alarm")).to_contain_text("Tick what comes back")
    await page.check("#goods-0")
    await page.fill("#goods-0-much", "400.01")
    await expect(page.locator("#goods-0-error")).to_contain_text("more than is left")
    await page.check("#goods-1")
    await page.fill("#goods-1-much", "5")
    await expect(page.locator("#goods-1-error")).to_contain_text("from 1 to 4")
    await page.click("#returns-send")
    await expect(page.locator("#goods-0-much")).to_be_focused()
    assert (await returns_of(door))["returns"] == []


async def test_an_unknown_or_voided_sale_is_said_to_be_so(door: TillDoor, page: Page) -> None:
    receipt = await sell(door)
    async with door.ask("POST", f"/v1/checkouts/{receipt['checkout_id']}/void") as response:
        assert response.status == 200
    await sign_in(page, door)

    await find_sale(page, "never")
    await expect(page.locator("#alarm")).to_contain_text("No sale has this order number")
    await page.fill("#returns-order", "A-17")
    await page.press("#returns-order", "Enter")
    await expect(page.locator("#alarm")).to_contain_text("voided")


async def test_sales_of_two_days_under_one_number_are_told_apart(door: TillDoor, page: Page) -> None:
    await sell(door)
    await door.settle({**door.basket("A-17", amount=70_000), "at": "2026-03-10T09:00:00Z"})
    await sign_in(page, door)
    await find_sale(page)

    await expect(page.locator("#returns-found button")).to_have_count(2)
    await page.click("#returns-found button >> text=700")

    await expect(page.locator("#returns-lines li")).to_have_count(1)
    await expect(page.locator("#goods-0")).to_be_checked()


async def test_a_lost_answer_is_found_and_pays_out_once(door: TillDoor, page: Page, console_errors: list[str]) -> None:
    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort("connectionreset")

    await sell(door)
    await sign_in(page, door)
    await find_sale(page)
    await page.click("#returns-all")
    await page.route(RETURNS, lose_the_answer)

    await confirm(page)

    await expect(page.locator("#returned-notice")).to_contain_text("the goods were returned")
    assert len((await returns_of(door))["returns"]) == 1
    excuse_refusals(console_errors)


async def test_a_lost_request_is_sent_again_as_the_same_return(
    door: TillDoor, page: Page, console_errors: list[str]
) -> None:
    async def lose_the_request(route: Route) -> None:
        await route.abort("connectionreset")

    await sell(door)
    await sign_in(page, door)
    await find_sale(page)
    await page.click("#returns-all")
    await page.route(RETURNS, lose_the_request)
    await confirm(page)
    await expect(page.locator("#alarm")).to_contain_text("did not answer")
    await page.unroute(RETURNS)

    await confirm(page)

    await expect(page.locator("#returned-refund")).to_be_visible()
    assert len((await returns_of(door))["returns"]) == 1
    excuse_refusals(console_errors)


async def test_the_preview_is_what_the_service_quotes(door: TillDoor, page: Page) -> None:
    """The page counts at once and is put right by the service: here by points another till holds."""
    async with door.ask("POST", "/v1/quotes", json=await a_basket(door)) as response:
        quote = await response.json()
    assert quote["points"]["redeemable"] == 90
    await sign_in(page, door)
    await find_card(page, door)

    async with page.expect_response("**/v1/quotes") as answered:
        await page.fill("#amount", "300")

    assert (await (await answered.value).json())["payable_minor"] == 30_000
    await expect(page.locator("#preview-payable")).to_contain_text("300")


async def a_basket(door: TillDoor) -> dict[str, Any]:
    basket = door.basket(amount=30_000)
    del basket["order_ref"]
    return basket
