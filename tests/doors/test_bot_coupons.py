"""Coupons in the bot, and its answer to "why was there no discount?"."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image

from bot.why_texts import MAX_MESSAGE, why
from offers.flows.redeem_coupon import RedeemCoupon
from offers.flows.revoke_coupon import RevokeCoupon
from offers.model.coupon import Every
from offers.model.errors import UnknownCheckout
from offers.model.programme import Language
from offers.model.take import taker_at
from offers.store.store import Store
from sandbox.telegram.server import TelegramStandIn
from tests.coffee_house import PROGRAMME, TILL
from tests.doors.bot_house import BotHouse, open_bot_house, until_photo, until_text
from tests.doors.shop_window import ShopWindow

pytestmark = pytest.mark.usefixtures("window")


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, telegram: TelegramStandIn) -> AsyncIterator[BotHouse]:
    async with open_bot_house(store, telegram) as opened, opened.working():
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def window(house: BotHouse) -> ShopWindow:
    window = ShopWindow(house.store, PROGRAMME, house.clock)
    await window.open()
    return window


async def test_without_coupons_the_bot_says_so(house: BotHouse) -> None:
    anna = house.person()
    await house.enrol(anna)

    await anna.send("🎁 Купоны")

    assert (await anna.next_message()).text.startswith("Купонов для вас пока нет")


async def test_coupons_are_listed_with_where_they_stand_and_the_code_is_read_by_a_scanner(
    house: BotHouse, window: ShopWindow
) -> None:
    anna = house.person()
    member = (await house.enrol(anna)).member
    once = await window.coupon(member.id, until=house.clock() + timedelta(days=3))
    await until_text(anna, "Для вас купон")
    monthly = await window.coupon(member.id, every=Every.CALENDAR_MONTH)
    await until_text(anna, "Для вас купон")
    await RedeemCoupon(house.store, house.clock)(monthly.id, taker_at(TILL, member.id), cause="order:1")
    await until_text(anna, "применён")

    await anna.send("/coupons")
    listed = await until_text(anna, "Ваши купоны")
    await anna.press("🔳 Пирожное месяца")
    shown = await until_photo(anna)

    _, usable, used = listed.text.split("\n\n")
    assert usable.startswith("✅ Пирожное месяца\nДействует до ")
    assert re.fullmatch("▫️ Пирожное месяца\nИспользован; снова с 1 \\w+", used)
    assert shown.photo is not None
    (read,) = zxingcpp.read_barcodes(Image.open(BytesIO(shown.photo)))
    assert read.text == once.id.upper()
    assert shown.text.splitlines()[-1].replace("-", "") == once.id.upper()


async def test_a_coupon_withdrawn_meanwhile_shows_no_code(house: BotHouse, window: ShopWindow) -> None:
    anna = house.person()
    member = (await house.enrol(anna)).member
    coupon = await window.coupon(member.id)
    await anna.send("/coupons")
    await until_text(anna, "Ваши купоны")
    await RevokeCoupon(house.store, house.clock)(PROGRAMME.id, coupon.id)

    await anna.press("🔳 Пирожное месяца")

    await until_text(anna, "Купонов для вас пока нет")
    assert anna.toasts[-1].text == "Этим купоном сейчас воспользоваться нельзя."


async def test_why_no_discount_is_answered_under_a_purchase_for_every_offer(house: BotHouse) -> None:
    anna = house.person()
    enrolment = await house.enrol(anna)
    await house.buy(enrolment, 50_000)
    await until_text(anna, "за покупку")

    await anna.press("🔎 Как посчитано")

    told = (await until_text(anna, "Применено:")).text.replace("\N{NO-BREAK SPACE}", " ")
    applied, others = told.split("Не применено, и почему:")
    assert "Цена 500 ₽, скидка 50 ₽, баллами 0 ₽." in applied
    assert "✓ «Дождливый день»: к оплате на 50 ₽ меньше" in applied
    assert "– «Большой стол» не применено: нужна покупка на 1 000 ₽, а эта на 500 ₽" in others
    assert "– «Пирожное месяца»: нужен купон" in others or "«Пирожное месяца»" in others
    (receipt,) = await house.tools.find_receipts.of_member(enrolment.member.id)
    assert told.count("✓ ") + told.count("– ") >= len(receipt.explain)


async def test_any_purchase_kept_can_be_reached_and_explained(house: BotHouse) -> None:
    anna = house.person(language="en")
    enrolment = await house.enrol(anna, language=Language.EN)
    for number in range(1, 8):
        await house.buy(enrolment, number * 10_000)
    await until_text(anna, "for the purchase of RUB\N{NO-BREAK SPACE}630")

    await anna.send("/purchases")
    last = await until_text(anna, "Your last purchases")
    await anna.press("⬇️ Earlier purchases")
    earlier = await until_text(anna, "Earlier purchases")
    first = next(button for row in earlier.buttons for button in row if button.text.endswith("90"))
    await anna.press(first)

    told = await until_text(anna, "Applied:")
    assert last.text.count("RUB") == 5
    assert earlier.text.count("RUB") == 2
    assert "“Rainy day”: RUB\N{NO-BREAK SPACE}10 less to pay" in told.text


async def test_nobody_reads_the_purchases_of_another(house: BotHouse) -> None:
    anna, boris = house.person(), house.person("Борис", phone="+79160000001")
    enrolment = await house.enrol(anna)
    receipt = await house.buy(await house.enrol(boris), 50_000)

    with pytest.raises(UnknownCheckout):
        await house.tools.find_receipts.one_of_member(enrolment.member.id, receipt.id)
    with pytest.raises(UnknownCheckout):
        await house.tools.find_receipts.of_member(enrolment.member.id, before=receipt.id)


async def test_a_long_explanation_goes_on_with_the_next_press_and_says_every_line_once(house: BotHouse) -> None:
    receipt = await house.buy(await house.enrol(house.person()), 50_000)
    many = receipt.explain * 40
    long, at = replace(receipt, explain=many), house.clock()

    parts, start = [], 0
    while True:
        text, rest = why(Language.EN, long, zone="Europe/Moscow", at=at, start=start)
        parts.append(text)
        if rest is None:
            break
        start = rest

    assert len(parts) > 1
    assert all(len(part) <= MAX_MESSAGE for part in parts)
    lines = [line for part in parts for line in part.splitlines() if line.startswith(("✓", "–"))]
    assert len(lines) == len(many)
