"""Chromium, driven by Playwright: a fresh page for every test, and no error in its console."""

import re
import shutil
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Error, Page, async_playwright, expect

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What pytest-socket is to Python: a page that names a foreign host finds nobody.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    # A camera that shows a test picture and asks nobody.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
_PATIENCE_MS = 40_000
_FAILED = pytest.StashKey[bool]()


def find_chromium() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if find_chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; a test that asks for it carries the marker `browser`."""
    path = find_chromium()
    if path is None:
        pytest.skip("Chromium is not installed")
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    expect.set_options(timeout=_PATIENCE_MS)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        yield launched
        await launched.close()


@pytest.fixture
def console_errors() -> list[str]:
    """What the page's console complained about. A test that provokes one checks it, then clears the list."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def page(
    browser: Browser, console_errors: list[str], artifacts: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Page]:
    """A page in a fresh context; when its test fails, the picture of it goes to the artifacts."""
    async with _fresh_page(browser, console_errors) as fresh:
        yield fresh
        await _keep_picture(fresh, request.node, artifacts, "page")
    assert not console_errors, "the page complained in its console: " + "; ".join(console_errors)


@pytest_asyncio.fixture(loop_scope="session")
async def second_page(
    browser: Browser, console_errors: list[str], artifacts: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Page]:
    """Another person's browser, beside `page`, which has to come first and judges both consoles."""
    async with _fresh_page(browser, console_errors) as fresh:
        yield fresh
        await _keep_picture(fresh, request.node, artifacts, "second-page")


@asynccontextmanager
async def _fresh_page(browser: Browser, console_errors: list[str]) -> AsyncIterator[Page]:
    context = await browser.new_context()
    context.set_default_timeout(_PATIENCE_MS)

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            console_errors.append(f"{message.text} ({message.location.get('url')})")

    def note_exception(error: Error) -> None:
        console_errors.append(str(error))

    context.on("console", note)
    context.on("weberror", lambda event: note_exception(event.error))
    yield await context.new_page()
    await context.close()


async def _keep_picture(page: Page, node: pytest.Item, artifacts: Path, which: str) -> None:
    if node.stash.get(_FAILED, False):
        name = re.sub(r"\W+", "-", node.name)
        await page.screenshot(path=artifacts / f"failed-{name}-{which}.png", full_page=True)
