"""The cashier's page when the network breaks: an order is settled once, and the page finds out what happened."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from offers.store.store import Store
from tests.cashier import excuse_refusals, find_card, sign_in
from tests.clock import SettableClock
from tests.till_door import TillDoor, open_till_door

pytestmark = pytest.mark.browser
CHECKOUTS = "**/v1/checkouts"
ASKING = "**/v1/checkouts?*"
QUOTES = "**/v1/quotes"


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, present: SettableClock) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, present) as opened:
        yield opened


async def lose_the_answer(route: Route) -> None:
    """The request arrives and is carried out; its answer never comes back."""
    await route.fetch()
    await route.abort("connectionreset")


async def lose_the_request(route: Route) -> None:
    await route.abort("connectionreset")


async def enter_amount(page: Page, door: TillDoor, amount: str = "250") -> None:
    await sign_in(page, door)
    await find_card(page, door)
    await page.fill("#amount", amount)


async def receipts(door: TillDoor) -> int:
    return len(await door.store.reading.receipts.last_of(door.enrolment.member.id, limit=10))


async def test_a_lost_answer_is_asked_for_and_the_receipt_shown(
    door: TillDoor, page: Page, artifacts: Path, console_errors: list[str]
) -> None:
    await enter_amount(page, door)
    await page.route(CHECKOUTS, lose_the_answer)

    await page.click("#settle")

    await expect(page.locator("#receipt-notice")).to_contain_text("the sale was settled")
    await expect(page.locator("#payable")).to_have_text("RUB\N{NO-BREAK SPACE}250")
    await page.screenshot(path=artifacts / "till-recovered.png")
    assert await receipts(door) == 1
    excuse_refusals(console_errors)


async def test_a_lost_request_is_told_apart_and_sent_again_as_the_same_order(
    door: TillDoor, page: Page, artifacts: Path, console_errors: list[str]
) -> None:
    await enter_amount(page, door)
    order = await page.inner_text("#order-shown")
    await page.route(CHECKOUTS, lose_the_request)
    await page.click("#settle")
    await expect(page.locator("#alarm")).to_contain_text("The sale was not settled")
    await page.screenshot(path=artifacts / "till-not-settled.png")
    assert await receipts(door) == 0

    await page.unroute(CHECKOUTS)
    await page.click("#settle")

    await expect(page.locator("#receipt-order")).to_have_text(order)
    assert await receipts(door) == 1
    excuse_refusals(console_errors)


async def test_while_nobody_knows_the_outcome_the_sale_cannot_be_left(
    door: TillDoor, page: Page, console_errors: list[str]
) -> None:
    await enter_amount(page, door)
    await page.route(CHECKOUTS, lose_the_answer)
    await page.route(ASKING, lose_the_request)
    await page.click("#settle")
    await expect(page.locator("#alarm")).to_contain_text("never charged twice")

    await page.click("#back")
    await expect(page.locator("#alarm")).to_contain_text("never charged twice")
    await expect(page.locator("#sale")).to_be_visible()
    await page.unroute(ASKING)
    await page.unroute(CHECKOUTS)
    await page.click("#back")

    await expect(page.locator("#receipt-notice")).to_contain_text("the sale was settled")
    assert await receipts(door) == 1
    excuse_refusals(console_errors)


async def test_an_amount_changed_after_a_lost_answer_does_not_settle_the_order_twice(
    door: TillDoor, page: Page, console_errors: list[str]
) -> None:
    await enter_amount(page, door)
    await page.route(CHECKOUTS, lose_the_answer)
    await page.route(ASKING, lose_the_request)
    await page.click("#settle")
    await expect(page.locator("#alarm")).to_contain_text("never charged twice")
    await page.unroute(ASKING)
    await page.unroute(CHECKOUTS)

    await page.fill("#amount", "300")
    await page.click("#settle")

    await expect(page.locator("#receipt-notice")).to_contain_text("already settled, with other numbers")
    await expect(page.locator("#payable")).to_have_text("RUB\N{NO-BREAK SPACE}250")
    assert await receipts(door) == 1
    excuse_refusals(console_errors)


async def test_a_reload_goes_on_with_the_sale_or_with_what_became_of_it(
    door: TillDoor, page: Page, console_errors: list[str]
) -> None:
    await enter_amount(page, door, "77.70")
    order = await page.inner_text("#order-shown")
    await page.reload()
    await expect(page.locator("#amount")).to_have_value("77.70")
    assert await page.inner_text("#order-shown") == order

    await page.route(CHECKOUTS, lose_the_answer)
    await page.route(ASKING, lose_the_request)
    await page.click("#settle")
    await expect(page.locator("#alarm")).to_contain_text("never charged twice")
    await page.unroute(ASKING)
    await page.reload()

    await expect(page.locator("#receipt-notice")).to_contain_text("the sale was settled")
    await expect(page.locator("#receipt-order")).to_have_text(order)
    excuse_refusals(console_errors)


async def test_the_page_says_that_it_is_offline_and_that_it_is_back(door: TillDoor, page: Page) -> None:
    await sign_in(page, door)

    await page.context.set_offline(offline=True)
    await expect(page.locator("#offline")).to_contain_text("No connection")
    await page.context.set_offline(offline=False)

    await expect(page.locator("#offline")).to_be_hidden()


async def spend_meanwhile(page: Page, door: TillDoor) -> None:
    """Ask for all 90 points, of which another till then spends 81."""
    await door.settle(door.basket("before", amount=90_000))
    await enter_amount(page, door)
    await page.click("#all-points")
    await expect(page.locator("#settle")).to_contain_text("160")
    await door.settle(door.basket("meanwhile", amount=18_000, points=90))


async def test_a_price_that_changed_meanwhile_is_shown_beside_the_old_one_and_settled_when_wanted(
    door: TillDoor, page: Page, artifacts: Path, console_errors: list[str]
) -> None:
    await spend_meanwhile(page, door)

    await page.click("#settle")

    await expect(page.locator("#price-dialog")).to_be_visible()
    await expect(page.locator("#changed-payable")).to_contain_text("160 RUB\N{NO-BREAK SPACE}241")
    await expect(page.locator("#changed-points")).to_contain_text("90 9")
    await page.screenshot(path=artifacts / "till-price-changed.png")
    await page.click("#price-accept")
    await expect(page.locator("#payable")).to_have_text("RUB\N{NO-BREAK SPACE}241")
    assert await door.balance() == 24
    excuse_refusals(console_errors)


async def test_a_new_price_that_is_not_wanted_settles_nothing_and_stays_to_be_looked_at(
    door: TillDoor, page: Page, console_errors: list[str]
) -> None:
    await spend_meanwhile(page, door)
    await page.click("#settle")

    await page.click("#price-dialog button[value=keep]")

    await expect(page.locator("#settle")).to_have_text("Settle for RUB\N{NO-BREAK SPACE}241")
    await expect(page.locator("#balance")).to_have_text("9")
    await expect(page.locator("#points")).to_have_value("9")
    assert await receipts(door) == 2
    excuse_refusals(console_errors)


async def test_without_an_answer_there_is_no_price_and_it_comes_back_with_the_connection(
    door: TillDoor, page: Page, console_errors: list[str]
) -> None:
    await sign_in(page, door)
    await find_card(page, door)
    await page.route(QUOTES, lose_the_request)
    await page.fill("#amount", "250")
    await expect(page.locator("#no-price")).to_be_visible()
    await page.click("#settle")
    await expect(page.locator("#alarm")).to_contain_text("The sale was not settled")

    await page.unroute(QUOTES)

    await expect(page.locator("#settle")).to_have_text("Settle for RUB\N{NO-BREAK SPACE}250")
    await expect(page.locator("#no-price")).to_be_hidden()
    assert await receipts(door) == 0
    excuse_refusals(console_errors)


async def test_points_held_for_a_sale_are_free_again_when_it_changes(
    door: TillDoor, page: Page, console_errors: list[str]
) -> None:
    await door.settle(door.basket("before", amount=90_000))
    await enter_amount(page, door)
    await page.click("#all-points")
    await page.route(CHECKOUTS, lose_the_request)
    await page.click("#settle")
    await expect(page.locator("#alarm")).to_contain_text("The sale was not settled")

    await page.fill("#amount", "300")

    await expect(page.locator("#settle")).to_have_text("Settle for RUB\N{NO-BREAK SPACE}210")
    await expect(page.locator("#points")).to_have_value("90")
    excuse_refusals(console_errors)
