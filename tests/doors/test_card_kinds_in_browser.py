"""A card of every kind on its page, as people see it: on a phone and a desk, in both languages, by light and dark."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from offers.engine.starter_designs import starter_design
from offers.model.design import CardKind
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import PROGRAMME
from tests.doors.card_kinds import COLOURS, TITLES, issue, stock
from tests.doors.member_house import MemberHouse, open_member_house
from tests.doors.test_member_pages_in_browser import LOOKS, Look, keep_picture, take

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
BIG = {
    CardKind.BONUS: {"ru": "257", "en": "257"},
    CardKind.CASHBACK: {"ru": "257 ₽", "en": "RUB 257"},
    CardKind.DISCOUNT: {"ru": "3 %", "en": "3%"},
    CardKind.STAMP: {"ru": "Шестой кофе в подарок", "en": "The sixth coffee is on us"},
    CardKind.COUPON: {"ru": "Пирожное месяца", "en": "Cake of the month"},
    CardKind.MEMBERSHIP: {"ru": "Серебро", "en": "Silver"},
    CardKind.GIFT: {"ru": "1 500,50 ₽", "en": "RUB 1,500.50"},
    CardKind.MULTIPASS: {"ru": "7", "en": "7"},
}


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> AsyncIterator[MemberHouse]:
    async with open_member_house(store, clock) as opened:
        main = starter_design(PROGRAMME.id, colours=COLOURS[CardKind.BONUS])
        await store.reading.designs.keep(main)
        yield opened


@pytest.mark.parametrize("kind", list(CardKind))
async def test_a_card_of_every_kind(house: MemberHouse, page: Page, artifacts: Path, kind: CardKind) -> None:
    address = await issue(house, await stock(house), kind)

    for look in LOOKS:
        await take(page, look)
        await page.goto(f"{house.address}{address}?lang={look.language}")
        await expect(page.locator("#code-now svg")).to_be_visible()
        figure = (await page.locator(".figure").first.inner_text()).replace("\N{NO-BREAK SPACE}", " ")
        assert figure == BIG[kind][look.language]
        assert await page.locator(".card-name").inner_text() == (
            TITLES[kind].ru if look.language == "ru" else TITLES[kind].en
        )
        await keep_picture(page, artifacts, f"kind-{kind}-{look}")
    dots = await page.locator("#live-card .dots li").count()
    filled = await page.locator("#live-card .dots .full").count()
    assert (filled, dots) == {CardKind.STAMP: (4, 6), CardKind.MULTIPASS: (7, 10)}.get(kind, (0, 0))


@pytest.mark.parametrize("kind", [CardKind.STAMP, CardKind.COUPON, CardKind.MULTIPASS, CardKind.GIFT])
async def test_an_empty_card_says_what_to_do(house: MemberHouse, page: Page, artifacts: Path, kind: CardKind) -> None:
    address = await issue(house, await house.enrol(), kind)

    for look in (LOOKS[0], LOOKS[3]):
        await take(page, look)
        await page.goto(f"{house.address}{address}?lang={look.language}")
        words = {"ru": ("касс", "появится"), "en": ("till", "appears")}[look.language]
        told = await page.locator("#live-card").inner_text()
        assert any(word in told for word in words), told
        await keep_picture(page, artifacts, f"kind-{kind}-empty-{look}")


async def test_a_member_finds_their_other_cards(house: MemberHouse, page: Page) -> None:
    enrolment = await house.enrol()
    address = await issue(house, enrolment, CardKind.GIFT)

    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang=en")
    await page.get_by_role("link", name="Gift card").click()

    assert page.url.endswith(address)
    await expect(page.get_by_role("link", name="Coffee house", exact=True)).to_have_attribute(
        "href", house.card_page(enrolment)
    )


OWN_PAGES = ("/share", "/consents", "/unsubscribe", "/history", "/lost")


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_the_pages_around_a_card(house: MemberHouse, page: Page, artifacts: Path, look: Look) -> None:
    enrolment = await stock(house)
    await take(page, look)

    for part in OWN_PAGES:
        await page.goto(f"{house.address}{house.card_page(enrolment)}{part}?lang={look.language}")
        await keep_picture(page, artifacts, f"own{part.replace('/', '-')}-{look}")


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_the_poster(house: MemberHouse, page: Page, artifacts: Path, language: str) -> None:
    await take(page, Look(1280, language, "light"))
    await page.goto(f"{house.address}/join/coffee/poster?src=window-2&lang={language}")
    await expect(page.locator("#print")).to_be_visible()
    await keep_picture(page, artifacts, f"poster-{language}")

    await page.pdf(path=artifacts / f"member-poster-{language}.pdf", prefer_css_page_size=True, print_background=True)

    assert (artifacts / f"member-poster-{language}.pdf").read_bytes().count(b"/Type /Page\n") <= 1
    await take(page, Look(360, language, "light"))
    await keep_picture(page, artifacts, f"poster-{language}-360")
