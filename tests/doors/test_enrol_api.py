"""Enrolling at the till, by the API and on the cashier's page; and the sources that the office counts."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from offers.engine.sealing import unseal
from offers.flows.enrol_member import Application, EnrolMember
from offers.model.arrival import Arrival
from offers.model.message import Lane, OutboxItem
from offers.model.programme import Language, Scope
from offers.store.store import Store
from tests.cashier import COUNTER, PHONE, fits, sign_in
from tests.clock import SettableClock
from tests.doors.page_checks import check_contrast, check_labels, check_width
from tests.till_door import CONSENT, SMS_KEY, TillDoor, open_till_door

ANNA = "+79990000001"  # the member behind the till's door


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, present: SettableClock) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, present) as opened:
        yield opened


async def enrol(door: TillDoor, body: dict[str, Any], **options: Any) -> tuple[int, Any]:
    async with door.ask("POST", "/v1/members", json=body, **options) as response:
        return response.status, await response.json()


async def texted(door: TillDoor) -> list[OutboxItem]:
    return await door.store.reading.outbox.claim(Lane.SMS, claim=secrets.token_hex(4), at=door.clock(), lease_s=0)


async def test_a_till_gets_a_link_and_its_code_and_nobody_is_enrolled_yet(door: TillDoor) -> None:
    status, told = await enrol(door, {"phone": "8 916 123-45-67"})

    assert status == 201
    assert told["link"].startswith("https://cards.example/join/coffee?claim=")
    assert told["qr"].startswith("data:image/svg+xml")
    assert (told["phone"], told["sent"], told["can_send"]) == ("+79161234567", False, True)
    assert len(await door.store.reading.members.newest(door.opened.programme.id, limit=9)) == 1
    assert not await texted(door)


async def test_a_link_needs_no_phone(door: TillDoor) -> None:
    status, told = await enrol(door, {})

    assert (status, told["phone"]) == (201, None)


async def test_a_members_phone_is_answered_like_any_other(door: TillDoor) -> None:
    known, unknown = await enrol(door, {"phone": ANNA}), await enrol(door, {"phone": "+79990000009"})

    assert known[0] == unknown[0] == 201
    assert known[1].keys() == unknown[1].keys()


async def test_the_link_goes_to_the_phone_by_another_token_than_the_screens(door: TillDoor) -> None:
    _, told = await enrol(door, {"phone": "8 916 123-45-67", "send": True, "language": "en"})

    (item,) = await texted(door)
    link = unseal(item.payload["sealed"], SMS_KEY, bound_to=item.key)
    assert told["sent"] is True
    assert (item.payload["phone"], item.payload["language"]) == ("+79161234567", "en")
    assert link.startswith("https://cards.example/join/coffee?claim=")
    assert link != told["link"]


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"phone": "12"}, 422, "bad_contact", "/phone"),
        ({"send": True}, 422, "invalid_body", "/send"),
        ({"phone": "x" * 41}, 422, "invalid_body", "/phone"),
        ({"mail": "a@b"}, 422, "invalid_body", "/mail"),
    ],
)
async def test_what_is_wrong_is_told_by_its_field(
    door: TillDoor, body: dict[str, Any], status: int, code: str, field: str
) -> None:
    answered, told = await enrol(door, body)

    assert (answered, told["code"]) == (status, code)
    assert told.get("field", told.get("errors", [{}])[0].get("pointer")) == field


async def test_one_phone_is_not_texted_without_end(door: TillDoor) -> None:
    told = [await enrol(door, {"phone": "8 916 123-45-67", "send": True}) for _ in range(4)]

    assert [status for status, _ in told] == [201, 201, 201, 429]
    assert told[-1][1]["code"] == "too_many_phone_codes"


async def test_enrolling_is_for_tills_and_sources_are_for_the_office(door: TillDoor) -> None:
    office = await door.issue_key.for_programme(door.opened.programme.id, Scope.OPERATOR, name="office")

    assert (await enrol(door, {}, key=office.secret))[0] == 403
    async with door.ask("GET", "/v1/sources") as refused:
        assert refused.status == 403
    async with door.ask("GET", "/v1/sources?sinse=x", key=office.secret) as wrong:
        assert wrong.status == 422


async def test_the_office_counts_sources(door: TillDoor, store: Store) -> None:
    office = await door.issue_key.for_programme(door.opened.programme.id, Scope.OPERATOR, name="office")
    arrival = Arrival(source="poster", campaign="spring", medium="print")
    for number in (2, 3):
        applying = Application(
            language=Language.RU,
            source="poster",
            consents=(CONSENT,),
            phone=f"+7999000000{number}",
            arrival=arrival,
            phone_is_verified=number == 2,
        )
        await EnrolMember(store, door.clock, secrets.token_bytes)(door.opened.programme, applying)

    async with door.ask("GET", "/v1/sources", key=office.secret) as response:
        told = await response.json()

    assert (response.status, told["members"], told["currency"]) == (200, 3, "RUB")
    first = told["sources"][0]
    assert {name: first[name] for name in ("source", "medium", "campaign", "members", "verified", "buyers")} == {
        "source": "poster",
        "medium": "print",
        "campaign": "spring",
        "members": 2,
        "verified": 1,
        "buyers": 0,
    }


@pytest.mark.browser
@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("width", [PHONE["width"], COUNTER["width"]])
async def test_a_cashier_shows_the_code_and_sends_the_link(
    door: TillDoor, page: Page, artifacts: Path, console_errors: list[str], *, language: str, width: int
) -> None:
    await sign_in(page, door, language=language, width=width)
    await page.click("#to-enrol")
    await expect(page.locator("#enrol")).to_be_visible()
    await page.fill("#enrol-phone", "12")
    await page.press("#enrol-phone", "Enter")
    await expect(page.locator("#enrol-error")).to_be_visible()
    console_errors.clear()  # Chromium notes the 422 that was meant

    await page.fill("#enrol-phone", "8 916 123-45-67")
    await page.press("#enrol-phone", "Enter")
    await expect(page.locator("#enrol-qr")).to_be_visible()
    await expect(page.locator("#enrol-for")).to_have_text("+79161234567")
    for check in (check_labels, check_contrast, check_width):
        await check(page)
    assert await fits(page)
    await page.screenshot(path=artifacts / f"till-{language}-{width}-enrol.png", full_page=True)
    await page.click("#enrol-send")
    await expect(page.locator("#enrol-sent")).to_be_visible()

    assert len(await texted(door)) == 1
    await page.click("#enrol-back")
    await expect(page.locator("#scan")).to_be_visible()
