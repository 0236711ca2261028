"""The till's camera in Chromium, which is shown a film of a card instead of a counter."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
import segno
from PIL import Image
from playwright.async_api import Page, async_playwright, expect

from offers.store.store import Store
from tests.cashier import sign_in
from tests.clock import SettableClock
from tests.till_door import TillDoor, open_till_door

pytestmark = pytest.mark.browser
FRAMES_WITHOUT_A_CARD = 30
FRAMES_WITH_THE_CARD = 60


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, clock) as opened:
        yield opened


def film_of(code: str, path: Path) -> Path:
    """An empty counter, then a card held a little askew: what a real camera sees, as motion JPEG."""
    counter = Image.new("RGB", (640, 480), "#8a7a66")
    drawn = BytesIO()
    segno.make(code, error="m", micro=False).save(drawn, kind="png", scale=6, border=4)
    card = Image.open(drawn).convert("RGBA").rotate(12, expand=True, resample=Image.Resampling.BICUBIC)
    shown = counter.copy()
    shown.paste(card, (180, 90), card)
    with path.open("wb") as film:
        for frame, times in ((counter, FRAMES_WITHOUT_A_CARD), (shown, FRAMES_WITH_THE_CARD)):
            jpeg = BytesIO()
            frame.save(jpeg, "JPEG", quality=80)
            film.write(jpeg.getvalue() * times)
    return path


@pytest_asyncio.fixture(loop_scope="session")
async def filmed(door: TillDoor, chromium: str, tmp_path: Path) -> AsyncIterator[Page]:
    """A page of a Chromium of its own: the film is a switch of the whole browser."""
    film = film_of(door.code, tmp_path / "card.mjpeg")
    switches = [
        "--headless",
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=switches)
        yield await browser.new_page()
        await browser.close()


async def test_the_camera_waits_for_a_card_and_opens_the_sale(filmed: Page, door: TillDoor, artifacts: Path) -> None:
    await sign_in(filmed, door)

    await filmed.click("#camera")
    await expect(filmed.locator("#viewfinder")).to_be_visible()
    await expect(filmed.locator("#video")).to_have_js_property("videoWidth", 640)
    await filmed.screenshot(path=artifacts / "till-camera.png")

    await expect(filmed.locator("#sale")).to_be_visible(timeout=60_000)
    assert await filmed.evaluate("document.getElementById('video').srcObject") is None


async def test_without_leave_to_use_the_camera_the_page_names_the_other_ways(door: TillDoor, page: Page) -> None:
    refused = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError') }"
    await page.add_init_script(refused)
    await sign_in(page, door, language="ru")

    await page.click("#camera")

    await expect(page.locator("#alarm")).to_contain_text("сделайте снимок или введите код")
    await expect(page.locator("#viewfinder")).to_be_hidden()
