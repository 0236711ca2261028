"""Offers, coupons and codes on the cashier's page in Chromium, over the real API and store."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from offers.model.coupon import Every
from offers.store.store import Store
from tests.cashier import COUNTER, excuse_refusals, find_card, fits, focused, sign_in
from tests.clock import SettableClock
from tests.doors.page_checks import check_contrast, check_labels
from tests.doors.shop_window import ShopWindow
from tests.till_door import TillDoor, open_till_door

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, present: SettableClock) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, present) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def window(door: TillDoor) -> ShopWindow:
    window = ShopWindow(door.store, door.opened.programme, door.clock)
    await window.open()
    return window


def struck(language: str, text: str) -> str:
    return f"{text}\N{NO-BREAK SPACE}₽" if language == "ru" else f"RUB\N{NO-BREAK SPACE}{text}"


@pytest.mark.parametrize("looks", [("ru", 360), ("en", 360), ("ru", 1280), ("en", 1280)])
async def test_a_sale_with_an_offer_a_coupon_and_the_reasons_of_all_others(
    page: Page, window: ShopWindow, door: TillDoor, artifacts: Path, looks: tuple[str, int]
) -> None:
    language, width = looks

    async def picture(name: str) -> None:
        await page.evaluate("() => window.scrollTo(0, 0)")
        await page.screenshot(path=artifacts / f"till-offers-{language}-{width}-{name}.png", full_page=True)
        assert await fits(page), name

    member = door.enrolment.member.id
    coupon = await window.coupon(member, until=door.clock() + timedelta(days=10))
    await window.coupon(member, "elsewhere")
    await window.coupon(member, every=Every.CALENDAR_MONTH, uses=3)
    await sign_in(page, door, language=language, width=width)
    await find_card(page, door)
    await expect(page.locator("#other-coupons")).to_be_visible()
    await page.fill("#amount", "500")
    await expect(page.locator("#preview-payable")).to_have_text(struck(language, "450"))
    await page.check(f"#coupon-{coupon.id}")
    await expect(page.locator("#preview-payable")).to_have_text(
        struck(language, "382,50" if language == "ru" else "382.50")
    )
    rain, cake = ("Дождливый день", "Пирожное месяца") if language == "ru" else ("Rainy day", "Cake of the month")
    await expect(page.locator("#preview-explain .applied")).to_have_count(2)
    await expect(page.locator("#preview-explain")).to_contain_text(rain)
    await expect(page.locator("#preview-explain")).to_contain_text(cake)
    await picture("sale")
    await page.click("#preview-others summary")
    await check_labels(page)
    await check_contrast(page)
    await picture("why-not")
    await page.click("#settle")
    await expect(page.locator("#explain .applied")).to_have_count(3)
    await expect(page.locator("#explain-others li").first).to_be_hidden()
    await page.click("#explain-others summary")
    await expect(page.locator("#explain-others")).to_contain_text("Большой стол" if language == "ru" else "Big table")
    await picture("receipt")
    await check_contrast(page)


async def test_a_used_coupon_is_no_longer_to_be_ticked_and_says_when_it_is_there_again(
    door: TillDoor, page: Page, window: ShopWindow
) -> None:
    coupon = await window.coupon(door.enrolment.member.id, every=Every.CALENDAR_MONTH)
    await sign_in(page, door)
    await find_card(page, door)
    await page.fill("#amount", "100")
    await page.check(f"#coupon-{coupon.id}")
    await page.click("#settle")
    await expect(page.locator("#receipt")).to_be_visible()
    await page.wait_for_timeout(450)
    await page.click("#next")

    await find_card(page, door)

    await expect(page.locator("#coupons li")).to_have_count(0)
    await page.click("#other-coupons summary")
    await expect(page.locator("#other-coupons li")).to_contain_text("Used; again from 1 ")


async def test_a_code_in_any_case_counts_and_can_be_taken_out_again(
    door: TillDoor, page: Page, window: ShopWindow
) -> None:
    code = await window.voucher()
    await sign_in(page, door)
    await find_card(page, door)
    await page.fill("#amount", "100")

    await page.fill("#coupon-code", f" {code.lower()} ")
    await page.press("#coupon-code", "Enter")

    await expect(page.locator("#preview-explain")).to_contain_text("For friends")
    await expect(page.locator("#settle")).to_contain_text("85.50")
    await expect(page.locator("#coupon-code")).to_have_value("")
    assert await focused(page) == "coupon-code"
    await page.click("#typed-codes button")
    await expect(page.locator("#settle")).to_have_text("Settle for RUB\N{NO-BREAK SPACE}90")


async def test_a_slip_in_a_code_is_said_at_the_field_and_not_punished(
    door: TillDoor, page: Page, window: ShopWindow, artifacts: Path, console_errors: list[str]
) -> None:
    code = await window.voucher()
    slip = code[:-1] + ("0" if code[-1] != "0" else "1")
    await sign_in(page, door)
    await find_card(page, door)
    await page.fill("#amount", "100")

    for _ in range(6):
        await page.fill("#coupon-code", slip)
        await page.click("#coupon-add")
        await expect(page.locator("#coupon-error")).to_contain_text("typing mistake")
    await expect(page.locator("#coupon-code")).to_have_value(slip)
    await expect(page.locator("#typed-codes")).to_be_hidden()
    await expect(page.locator("#settle")).to_have_text("Settle for RUB\N{NO-BREAK SPACE}90")
    await page.screenshot(path=artifacts / "till-code-slip.png", full_page=True)
    await page.fill("#coupon-code", code)
    await page.click("#coupon-add")

    await expect(page.locator("#settle")).to_contain_text("85.50")
    await expect(page.locator("#coupon-error")).to_be_hidden()
    excuse_refusals(console_errors)


async def test_a_made_up_code_is_asked_after_once_and_taken_out(
    door: TillDoor, page: Page, window: ShopWindow, console_errors: list[str]
) -> None:
    code = await window.voucher()
    await door.store.database["vouchers"].delete_many({})
    await sign_in(page, door)
    await find_card(page, door)
    await page.fill("#coupon-code", code)
    await page.press("#coupon-code", "Enter")
    await expect(page.locator("#typed-codes li")).to_have_count(1)

    await page.fill("#amount", "100")
    await expect(page.locator("#coupon-error")).to_contain_text("No such code in this programme")
    await page.fill("#amount", "200")

    await expect(page.locator("#settle")).to_have_text("Settle for RUB\N{NO-BREAK SPACE}180")
    await expect(page.locator("#typed-codes")).to_be_hidden()
    assert await door.store.database["throttles"].count_documents({"strikes": {"$gt": 1}}) == 0
    excuse_refusals(console_errors)


async def test_a_coupon_of_another_member_is_refused_in_the_open(
    door: TillDoor, page: Page, window: ShopWindow, store: Store
) -> None:
    other = await window.coupon(door.enrolment.member.id)
    await store.database["coupons"].update_one({"_id": other.id}, {"$set": {"owner": "somebody-else"}})
    await sign_in(page, door)
    await find_card(page, door)
    await page.fill("#amount", "100")

    await page.fill("#coupon-code", other.id.upper())
    await page.click("#coupon-add")

    await expect(page.locator("#preview-explain .passed-over")).to_contain_text("belongs to another member")
    await expect(page.locator("#settle")).to_have_text("Settle for RUB\N{NO-BREAK SPACE}90")


async def test_a_reload_keeps_codes_and_ticks_and_lets_go_of_what_was_held(
    door: TillDoor, page: Page, window: ShopWindow, console_errors: list[str]
) -> None:
    coupon, code = await window.coupon(door.enrolment.member.id), await window.voucher()
    await sign_in(page, door)
    await find_card(page, door)
    await page.fill("#amount", "100")
    await page.check(f"#coupon-{coupon.id}")
    await page.fill("#coupon-code", code)
    await page.click("#coupon-add")
    await expect(page.locator("#preview-explain .applied")).to_have_count(3)
    price = await page.inner_text("#settle")
    await page.route("**/v1/checkouts", lambda route: route.abort("connectionreset"))
    await page.click("#settle")
    await expect(page.locator("#alarm")).to_contain_text("The sale was not settled")
    assert await door.store.database["takes"].count_documents({"state": "held"}) == 2

    await page.reload()

    await expect(page.locator(f"#coupon-{coupon.id}")).to_be_checked()
    await expect(page.locator("#typed-codes li")).to_have_count(1)
    await expect(page.locator("#settle")).to_have_text(price)
    assert await door.store.database["takes"].count_documents({"state": "held"}) == 0
    excuse_refusals(console_errors)


async def test_coupons_are_ticked_by_keyboard_alone(door: TillDoor, page: Page, window: ShopWindow) -> None:
    await window.coupon(door.enrolment.member.id)
    await sign_in(page, door, width=COUNTER["width"])
    await find_card(page, door)
    press = page.keyboard.press

    await page.keyboard.insert_text("100")
    await press("Tab")
    await press("Space")
    await press("Tab")
    assert await focused(page) == "coupon-code"
    await expect(page.locator("#settle")).to_contain_text("76.50")
    await press("Enter")

    await expect(page.locator("#payable")).to_contain_text("76.50")


async def test_a_scanned_coupon_is_added_to_the_open_sale_and_asks_for_a_card_first(
    door: TillDoor, page: Page, window: ShopWindow
) -> None:
    coupon = await window.coupon(door.enrolment.member.id)
    scan = """code => { for (const key of [...code, "Enter"]) document.activeElement.dispatchEvent(
      new KeyboardEvent("keydown", { key, code: "Key", bubbles: true, cancelable: true })) }"""
    await sign_in(page, door)
    await page.evaluate(scan, coupon.id.upper())
    await expect(page.locator("#alarm")).to_contain_text("This is a coupon")
    await find_card(page, door)
    await page.fill("#amount", "100")
    await expect(page.locator("#settle")).to_have_text("Settle for RUB\N{NO-BREAK SPACE}90")

    await page.evaluate(scan, coupon.id.upper())

    await expect(page.locator(f"#coupon-{coupon.id}")).to_be_checked()
    await expect(page.locator("#settle")).to_contain_text("76.50")
    await expect(page.locator("#amount")).to_have_value("100")


async def test_a_coupon_used_up_at_another_till_meanwhile_changes_the_price_before_anything_is_settled(
    door: TillDoor, page: Page, window: ShopWindow, console_errors: list[str]
) -> None:
    coupon = await window.coupon(door.enrolment.member.id)
    await sign_in(page, door)
    await find_card(page, door)
    await page.fill("#amount", "100")
    await page.check(f"#coupon-{coupon.id}")
    await expect(page.locator("#settle")).to_contain_text("76.50")
    response, _ = await door.settle({**door.basket("meanwhile", amount=10_000), "coupon_codes": [coupon.id]})
    assert response.status == 201

    await page.click("#settle")

    await expect(page.locator("#changed-payable")).to_contain_text("76.50")
    await expect(page.locator("#changed-payable")).to_contain_text("90")
    await page.click("#price-dialog button[value=keep]")
    await expect(page.locator("#coupons li")).to_have_count(0)
    await expect(page.locator("#preview-explain .passed-over")).to_contain_text("has been used already")
    excuse_refusals(console_errors)
