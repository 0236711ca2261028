"""Codes on the cashier's page in Chromium: what a static one may not do is said, and a changing one does it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from offers.engine.rotating_codes import period_at, rotating_code, rotating_key
from offers.model.programme import Terms
from offers.model.showing import CodePolicy, CodeRights
from offers.store.store import Store
from tests.cashier import excuse_refusals, find_card, fits, photo_of, sign_in, type_code
from tests.clock import SettableClock
from tests.doors.page_checks import check_contrast, check_labels
from tests.till_door import CODE_KEY, COFFEE, LEVELS, TillDoor, open_till_door

pytestmark = pytest.mark.browser
POLICY = CodePolicy(static=CodeRights(daily_points=50, use_coupons=False, spend_prepaid=False))


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, present: SettableClock) -> AsyncIterator[TillDoor]:
    opening = replace(COFFEE, terms=Terms(accrual_bp=1_000, levels=LEVELS, codes=POLICY))
    async with open_till_door(store, present, opening) as opened:
        await opened.settle(opened.basket("EARN", amount=300_000))
        yield opened


def changing(door: TillDoor) -> str:
    card = door.enrolment.card
    return rotating_code(card.id, rotating_key(card.id, 1, CODE_KEY), period_at(door.clock()))


@pytest.mark.parametrize("looks", [("ru", 360), ("en", 360), ("ru", 1280), ("en", 1280)])
async def test_the_page_says_what_a_static_code_may_not_do_and_keeps_to_its_limit(
    door: TillDoor, page: Page, artifacts: Path, looks: tuple[str, int]
) -> None:
    language, width = looks
    await sign_in(page, door, language=language, width=width)
    await find_card(page, door)
    await page.fill("#amount", "500")

    notes = page.locator("#card-notes li")

    await expect(notes).to_have_count(3)
    await expect(page.locator("#slider")).to_have_attribute("max", "50")
    await check_contrast(page)
    await check_labels(page)
    await page.evaluate("() => window.scrollTo(0, 0)")
    await page.screenshot(path=artifacts / f"till-codes-{language}-{width}.png", full_page=True)
    assert await fits(page)


@pytest.mark.parametrize("gap_ms", [0, 120])
async def test_a_changing_code_scanned_in_the_middle_of_a_sale_takes_its_place(
    door: TillDoor, page: Page, gap_ms: int
) -> None:
    await sign_in(page, door)
    await find_card(page, door)
    await page.fill("#amount", "500")
    await expect(page.locator("#slider")).to_have_attribute("max", "50")

    await page.evaluate("() => document.activeElement.blur()")
    await page.keyboard.type(changing(door), delay=gap_ms)
    await page.keyboard.press("Enter")

    await expect(page.locator("#card-notes")).to_be_hidden()
    await expect(page.locator("#slider")).to_have_attribute("max", "237")
    await expect(page.locator("#amount")).to_have_value("500")


async def test_a_changing_code_is_read_from_a_photo(door: TillDoor, page: Page) -> None:
    await sign_in(page, door)

    await page.set_input_files("#photo", photo_of(changing(door)))

    await expect(page.locator("#sale")).to_be_visible()
    await expect(page.locator("#card-notes")).to_be_hidden()


async def test_a_code_that_was_used_is_refused_with_what_to_do(
    door: TillDoor, page: Page, console_errors: list[str]
) -> None:
    code = changing(door)
    response, _ = await door.settle(door.basket("A-1") | {"card": code})
    assert response.status == 201
    await sign_in(page, door)
    await type_code(page, code)
    await page.fill("#amount", "500")

    await page.click("#settle")

    await expect(page.get_by_text("This code was used already")).to_be_visible()
    excuse_refusals(console_errors)
