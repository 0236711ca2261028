"""What a cashier does on the till's page, for the tests that drive it in Chromium."""

from io import BytesIO
from typing import Protocol

import segno
from playwright.async_api import FilePayload, Page, expect

from tests.till_door import TillDoor

PHONE = {"width": 360, "height": 740}
COUNTER = {"width": 1280, "height": 800}
EXPECTED_REFUSAL = "Failed to load resource"
"""How Chromium's console notes every answer of 400 and more, expected or not."""


class Counter(Protocol):
    """Where a till stands: the service's address and the till's key."""

    @property
    def url(self) -> str: ...
    @property
    def key(self) -> str: ...


async def sign_in(page: Page, door: Counter, *, language: str = "en", width: int = 360) -> None:
    size = PHONE if width == PHONE["width"] else COUNTER
    await page.set_viewport_size({"width": size["width"], "height": size["height"]})
    await page.goto(f"{door.url}/till?lang={language}")
    await page.fill("#key", door.key)
    await page.press("#key", "Enter")
    await expect(page.locator("#scan")).to_be_visible()


async def find_card(page: Page, door: TillDoor) -> None:
    await type_code(page, door.code)


async def type_code(page: Page, code: str) -> None:
    await page.fill("#code", code)
    await page.press("#code", "Enter")
    await expect(page.locator("#sale")).to_be_visible()


async def focused(page: Page) -> str:
    """The id of what has the focus."""
    return str(await page.evaluate("document.activeElement.id"))


async def fits(page: Page) -> bool:
    """Nothing sticks out to the side."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def photo_of(text: str) -> FilePayload:
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=6, border=6)
    return {"name": "card.png", "mimeType": "image/png", "buffer": drawn.getvalue()}


def excuse_refusals(console_errors: list[str]) -> None:
    """Forget the refusals a test provoked, and nothing else."""
    console_errors[:] = [line for line in console_errors if EXPECTED_REFUSAL not in line]
