"""The phone page in Chromium: both wallets and the chat, before and after a purchase, in both languages."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image
from playwright.async_api import Page, expect

from certs.dev import DevIdentities
from offers.engine.card_codes import scan_code
from offers.engine.rotating_codes import check_rotating, read_rotating_text, rotating_key
from offers.store.store import Store
from sandbox.phone.page.server import PhonePage
from sandbox.phone.surroundings import Owner
from service.now import now
from tests.coffee_house import PROGRAMME
from tests.phone_house import BOT, CODE_KEY, PhoneHouse, open_phone_house

pytestmark = pytest.mark.browser

DESKTOP, POCKET = (1480, 1000), (360, 740)
NUMBER = "+79001234567"
WORDS = {
    "ru": {"said": "Баллов на карте: 25", "name": "Кофейня", "points": "БАЛЛЫ", "earned": "+25 баллов"},
    "en": {"said": "Points on the card: 25", "name": "Coffee house", "points": "POINTS", "earned": "+25 points"},
}


@dataclass(frozen=True, slots=True)
class Look:
    language: str
    size: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.language}-{self.size[0]}"


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, dev_identities: DevIdentities) -> AsyncIterator[PhoneHouse]:
    async with open_phone_house(store, dev_identities, with_bot=True) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def phone(house: PhoneHouse) -> AsyncIterator[PhonePage]:
    async with PhonePage(house.around(), owner=Owner(first_name="Анна", phone=NUMBER)) as opened:
        house.bots[PROGRAMME.slug] = f"{opened.chat_url}/{BOT}"
        yield opened


async def open_page(page: Page, phone: PhonePage, look: Look, *, query: str = "") -> None:
    await page.set_viewport_size({"width": look.size[0], "height": look.size[1]})
    await page.goto(f"{phone.url}/?lang={look.language}{query}")
    await expect(page.locator("body[data-live]")).to_have_count(1)


async def fits(page: Page) -> bool:
    """Nothing sticks out to the side."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


async def meet_the_bot(page: Page, words: dict[str, str]) -> None:
    """Start the chat, agree, share the number: by the buttons the bot shows."""
    await page.click("#start")
    await page.locator(".inline button").last.click()
    await page.locator(".keys button").first.click()
    await expect(page.locator(".message.pictured .words")).to_contain_text(words["name"])
    await expect(page.locator(".keys")).to_have_count(3)


async def codes_on(page: Page, selector: str, picture: Path) -> list[str]:
    """Read the code off a screenshot, as the till's scanner would off the glass."""
    await page.locator(selector).screenshot(path=picture)
    with Image.open(picture) as shot:
        return [found.text for found in zxingcpp.read_barcodes(shot)]


@pytest.mark.parametrize(
    "look", [Look(language, size) for language in ("ru", "en") for size in (DESKTOP, POCKET)], ids=str
)
async def test_a_purchase_changes_both_cards_the_lock_screen_and_the_chat(
    page: Page, house: PhoneHouse, phone: PhonePage, artifacts: Path, look: Look
) -> None:
    words, name = WORDS[look.language], f"phone-{look}"
    enrolment = await house.enrol(phone=NUMBER, language=look.language)
    await open_page(page, phone, look)
    assert await fits(page)
    await page.screenshot(path=artifacts / f"{name}-empty.png", full_page=True)

    await page.fill("#card", house.link(enrolment))
    await page.press("#card", "Enter")
    await expect(page.locator(".pass-name")).to_have_text(words["name"])
    await page.click("#same-card")
    await expect(page.locator(".google-card h3")).to_have_text(words["name"])
    await meet_the_bot(page, words)
    await house.buy(enrolment, 50_000)

    await expect(page.locator(".notice-card p")).to_have_text(words["said"])
    await expect(page.locator(".pass-header dd")).to_have_text("25")
    await expect(page.locator(".google-row dd").first).to_have_text("25")
    await expect(page.locator(".message .words").last).to_contain_text(words["earned"])
    assert await page.locator(".pass-header dt").inner_text() == words["points"]
    assert await fits(page)
    code = scan_code(enrolment.card.id, CODE_KEY)
    assert await codes_on(page, ".pass", artifacts / f"{name}-pass.png") == [code]
    (turning,) = await codes_on(page, ".google-face", artifacts / f"{name}-google.png")
    check_rotating(read_rotating_text(turning), rotating_key(enrolment.card.id, 1, CODE_KEY), now())
    assert read_rotating_text(turning).card_id == enrolment.card.id
    await page.wait_for_timeout(2500)  # what glows because it is new has faded
    await page.screenshot(path=artifacts / f"{name}-after.png", full_page=True)


async def test_a_card_is_turned_over_removed_and_held_back_while_the_phone_is_off(
    page: Page, house: PhoneHouse, phone: PhonePage, artifacts: Path
) -> None:
    first, second = await house.enrol(phone=NUMBER), await house.enrol(phone="+79001234568", language="en")
    await open_page(page, phone, Look("en", DESKTOP), query=f"&to=both&card={house.link(first)}")
    await expect(page.locator(".google-card")).to_have_count(1)
    await page.fill("#card", house.link(second))
    await page.press("#card", "Enter")
    await expect(page.locator(".peek")).to_have_count(1)
    await expect(page.locator(".pass")).to_have_attribute("data-serial", second.card.serial)

    await page.click("#power")
    await expect(page.locator("#apple.is-off")).to_be_visible()
    await house.buy(first, 50_000)
    await expect(page.locator(".step[data-code=held]")).to_be_visible()
    assert await page.locator(".notice-card").count() == 0
    await page.screenshot(path=artifacts / "phone-off.png", full_page=True)
    await page.click("#power")
    await expect(page.locator(".notice-card p")).to_have_text("Points on the card: 25")
    await expect(page.locator(".pass")).to_have_attribute("data-serial", first.card.serial)

    await page.click(".pass-more")
    await expect(page.locator(".pass-back-fields")).to_contain_text("5% of every purchase")
    await page.wait_for_timeout(600)
    await page.screenshot(path=artifacts / "phone-back.png", full_page=True)
    await page.click(".pass-back .remove")
    await expect(page.locator(".peek")).to_have_count(0)
    await expect(page.locator(".pass")).to_have_attribute("data-serial", second.card.serial)


async def test_what_is_no_card_is_refused_in_words(
    page: Page, house: PhoneHouse, phone: PhonePage, console_errors: list[str]
) -> None:
    await open_page(page, phone, Look("en", POCKET), query="&card=https://example.com/c/1234567890abcdef")
    await expect(page.locator("#problem")).to_contain_text(f"It looks like {house.url}/c/")
    assert all("422" in line for line in console_errors)  # Chromium notes the refusal; it is meant
    console_errors.clear()
