"""The card as a page: its coupons with their codes, and how each purchase was counted."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import segno
from playwright.async_api import Page, expect

from offers.flows.enrol_member import Enrolment
from offers.flows.redeem_coupon import RedeemCoupon
from offers.model.coupon import Every
from offers.model.take import taker_at
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import PROGRAMME, TILL
from tests.doors.member_house import MemberHouse, open_member_house
from tests.doors.page_checks import check_contrast, check_labels, check_width
from tests.doors.shop_window import ShopWindow


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> AsyncIterator[MemberHouse]:
    async with open_member_house(store, clock) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def window(house: MemberHouse) -> ShopWindow:
    window = ShopWindow(house.store, PROGRAMME, house.clock)
    await window.open()
    return window


@pytest_asyncio.fixture(loop_scope="session")
async def enrolment(house: MemberHouse) -> Enrolment:
    return await house.enrol()


async def page_of(house: MemberHouse, enrolment: Enrolment, language: str) -> str:
    answer = await house.client.get(house.card_page(enrolment), headers={"Accept-Language": language})
    assert answer.status == 200
    return (await answer.text()).replace("\N{NO-BREAK SPACE}", " ").replace("<wbr>", "")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ru", ("Действует до 14 мар., 17:30", "Использован; снова с 1 апреля")),
        ("en", ("Valid until 14 Mar, 17:30", "Used; again from 1 April on")),
    ],
)
async def test_coupons_stand_with_their_days_and_only_usable_ones_with_a_code(
    house: MemberHouse, window: ShopWindow, enrolment: Enrolment, language: str, told: tuple[str, str]
) -> None:
    member = enrolment.member.id
    once = await window.coupon(member, until=house.clock() + timedelta(days=3))
    monthly = await window.coupon(member, every=Every.CALENDAR_MONTH)
    await RedeemCoupon(house.store, house.clock)(monthly.id, taker_at(TILL, member), cause="order:1")

    page = await page_of(house, enrolment, language)

    assert all(text in page for text in told)
    drawn = segno.make_qr(once.id.upper(), error="m")
    assert drawn.svg_inline(border=0, omitsize=True, svgclass="code", lineclass=None) in page
    assert page.count('class="coupon-code"') == 1


async def test_without_coupons_the_page_does_not_speak_of_them(
    house: MemberHouse, window: ShopWindow, enrolment: Enrolment
) -> None:
    assert window.programme.id == PROGRAMME.id
    assert "Купоны" not in await page_of(house, enrolment, "ru")


@pytest.mark.usefixtures("window")
async def test_every_purchase_says_how_it_was_counted(house: MemberHouse, enrolment: Enrolment) -> None:
    receipt = await house.buy(enrolment, 50_000)

    page = await page_of(house, enrolment, "ru")

    assert "«Дождливый день»: к оплате на 50 ₽ меньше" in page
    assert "«Большой стол» не применено: нужна покупка на 1 000 ₽, а эта на 500 ₽" in page
    assert page.count('<li class="applied">') + page.count('<li class="passed-over">') == len(receipt.explain)


@pytest.mark.browser
async def test_what_was_unfolded_stays_so_when_the_card_is_refreshed(
    page: Page, house: MemberHouse, window: ShopWindow, artifacts: Path
) -> None:
    enrolment = await house.enrol()
    coupon = await window.coupon(enrolment.member.id)
    receipt = await house.buy(enrolment, 50_000)
    await page.goto(f"{house.address}{house.card_page(enrolment)}?lang=ru")
    await page.click(f"#coupon-{coupon.id} summary")
    await page.click(f"#why-{receipt.id} summary")
    for width in (360, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        for check in (check_labels, check_contrast, check_width):
            await check(page)
        await page.screenshot(path=artifacts / f"card-offers-{width}.png", full_page=True)

    await house.buy(enrolment, 20_000)
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    await expect(page.locator(".purchases > li")).to_have_count(2)
    await expect(page.locator(f"#why-{receipt.id} li").first).to_be_visible()
    await expect(page.locator(f"#coupon-{coupon.id} svg")).to_be_visible()
