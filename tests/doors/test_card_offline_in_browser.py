"""The card in a pocket: its code turns, the network goes and comes, the screen is filled, the page is kept."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image
from playwright.async_api import Page, expect

from offers.engine.card_codes import scan_code
from offers.engine.rotating_codes import PERIOD_S, codes_ahead, rotating_key
from offers.flows.enrol_member import Enrolment
from offers.model.card import CardState
from offers.model.showing import CodePolicy, CodeRights
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY, PROGRAMME
from tests.doors.member_house import MemberHouse, open_member_house

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HALF_MINUTE_MS = PERIOD_S * 1000


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> AsyncIterator[MemberHouse]:
    async with open_member_house(store, clock) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def enrolment(house: MemberHouse) -> Enrolment:
    return await house.enrol()


async def read(page: Page, place: str, picture: Path) -> str:
    """Read the code off the glass, as a scanner would."""
    await page.locator(place).screenshot(path=picture)
    with Image.open(picture) as shot:
        (found,) = zxingcpp.read_barcodes(shot)
    return str(found.text)


def code_at(enrolment: Enrolment, clock: SettableClock, *, later_s: int = 0) -> str:
    key = rotating_key(enrolment.card.id, enrolment.card.code_generation, CODE_KEY)
    return codes_ahead(enrolment.card.id, key, clock() + timedelta(seconds=later_s), 1)[0].text


IS_KEPT = """async () => {
  const names = await caches.keys();
  const keys = (await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))).flat();
  const paths = keys.map((each) => new URL(each.url).pathname);
  return ["/codes", ".css", "live.js", "large_code.js"].every((end) => paths.some((path) => path.endsWith(end)));
}"""
"""Tells whether the whole card is kept for a phone without a network."""
IS_FORGOTTEN = "async () => (await (await caches.open('tessera-cards')).keys()).length === 0"


async def until(page: Page, question: str) -> None:
    """Ask the page until it says yes: `wait_for_function` takes the promise of an answer for a yes."""
    async with asyncio.timeout(60):
        while not await page.evaluate(question):
            await asyncio.sleep(0.05)


async def leave(page: Page, console_errors: list[str]) -> None:
    """Close the page; Chromium notes every request that met no network, and they were meant."""
    await page.goto("about:blank")
    console_errors[:] = [each for each in console_errors if not re.search("ERR_INTERNET_DISCONNECTED|ERR_FAILED", each)]


async def test_the_code_turns_every_half_minute_by_the_services_clock(
    house: MemberHouse, enrolment: Enrolment, page: Page, artifacts: Path, clock: SettableClock
) -> None:
    """The browser's clock is months away from the service's: only what the service says counts."""
    await page.clock.install()
    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang=en")
    await expect(page.locator("#code-state")).to_contain_text("changes in")

    first = await read(page, "#code-bigger", artifacts / "code-first.png")
    await page.clock.run_for(HALF_MINUTE_MS)
    second = await read(page, "#code-bigger", artifacts / "code-second.png")

    assert first == code_at(enrolment, clock)
    assert second == code_at(enrolment, clock, later_s=PERIOD_S)


async def test_a_short_loss_of_network_does_not_stop_the_code(
    house: MemberHouse,
    enrolment: Enrolment,
    page: Page,
    artifacts: Path,
    clock: SettableClock,
    *,
    console_errors: list[str],
) -> None:
    await page.clock.install()
    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang=en")
    await expect(page.locator("#code-state")).to_contain_text("changes in")

    await page.context.set_offline(True)
    await page.clock.run_for(6 * HALF_MINUTE_MS + HALF_MINUTE_MS // 2)

    await expect(page.locator("#offline")).to_contain_text("No connection")
    shown = await read(page, "#code-bigger", artifacts / "code-offline.png")
    assert shown == code_at(enrolment, clock, later_s=6 * PERIOD_S)
    await leave(page, console_errors)


async def test_without_network_for_long_the_static_code_stands_in_and_the_page_says_so(
    house: MemberHouse, enrolment: Enrolment, page: Page, artifacts: Path, console_errors: list[str]
) -> None:
    await page.clock.install()
    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang=ru")
    await expect(page.locator("#code-state")).to_contain_text("сменится")

    await page.context.set_offline(True)
    await page.clock.run_for(12 * HALF_MINUTE_MS)

    await expect(page.locator("#code-state")).to_contain_text("Этот код не меняется")
    assert await read(page, "#code-bigger", artifacts / "code-static.png") == scan_code(enrolment.card.id, CODE_KEY)
    await page.screenshot(path=artifacts / "member-card-static.png", full_page=True)
    await leave(page, console_errors)


async def test_where_a_static_code_opens_nothing_none_is_shown(
    house: MemberHouse, enrolment: Enrolment, page: Page, console_errors: list[str]
) -> None:
    policy = CodePolicy(static=CodeRights(see=False))
    await house.store.reading.programmes.keep(replace(PROGRAMME, terms=replace(PROGRAMME.terms, codes=policy)))
    await page.clock.install()
    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang=en")
    await expect(page.locator("#code-state")).to_contain_text("changes in")

    await page.context.set_offline(True)
    await page.clock.run_for(12 * HALF_MINUTE_MS)

    await expect(page.locator("#code-state")).to_contain_text("The code needs a connection")
    await expect(page.locator("#code-bigger")).to_be_hidden()
    await leave(page, console_errors)


async def test_the_last_seen_card_opens_without_a_network_and_says_how_old_it_is(
    house: MemberHouse, enrolment: Enrolment, page: Page, artifacts: Path, console_errors: list[str]
) -> None:
    await house.buy(enrolment, 50_000)
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang=en")
    await expect(page.locator("#forget-place")).to_be_visible()
    await until(page, IS_KEPT)

    await page.context.set_offline(True)
    await page.reload()

    await expect(page.locator("#offline")).to_contain_text("No connection. The card is shown as it was")
    await expect(page.locator("#live-card .figure")).to_have_text("25")
    await expect(page.locator("#code-now svg")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.querySelector('.card-art')).borderRadius") != "0px"
    await page.screenshot(path=artifacts / "member-card-offline.png", full_page=True)

    await house.buy(enrolment, 50_000)
    await page.context.set_offline(False)  # the page comes back by itself
    await expect(page.locator("#live-card .figure")).to_have_text("50")
    await expect(page.locator("#offline")).to_be_hidden()
    await leave(page, console_errors)


async def test_a_card_let_go_of_is_no_longer_kept_on_the_device(
    house: MemberHouse, enrolment: Enrolment, page: Page
) -> None:
    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang=en")
    await expect(page.locator("#forget-place")).to_be_visible()
    await until(page, IS_KEPT)

    await page.click("#forget")

    await until(page, IS_FORGOTTEN)
    await page.evaluate(
        "async () => (await fetch(`${location.pathname}/codes`)).text()"
    )  # as the page does in its time
    assert await page.evaluate(IS_FORGOTTEN)


async def test_the_code_fills_the_screen_and_closes_by_escape(
    house: MemberHouse, enrolment: Enrolment, page: Page, artifacts: Path
) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang=en")
    await expect(page.locator("#code-state")).to_contain_text("changes in")

    await page.click("#code-bigger")

    await expect(page.locator("#code-dialog")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.querySelector('#code-dialog')).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    shown = await read(page, "#code-dialog", artifacts / "member-card-code-large.png")
    assert shown.startswith(f"TSR2.{enrolment.card.id}.")
    await page.keyboard.press("Escape")
    await expect(page.locator("#code-dialog")).to_be_hidden()
    await expect(page.locator("#code-bigger")).to_be_focused()


async def test_a_card_that_is_blocked_while_it_is_open_loses_its_code(
    house: MemberHouse, enrolment: Enrolment, page: Page
) -> None:
    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang=en")
    await expect(page.locator("#code-place")).to_be_visible()

    await house.store.reading.cards.set_state(enrolment.card.id, CardState.BLOCKED)
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    await expect(page.locator(".card-closed")).to_be_visible()
    await expect(page.locator("#code-place")).to_have_count(0)


async def test_an_open_page_asks_ever_more_seldom_and_never_too_often(
    house: MemberHouse, enrolment: Enrolment, page: Page
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/state") else None)
    await page.clock.install()
    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang=en")
    for _ in range(60):
        await page.clock.run_for(3_000)
        await page.wait_for_timeout(20)
    eager = len(asked)

    for _ in range(40):
        await page.clock.run_for(15_000)
        await page.wait_for_timeout(20)

    assert eager <= 61
    assert len(asked) - eager <= 26


async def test_the_data_is_downloaded_as_a_file(house: MemberHouse, enrolment: Enrolment, page: Page) -> None:
    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang=en")

    async with page.expect_download() as waiting:
        await page.get_by_role("button", name="Download my data").click()
    download = await waiting.value

    document = json.loads(Path(await download.path()).read_text("utf-8"))
    assert re.fullmatch(r"coffee-\d{4}-\d\d-\d\d\.json", download.suggested_filename)
    assert document["member"][0]["id"] == enrolment.member.id
