"""The cashier's page in Chromium, over the real API and store: a whole sale on a phone and at the counter."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from offers.model.card import CardState
from offers.store.store import Store
from tests.cashier import COUNTER, PHONE, excuse_refusals, find_card, fits, focused, photo_of, sign_in
from tests.clock import SettableClock
from tests.till_door import TillDoor, open_till_door

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, present: SettableClock) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, present) as opened:
        yield opened


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("width", [PHONE["width"], COUNTER["width"]])
async def test_a_sale_by_typed_code_with_points_and_its_void(
    door: TillDoor, page: Page, artifacts: Path, language: str, width: int
) -> None:
    async def picture(name: str) -> None:
        await page.screenshot(path=artifacts / f"till-{language}-{width}-{name}.png", full_page=name != "void")
        assert await fits(page), name

    await door.settle(door.basket("before", amount=150_000))
    payable = "1 072,84" if language == "ru" else "1,072.84"

    await sign_in(page, door, language=language, width=width)
    await picture("scan")
    await find_card(page, door)
    await expect(page.locator("#balance")).to_have_text("150")
    await page.fill("#amount", "1 234,56")
    await page.fill("#points", "100")
    await expect(page.locator("#preview-payable")).to_contain_text(payable)
    await picture("sale")
    await page.click("#settle")
    await expect(page.locator("#payable")).to_contain_text(payable)
    await expect(page.locator("#receipt-balance")).to_have_text("157")
    level = "Уровень «Серебро»: скидка 5 %" if language == "ru" else "Level “Silver”: 5% off"
    await expect(page.locator("#explain")).to_contain_text(level)
    await picture("receipt")
    assert await door.balance() == 157
    await page.click("#void")
    await picture("void")
    await page.click("#void-dialog button[value=void]")
    await expect(page.locator("#state-voided")).to_be_visible()
    await expect(page.locator("#receipt-balance")).to_have_text("150")
    await picture("voided")
    assert await door.balance() == 150
    await page.click("#next")
    await expect(page.locator("#scan")).to_be_visible()


@pytest.mark.parametrize("width", [PHONE["width"], COUNTER["width"]])
async def test_a_sale_by_keyboard_alone(door: TillDoor, page: Page, artifacts: Path, width: int) -> None:
    await door.settle(door.basket("before", amount=150_000))
    await page.set_viewport_size(PHONE if width == PHONE["width"] else COUNTER)  # type: ignore[arg-type]  # a TypedDict
    await page.goto(f"{door.url}/till?lang=ru")
    press = page.keyboard.press

    await page.keyboard.insert_text(door.key)
    await press("Enter")
    await expect(page.locator("#code")).to_be_focused()
    await page.keyboard.insert_text(door.code)
    await press("Enter")
    await expect(page.locator("#amount")).to_be_focused()
    await page.keyboard.insert_text("300,5")
    await press("Tab")
    assert await focused(page) == "slider"
    for _ in range(3):
        await press("ArrowRight")
    await page.screenshot(path=artifacts / f"till-keyboard-{width}.png")
    await press("Tab")
    await press("Tab")
    assert await focused(page) == "all-points"
    await press("Shift+Tab")
    assert await focused(page) == "points"
    await expect(page.locator("#points")).to_have_value("3")
    await press("Enter")
    await expect(page.locator("#next")).to_be_focused()
    await expect(page.locator("#payable")).to_contain_text("282,48")  # 300,50 − 5 % − 3
    await page.wait_for_timeout(450)  # a second Enter too soon is taken for a slip of the finger
    await press("Enter")
    await expect(page.locator("#code")).to_be_focused()
    await page.keyboard.insert_text(door.code)
    await press("Enter")
    await expect(page.locator("#amount")).to_be_focused()
    await press("Escape")
    await expect(page.locator("#code")).to_be_focused()


async def test_a_photo_of_the_card_opens_the_sale(door: TillDoor, page: Page) -> None:
    await sign_in(page, door)

    await page.set_input_files("#photo", photo_of(door.code))

    await expect(page.locator("#sale")).to_be_visible()
    await expect(page.locator("#greeting")).to_have_text("Member of the programme")


async def test_photos_without_a_code_say_what_to_do(
    door: TillDoor, page: Page, artifacts: Path, console_errors: list[str]
) -> None:
    await sign_in(page, door, language="ru")
    empty = photo_of("x" * 200)

    await page.set_input_files("#photo", empty)
    await expect(page.locator("#alarm")).to_contain_text("На снимке нет кода")
    await page.screenshot(path=artifacts / "till-no-code.png")
    await page.set_input_files("#photo", {"name": "a.png", "mimeType": "image/png", "buffer": b"not a picture"})
    await expect(page.locator("#alarm")).to_contain_text("Файл не читается как картинка")
    await page.set_input_files("#photo", photo_of("https://example.com/menu"))
    await expect(page.locator("#alarm")).to_contain_text("Это не карта нашей программы")
    excuse_refusals(console_errors)


@pytest.mark.parametrize("where", ["body", "#code", "#amount"])
async def test_a_hardware_scanner_is_heard_anywhere_even_with_russian_letters_switched_on(
    door: TillDoor, page: Page, where: str
) -> None:
    await sign_in(page, door)
    if where == "#amount":
        await find_card(page, door)
        await page.fill("#amount", "12")
    await page.evaluate("() => document.activeElement.blur()")
    if where != "body":
        await page.focus(where)

    await page.evaluate(_TYPE_LIKE_A_SCANNER, door.code)

    await expect(page.locator("#sale")).to_be_visible()
    await expect(page.locator("#amount")).to_have_value("12" if where == "#amount" else "")
    await expect(page.locator("#amount")).to_be_focused()


_TYPE_LIKE_A_SCANNER = """code => {
  const russian = { t: "е", s: "ы", r: "к", ".": "ю" };
  const target = document.activeElement;
  const type = (key, code) => {
    const event = new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true });
    if (target.dispatchEvent(event) && key.length === 1 && "value" in target) target.value += key;
  };
  for (const symbol of code.toLowerCase()) {
    const pressed = /\\d/.test(symbol) ? `Digit${symbol}` : symbol === "." ? "Period" : `Key${symbol.toUpperCase()}`;
    type(russian[symbol] ?? symbol, pressed);
  }
  type("Enter", "Enter");
}"""


async def test_cards_that_may_not_be_used_say_so(
    door: TillDoor, page: Page, store: Store, console_errors: list[str]
) -> None:
    await sign_in(page, door)

    for state, text in ((CardState.VOIDED, "This card was voided"), (CardState.BLOCKED, "This card is blocked")):
        await store.reading.cards.set_state(door.enrolment.card.id, state)
        await page.fill("#code", door.code)
        await page.press("#code", "Enter")
        await expect(page.locator("#alarm")).to_contain_text(text)
    await page.fill("#code", door.code[:-1] + ("0" if door.code[-1] != "0" else "1"))
    await page.press("#code", "Enter")
    await expect(page.locator("#alarm")).to_contain_text("This code was not issued here")
    excuse_refusals(console_errors)


async def test_a_wrong_key_does_not_open_the_till_and_a_revoked_one_closes_it(
    door: TillDoor, page: Page, store: Store, present: SettableClock, console_errors: list[str]
) -> None:
    await page.goto(f"{door.url}/till?lang=en")
    await page.fill("#key", "tsk_wrong")
    await page.press("#key", "Enter")
    await expect(page.locator("#alarm")).to_contain_text("missing, unknown or revoked")
    await sign_in(page, door)

    await store.reading.programmes.revoke_key(door.opened.till_key.key.id, at=present())
    door.doorkeeper._remembered.clear()
    await page.fill("#code", door.code)
    await page.press("#code", "Enter")

    await expect(page.locator("#sign-in")).to_be_visible()
    await expect(page.locator("#alarm")).to_contain_text("This key no longer works here")
    assert await page.evaluate("sessionStorage.length + localStorage.length") == 0
    excuse_refusals(console_errors)


async def test_a_key_is_remembered_only_where_that_was_asked_for(door: TillDoor, page: Page) -> None:
    await page.goto(f"{door.url}/till?lang=en")
    await page.fill("#key", door.key)
    await page.check("#remember")
    await page.press("#key", "Enter")
    await expect(page.locator("#scan")).to_be_visible()

    other = await page.context.new_page()
    await other.goto(f"{door.url}/till?lang=en")

    await expect(other.locator("#scan")).to_be_visible()
    await expect(other.locator("#whose")).to_have_text("Main street · Coffee house")
    await other.click("#sign-out")
    await expect(other.locator("#key")).to_be_focused()
    assert await other.evaluate("sessionStorage.length + localStorage.length") == 0


async def test_the_page_is_dark_where_the_device_is(door: TillDoor, page: Page, artifacts: Path) -> None:
    await page.emulate_media(color_scheme="dark")
    await door.settle(door.basket("before", amount=1_200_000))
    await sign_in(page, door, width=COUNTER["width"])
    await find_card(page, door)
    await page.fill("#amount", "99.90")

    await page.screenshot(path=artifacts / "till-dark.png")

    assert await fits(page)


async def test_the_order_number_may_be_the_shops_own_and_two_sales_may_not_share_it(
    door: TillDoor, page: Page, console_errors: list[str]
) -> None:
    await sign_in(page, door)
    for amount in ("100", "200"):
        await find_card(page, door)
        await page.fill("#amount", amount)
        await page.click("#order-details summary")
        await page.fill("#order", "Касса-1/17")
        await page.click("#settle")
        if amount == "100":
            await expect(page.locator("#receipt-order")).to_have_text("Касса-1/17")
            await page.wait_for_timeout(450)
            await page.click("#next")

    await expect(page.locator("#alarm")).to_contain_text("already used for another purchase")
    await expect(page.locator("#sale")).to_be_visible()
    assert await door.balance() == 10
    excuse_refusals(console_errors)


async def test_a_switch_of_language_keeps_the_sale(door: TillDoor, page: Page) -> None:
    await sign_in(page, door, language="ru")
    await find_card(page, door)
    await page.fill("#amount", "12,30")
    order = await page.inner_text("#order-shown")

    await page.click(".languages a[lang=en]")

    await expect(page.locator("#settle")).to_have_text("Settle for RUB\N{NO-BREAK SPACE}12.30")
    assert await page.inner_text("#order-shown") == order


async def test_an_amount_that_is_none_is_named_beside_its_field(door: TillDoor, page: Page, artifacts: Path) -> None:
    await sign_in(page, door, language="ru")
    await find_card(page, door)
    wrong = page.locator("#amount-error")

    await page.press("#amount", "Enter")
    await expect(wrong).to_have_text("Введите сумму покупки.")
    await page.fill("#amount", "двести")
    await expect(wrong).to_have_text("Это не сумма. Напишите, например, так: 250,00.")
    await page.fill("#amount", "1,234")
    await expect(wrong).to_have_text("У суммы в RUB не больше 2 знаков после запятой.")
    await page.screenshot(path=artifacts / "till-wrong-amount.png")
    await page.press("#amount", "Enter")
    await expect(page.locator("#amount")).to_be_focused()
    await page.fill("#amount", "1,23")

    await expect(wrong).to_be_hidden()


async def test_a_hasty_second_enter_does_not_throw_the_receipt_away(door: TillDoor, page: Page) -> None:
    await sign_in(page, door)
    await find_card(page, door)
    await page.fill("#amount", "50")

    await page.press("#amount", "Enter")
    await page.press("body", "Enter")
    await expect(page.locator("#next")).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(page.locator("#receipt")).to_be_visible()
    assert await door.balance() == 5
