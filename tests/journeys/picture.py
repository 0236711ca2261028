"""Takes docs/picture.png from a fresh demo: `make picture`."""

import asyncio
import signal
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from sandbox.phone.portrait import Places, take_portrait
from tests.journeys.demos import demo
from tests.plugins.browser import find_chromium

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "picture.png"


async def take_picture() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with demo(Path(folder)) as running, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
            phone_url = running.phone.partition("/?")[0]
            places = Places(phone_url=phone_url, till_url=running.till, till_key=running.key)
            await take_portrait(browser, places, PICTURE)
            await browser.close()
            await running.command.end(signal.SIGTERM)


if __name__ == "__main__":
    asyncio.run(take_picture())
