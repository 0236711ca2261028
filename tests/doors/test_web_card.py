"""The card as a page: what the holder of its link sees, and what nobody else does."""

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO

import pytest
import pytest_asyncio
import segno
import zxingcpp
from PIL import Image

from offers.engine.card_codes import scan_code
from offers.engine.card_look import look_of
from offers.engine.starter_designs import starter_design
from offers.flows.enrol_member import Enrolment
from offers.flows.void_purchase import VoidPurchase
from offers.model.card import CardState
from offers.model.design import Colours
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY, PROGRAMME, TILL
from tests.doors.member_house import PHONE, MemberHouse, open_member_house

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
_GAP = "\N{NO-BREAK SPACE}"


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> AsyncIterator[MemberHouse]:
    async with open_member_house(store, clock) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def enrolment(house: MemberHouse) -> Enrolment:
    return await house.enrol()


async def page_of(house: MemberHouse, enrolment: Enrolment, *, language: str = "ru", browser: str = "") -> str:
    headers = {"Accept-Language": language, "User-Agent": browser}
    answer = await house.client.get(house.card_page(enrolment), headers=headers)
    assert answer.status == 200
    return (await answer.text()).replace("<wbr>", "")


async def test_a_new_card_shows_its_code_no_points_and_the_way_to_the_first_level(
    house: MemberHouse, enrolment: Enrolment
) -> None:
    page = await page_of(house, enrolment)

    assert scan_code(enrolment.card.id, CODE_KEY) in page
    assert "Карта готова." in page
    assert "<span>баллов</span>" in page
    assert "Следующий уровень: Серебро" in page
    assert f"Ещё 5{_GAP}000{_GAP}₽ — и скидка 3{_GAP}%" in page
    assert "Пока пусто." in page


async def test_the_qr_code_on_the_page_is_the_scan_code(house: MemberHouse, enrolment: Enrolment) -> None:
    """The page's modules are compared with a picture of the same code, which a scanner reads."""
    code = scan_code(enrolment.card.id, CODE_KEY)
    drawn = segno.make_qr(code, error="m")
    picture = BytesIO()
    drawn.save(picture, kind="png", scale=6, border=4)

    page = await page_of(house, enrolment)

    assert drawn.svg_inline(border=0, omitsize=True, svgclass="code", lineclass=None) in page
    (read,) = zxingcpp.read_barcodes(Image.open(picture))
    assert read.text == code


@pytest.mark.parametrize(
    ("amount_minor", "russian", "english"),
    [(2_000, "балл", "point"), (44_000, "балла", "points"), (220_000, "баллов", "points")],
)
async def test_points_agree_with_their_number(
    house: MemberHouse, enrolment: Enrolment, amount_minor: int, russian: str, english: str
) -> None:
    await house.buy(enrolment, amount_minor)

    assert f"<span>{russian}</span>" in await page_of(house, enrolment)
    assert f"<span>{english}</span>" in await page_of(house, enrolment, language="en")


async def test_purchases_raise_the_balance_the_discount_and_the_list(house: MemberHouse, enrolment: Enrolment) -> None:
    await house.buy(enrolment, 600_000)
    await house.buy(enrolment, 20_000, points=50)

    page = await page_of(house, enrolment, language="en")

    assert '<span class="figure">257</span>' in page
    assert "<dd>3%</dd>" in page
    assert "<dd>Silver</dd>" in page
    assert "Next level: Gold" in page
    assert f"RUB{_GAP}6,000" in page
    assert "−50" in page
    assert "Mar 11, 17:30" in page or "11 Mar, 17:30" in page
    assert page.index("−50") < page.index("Mar, 17:30")


async def test_a_voided_purchase_is_marked(house: MemberHouse, enrolment: Enrolment) -> None:
    receipt = await house.buy(enrolment, 10_000)
    await VoidPurchase(house.store, house.clock)(TILL, receipt.id)

    page = await page_of(house, enrolment)

    assert 'class="voided"' in page
    assert "отменена" in page


async def test_at_the_top_level_no_way_further_is_shown(house: MemberHouse, enrolment: Enrolment) -> None:
    await house.buy(enrolment, 2_500_000)

    page = await page_of(house, enrolment)

    assert "level-title" not in page
    assert "Золото" not in page or "Следующий уровень" not in page


async def test_the_page_names_no_phone(house: MemberHouse, enrolment: Enrolment) -> None:
    page = await page_of(house, enrolment)

    assert PHONE not in page
    assert PHONE[2:] not in page


async def test_each_phone_sees_its_own_wallet_first(house: MemberHouse, enrolment: Enrolment) -> None:
    address = house.card_page(enrolment)

    iphone = await page_of(house, enrolment, browser=IPHONE)
    android = await page_of(house, enrolment, browser=ANDROID)

    assert 0 < iphone.index(f'href="{address}.pkpass"') < iphone.index(f'href="{address}/google"')
    assert 0 < android.index(f'href="{address}/google"') < android.index(f'href="{address}.pkpass"')


async def test_only_what_is_configured_is_offered(store: Store, clock: SettableClock) -> None:
    async with open_member_house(store, clock, apple=False, google=False, bots={}) as house:
        page = await page_of(house, await house.enrol())

    assert "Wallet" not in page
    assert "Telegram" not in page


async def test_the_bot_link_carries_the_cards_token(house: MemberHouse, enrolment: Enrolment) -> None:
    token = house.card_page(enrolment).removeprefix("/c/")

    assert f'href="https://t.me/coffee_bot?start=c-{token}"' in await page_of(house, enrolment)


async def test_a_bot_of_another_programme_is_not_offered(store: Store, clock: SettableClock) -> None:
    async with open_member_house(store, clock, bots={"bakery": "https://t.me/bakery_bot"}) as house:
        assert "t.me" not in await page_of(house, await house.enrol())


async def test_search_engines_and_caches_are_kept_away(house: MemberHouse, enrolment: Enrolment) -> None:
    answer = await house.client.get(house.card_page(enrolment))

    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in await answer.text()


async def test_a_link_forged_torn_or_of_no_card_is_a_friendly_page(house: MemberHouse, enrolment: Enrolment) -> None:
    whole = house.card_page(enrolment)
    forged = whole[:-1] + ("0" if whole[-1] != "0" else "1")
    other = "/c/" + "0" * 36

    for address in (forged, whole[:-4], other, "/c/x", "/c/" + "й" * 10, whole + "0"):
        answer = await house.client.get(address, headers={"Accept": "text/html", "Accept-Language": "ru"})
        page = await answer.text()
        assert answer.status == 404
        assert "Ссылка на карту работает только целиком" in page
        assert "TSR1." not in page


async def test_a_link_typed_in_capitals_opens_the_card(house: MemberHouse, enrolment: Enrolment) -> None:
    answer = await house.client.get("/c/" + house.card_page(enrolment).removeprefix("/c/").upper())

    assert answer.status == 200


@pytest.mark.parametrize(
    ("state", "words"), [(CardState.BLOCKED, "пока заблокирована"), (CardState.VOIDED, "Карта закрыта")]
)
async def test_a_card_that_is_not_active_shows_no_code_and_no_wallets(
    house: MemberHouse, enrolment: Enrolment, state: CardState, words: str
) -> None:
    await house.store.reading.cards.set_state(enrolment.card.id, state)

    page = await page_of(house, enrolment)

    assert words in page
    assert "TSR1." not in page
    assert ".pkpass" not in page


async def test_the_welcome_is_said_once_the_card_is_new(
    house: MemberHouse, enrolment: Enrolment, clock: SettableClock
) -> None:
    clock.move(timedelta(minutes=11))

    assert "Карта готова." not in await page_of(house, enrolment)


async def test_the_programmes_pictures_have_addresses_that_name_their_content(
    house: MemberHouse, enrolment: Enrolment
) -> None:
    page = await page_of(house, enrolment)
    address = page.split('<img src="')[1].split('"')[0]
    assert address.startswith("/pictures/hero/1d2b36-")

    answer = await house.client.get(address)
    gone = await house.client.get(f"/images/coffee/hero-{'0' * 64}.png")
    nowhere = await house.client.get(address.replace("1d2b36", "1d2b37"))

    assert answer.status == 200
    assert answer.content_type == "image/png"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert Image.open(BytesIO(await answer.read())).size == (1032, 336)
    assert (gone.status, nowhere.status) == (404, 404)


async def test_a_logo_of_an_earlier_design_is_gone(house: MemberHouse) -> None:
    from wallet.pages.images import make_picture  # noqa: PLC0415 -- the address is made as Google's door makes it

    earlier = await make_picture(house.tools.pictures, look_of(starter_design(PROGRAMME.id), at=house.clock()), "logo")
    address = f"/images/coffee/logo-{earlier.digest}.png"
    assert Image.open(BytesIO(await (await house.client.get(address)).read())).size == (660, 660)

    await house.store.reading.designs.keep(starter_design(PROGRAMME.id, colours=Colours(background="#5c2a3d")))

    assert (await house.client.get(address)).status == 404


@pytest.mark.parametrize(
    ("address", "rules"),
    [
        ("/colours/1d2b36-ffffff-f2c14e.css", "--card-ground:#1d2b36;--card-ink:#ffffff;--card-label:#f2c14e;"),
        ("/colours/ffffff-fefefe-f2c14e.css", "--card-ground:#ffffff;--card-ink:#000000;--card-label:#000000;"),
        ("/colours/202020-303030-ffffff.css", "--card-ground:#202020;--card-ink:#ffffff;--card-label:#ffffff;"),
    ],
)
async def test_colours_that_cannot_be_read_are_replaced(house: MemberHouse, address: str, rules: str) -> None:
    answer = await house.client.get(address)

    assert (answer.status, answer.content_type) == (200, "text/css")
    assert await answer.text() == f":root{{{rules}}}"


@pytest.mark.parametrize("address", ["/colours/1d2b36.css", "/colours/1d2b36-ffffff-f2c14.css", "/colours/a;b-c-d.css"])
async def test_what_is_no_colour_has_no_stylesheet(house: MemberHouse, address: str) -> None:
    assert (await house.client.get(address)).status == 404
