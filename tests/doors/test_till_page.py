"""The cashier's page in Chromium, over the real API and store: every way to a card, on a phone and at the counter."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
import segno
from playwright.async_api import FilePayload, Page, Route, expect

from offers.model.card import CardState
from offers.store.store import Store
from tests.clock import SettableClock
from tests.till_door import TillDoor, open_till_door

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
COUNTER = {"width": 1280, "height": 800}


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, clock) as opened:
        yield opened


async def sign_in(page: Page, door: TillDoor, *, language: str, size: dict[str, int]) -> None:
    await page.set_viewport_size({"width": size["width"], "height": size["height"]})
    await page.goto(f"{door.url}/till?lang={language}")
    await page.fill("#key", door.key)
    await page.press("#key", "Enter")
    await expect(page.locator("#scan")).to_be_visible()


async def find_card(page: Page, door: TillDoor) -> None:
    await page.fill("#code", door.code)
    await page.press("#code", "Enter")
    await expect(page.locator("#sale")).to_be_visible()


async def fits(page: Page) -> bool:
    """Nothing sticks out to the side."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def photo_of(text: str) -> FilePayload:
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=6, border=6)
    return {"name": "card.png", "mimeType": "image/png", "buffer": drawn.getvalue()}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("size", [PHONE, COUNTER], ids=["phone", "counter"])
async def test_a_sale_by_typed_code_with_points_and_its_void(
    page: Page, door: TillDoor, artifacts: Path, language: str, size: dict[str, int]
) -> None:
    await door.settle(door.basket("before", amount=150_000))

    async def picture(name: str) -> None:
        width = size["width"]
        await page.screenshot(path=artifacts / f"till-{language}-{width}-{name}.png", full_page=True)
        assert await fits(page), name

    await page.set_viewport_size({"width": size["width"], "height": size["height"]})
    await page.goto(f"{door.url}/till?lang={language}")
    await expect(page.locator("#sign-in")).to_be_visible()
    await picture("1-sign-in")
    await sign_in(page, door, language=language, size=size)
    await picture("2-scan")
    await find_card(page, door)
    await expect(page.locator("#balance")).to_have_text("150")
    await picture("3-card")
    await page.fill("#amount", "1 234,56")
    await page.fill("#points", "100")
    await expect(page.locator("#preview-payable")).to_contain_text("1 072,84" if language == "ru" else "1,072.84")
    await picture("4-sale")
    await page.click("#settle")
    await expect(page.locator("#receipt")).to_be_visible()
    await expect(page.locator("#payable")).to_contain_text("1 072,84" if language == "ru" else "1,072.84")
    await expect(page.locator("#receipt-balance")).to_have_text("157")
    assert await door.balance() == 157
    level = "Уровень «Серебро»: скидка 5 %" if language == "ru" else "Level “Silver”: 5% off"
    await expect(page.locator("#explain")).to_contain_text(level)
    await picture("5-receipt")
    await page.click("#void")
    await picture("6-void")
    await page.click("#void-dialog button[value=void]")
    await expect(page.locator("#state-voided")).to_be_visible()
    await expect(page.locator("#receipt-balance")).to_have_text("150")
    assert await door.balance() == 150
    await picture("7-voided")
    await page.click("#next")
    await expect(page.locator("#scan")).to_be_visible()
