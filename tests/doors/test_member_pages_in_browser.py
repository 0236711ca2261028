"""The member's pages in Chromium: on a phone and on a desk, in both languages, by light and by dark."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from offers.model.card import CardState
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import PROGRAMME
from tests.doors.member_house import MemberHouse, open_member_house
from tests.doors.page_checks import check_contrast, check_labels, check_width

pytestmark = pytest.mark.browser

PHONE_WIDTH, DESK_WIDTH = 360, 1280


@dataclass(frozen=True, slots=True)
class Look:
    """A screen, a language and a light; writes itself as the name of a picture."""

    width: int
    language: str
    scheme: Literal["light", "dark"]

    def __str__(self) -> str:
        return f"{self.width}-{self.language}-{self.scheme}"


LOOKS = [
    Look(PHONE_WIDTH, "ru", "light"),
    Look(PHONE_WIDTH, "en", "dark"),
    Look(DESK_WIDTH, "ru", "dark"),
    Look(DESK_WIDTH, "en", "light"),
]
looks = pytest.mark.parametrize("look", LOOKS, ids=str)


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> AsyncIterator[MemberHouse]:
    async with open_member_house(store, clock) as opened:
        yield opened


async def take(page: Page, look: Look) -> None:
    await page.set_viewport_size({"width": look.width, "height": 740 if look.width == PHONE_WIDTH else 800})
    await page.emulate_media(color_scheme=look.scheme)


def forget(console_errors: list[str], status: int) -> None:
    """Chromium notes every page that is not a 200; this one was meant."""
    others = [error for error in console_errors if f"status of {status}" not in error]
    assert len(others) == len(console_errors) - 1
    console_errors[:] = others


async def keep_picture(page: Page, artifacts: Path, name: str) -> None:
    """Check what every page must be, and leave its picture."""
    await check_labels(page)
    await check_contrast(page)
    await check_width(page)
    await page.screenshot(path=artifacts / f"member-{name}.png", full_page=True)


@looks
async def test_the_join_page(house: MemberHouse, page: Page, artifacts: Path, look: Look) -> None:
    await take(page, look)

    await page.goto(f"{house.address}/join/coffee?lang={look.language}")

    await expect(page.locator("#phone")).to_be_focused()
    await expect(page.locator("#phone")).to_be_in_viewport()
    await keep_picture(page, artifacts, f"join-{look}")


@looks
async def test_the_join_page_with_mistakes(
    house: MemberHouse, page: Page, artifacts: Path, console_errors: list[str], look: Look
) -> None:
    await take(page, look)
    await page.goto(f"{house.address}/join/coffee?lang={look.language}")
    await page.fill("#phone", "916 12")
    await page.fill("#day", "31")
    await page.select_option("#month", "2")

    await page.press("#phone", "Enter")

    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.locator("#phone")).to_be_focused()
    await keep_picture(page, artifacts, f"join-mistakes-{look}")
    forget(console_errors, 422)


@looks
async def test_the_card(house: MemberHouse, page: Page, artifacts: Path, look: Look) -> None:
    enrolment = await house.enrol()
    await house.buy(enrolment, 612_345)
    await house.buy(enrolment, 45_000, points=120)
    await house.buy(enrolment, 18_000)
    await take(page, look)

    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang={look.language}")

    await expect(page.locator(".card-code svg")).to_be_visible()
    await keep_picture(page, artifacts, f"card-{look}")


@looks
async def test_the_smaller_pages(
    house: MemberHouse,
    page: Page,
    artifacts: Path,
    console_errors: list[str],
    look: Look,
) -> None:
    enrolment = await house.enrol()
    await take(page, look)

    await page.goto(f"{house.address}/join/coffee/consent/personal_data?lang={look.language}")
    await keep_picture(page, artifacts, f"consent-{look}")
    await page.goto(f"{house.address}/join/coffee")
    await page.fill("#phone", "+7 916 123-45-67")
    await page.check("#personal_data")
    await page.press("#phone", "Enter")
    await page.wait_for_selector("text=Telegram")
    await keep_picture(page, artifacts, f"known-{look}")
    await page.goto(f"{house.address}/c/torn")
    await keep_picture(page, artifacts, f"torn-{look}")
    await house.store.reading.cards.set_state(enrolment.card.id, CardState.BLOCKED)
    await page.goto(f"{house.address}{house.card_page(enrolment)}")
    await keep_picture(page, artifacts, f"blocked-{look}")
    forget(console_errors, 409)
    forget(console_errors, 404)


async def test_a_person_joins_by_keyboard_alone(house: MemberHouse, page: Page) -> None:
    await take(page, LOOKS[0])
    await page.goto(f"{house.address}/join/coffee?lang=ru&src=poster")
    stops = [
        "phone",
        "day",
        "month",
        "year",
        "personal_data",
        "/consent/personal_data",
        "advertising",
        "/consent/advertising",
    ]

    await page.keyboard.type("89161234567")
    reached = []
    for _ in stops:
        reached.append(await page.evaluate("document.activeElement.id || document.activeElement.getAttribute('href')"))
        if reached[-1] == "personal_data":
            await page.keyboard.press("Space")
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    assert all(place.endswith(stop) for place, stop in zip(reached, stops, strict=True))
    await expect(page.locator(".card-code svg")).to_be_visible()
    (member,) = await house.store.reading.members.newest(PROGRAMME.id, limit=5)
    assert (member.phone, member.source) == ("+79161234567", "poster")


async def test_a_double_press_of_the_button_makes_one_member_and_shows_the_card(house: MemberHouse, page: Page) -> None:
    await page.goto(f"{house.address}/join/coffee?lang=en")
    await page.fill("#phone", "+7 916 123-45-67")
    await page.check("#personal_data")

    await page.get_by_role("button", name="Get the card").dblclick()

    await expect(page.locator(".card-code svg")).to_be_visible()
    assert len(await house.store.reading.members.newest(PROGRAMME.id, limit=5)) == 1


async def test_an_open_card_shows_a_purchase_by_itself(house: MemberHouse, page: Page) -> None:
    enrolment = await house.enrol()
    await page.clock.install()
    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang=en")
    await expect(page.locator(".figure")).to_have_text("0")

    await house.buy(enrolment, 44_000)
    await page.clock.run_for(11_000)

    await expect(page.locator(".figure")).to_have_text("22")
    await expect(page.locator(".purchases > li")).to_have_count(1)


async def test_the_skip_link_is_the_first_stop(house: MemberHouse, page: Page) -> None:
    enrolment = await house.enrol()
    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang=en")

    await page.keyboard.press("Tab")

    await expect(page.locator(".skip")).to_be_focused()
    await expect(page.locator(".skip")).to_be_in_viewport()
