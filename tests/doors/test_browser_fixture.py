"""The browser that the page tests are driven with, before any page of ours is in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Error, Page

pytestmark = pytest.mark.browser

_PAGE = """<!doctype html><html lang="ru"><link rel="icon" href="data:,"><title>Тест</title>
<h1>Кофейня</h1><script>console.log("quiet")</script>"""


@pytest_asyncio.fixture(loop_scope="session")
async def address() -> AsyncIterator[str]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=_PAGE, content_type="text/html")

    application = web.Application()
    application.router.add_get("/", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def test_a_page_on_localhost_is_shown(page: Page, address: str, artifacts: Path) -> None:
    await page.goto(address)

    assert await page.inner_text("h1") == "Кофейня"
    await page.screenshot(path=artifacts / "browser.png")
    assert (artifacts / "browser.png").stat().st_size > 1000


async def test_the_console_is_listened_to(page: Page, address: str, console_errors: list[str]) -> None:
    await page.goto(address)

    await page.evaluate("console.error('spilled')")
    await page.evaluate("setTimeout(() => { throw new Error('dropped') })")
    await page.wait_for_timeout(50)

    assert any("spilled" in line for line in console_errors)
    assert any("dropped" in line for line in console_errors)
    console_errors.clear()


async def test_a_foreign_host_is_not_found(page: Page) -> None:
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        await page.goto("http://example.com/")


async def test_every_test_starts_with_an_empty_browser(page: Page, address: str) -> None:
    await page.goto(address)

    assert await page.evaluate("document.cookie + localStorage.length") == "0"
    await page.evaluate("localStorage.setItem('left', 'behind'); document.cookie = 'left=behind'")


async def test_and_so_does_the_next(page: Page, address: str) -> None:
    await page.goto(address)

    assert await page.evaluate("document.cookie + localStorage.length") == "0"
    await page.evaluate("localStorage.setItem('left', 'behind'); document.cookie = 'left=behind'")
