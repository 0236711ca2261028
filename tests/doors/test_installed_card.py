"""The card as an installed page: its manifest and icons, its worker, its codes ahead, and the mark of its state."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest_asyncio
import segno
from PIL import Image

from offers.engine.rotating_codes import PERIOD_S, codes_ahead, rotating_key
from offers.engine.starter_designs import starter_design
from offers.flows.enrol_member import Enrolment
from offers.model.card import CardState
from offers.model.design import CardKind, Colours
from offers.model.programme import LocalText
from offers.model.showing import CodePolicy, CodeRights
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY, PROGRAMME
from tests.doors.member_house import MemberHouse, open_member_house

BLUE = Colours(background="#0a2f5c", foreground="#ffffff", label="#9fd0ff")


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> AsyncIterator[MemberHouse]:
    async with open_member_house(store, clock) as opened:
        design = starter_design(PROGRAMME.id, CardKind.BONUS, colours=BLUE)
        await store.reading.designs.keep(replace(design, title=LocalText(ru="Карта друга", en="Friend's best card")))
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def enrolment(house: MemberHouse) -> Enrolment:
    return await house.enrol()


async def test_the_manifest_has_the_cards_name_colours_and_icons(house: MemberHouse, enrolment: Enrolment) -> None:
    address = house.card_page(enrolment)

    answer = await house.client.get(f"{address}/manifest.webmanifest", headers={"Accept-Language": "en"})
    manifest = await answer.json(content_type="application/manifest+json")

    assert answer.headers["Cache-Control"] == "no-store"
    assert (manifest["name"], manifest["short_name"]) == ("Friend's best card", "Friend's")
    assert (manifest["start_url"], manifest["scope"], manifest["id"]) == (address, address, address)
    assert (manifest["theme_color"], manifest["display"]) == ("#0a2f5c", "standalone")
    assert [(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]] == [
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    ]
    for icon in manifest["icons"]:
        picture = Image.open(BytesIO(await (await house.client.get(icon["src"])).read()))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]
        assert picture.mode == "RGB"


async def test_a_maskable_icon_keeps_its_edge_free(house: MemberHouse, enrolment: Enrolment) -> None:
    manifest = await (await house.client.get(f"{house.card_page(enrolment)}/manifest.webmanifest")).json(
        content_type=None
    )

    picture = Image.open(BytesIO(await (await house.client.get(manifest["icons"][2]["src"])).read()))

    side = picture.width
    edge = {picture.getpixel((place, 20)) for place in range(side)} | {
        picture.getpixel((20, place)) for place in range(side)
    }
    assert edge == {(0x0A, 0x2F, 0x5C)}


async def test_the_page_names_its_manifest_and_its_icon_for_iphones(house: MemberHouse, enrolment: Enrolment) -> None:
    page = await (await house.client.get(house.card_page(enrolment))).text()

    assert f'<link rel="manifest" href="{house.card_page(enrolment)}/manifest.webmanifest">' in page
    touch = page.split('rel="apple-touch-icon" href="')[1].split('"')[0]
    assert Image.open(BytesIO(await (await house.client.get(touch)).read())).size == (180, 180)


async def test_a_picture_nobody_signed_is_not_drawn(house: MemberHouse, enrolment: Enrolment) -> None:
    page = await (await house.client.get(house.card_page(enrolment))).text()
    hero = page.split('<img src="')[1].split('"')[0]

    assert (await house.client.get(hero)).status == 200
    assert (await house.client.get(hero.replace("0a2f5c", "0a2f5d"))).status == 404
    assert (await house.client.get(hero.replace("/hero/", "/logo/"))).status == 404


async def test_the_worker_may_keep_cards_and_is_never_stale(house: MemberHouse) -> None:
    answer = await house.client.get("/c/worker.js")
    text = await answer.text()

    assert answer.content_type == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert text.startswith('const VERSION = "')


async def test_codes_come_ten_ahead_each_for_its_half_minute(
    house: MemberHouse, enrolment: Enrolment, clock: SettableClock
) -> None:
    answer = await house.client.get(f"{house.card_page(enrolment)}/codes")
    told = await answer.json()

    key = rotating_key(enrolment.card.id, enrolment.card.code_generation, CODE_KEY)
    expected = codes_ahead(enrolment.card.id, key, clock(), 10)
    assert answer.headers["Cache-Control"] == "no-store"
    assert (told["now_ms"], told["period_ms"]) == (round(clock().timestamp() * 1000), PERIOD_S * 1000)
    assert [each["svg"] for each in told["codes"]] == [
        segno.make_qr(each.text, error="m").svg_inline(border=0, omitsize=True, svgclass="code", lineclass=None)
        for each in expected
    ]
    for code, following in zip(told["codes"], told["codes"][1:], strict=False):
        assert code["until_ms"] == following["from_ms"] == code["from_ms"] + PERIOD_S * 1000


async def test_a_blocked_card_has_no_codes(house: MemberHouse, enrolment: Enrolment) -> None:
    await house.store.reading.cards.set_state(enrolment.card.id, CardState.BLOCKED)

    assert (await (await house.client.get(f"{house.card_page(enrolment)}/codes")).json())["codes"] == []


async def test_the_static_code_goes_along_only_where_it_opens_anything(
    house: MemberHouse, enrolment: Enrolment
) -> None:
    address = house.card_page(enrolment)
    assert 'id="code-static"' in await (await house.client.get(address)).text()
    policy = CodePolicy(static=CodeRights(see=False))
    await house.store.reading.programmes.keep(replace(PROGRAMME, terms=replace(PROGRAMME.terms, codes=policy)))

    page = await (await house.client.get(address)).text()

    assert 'id="code-static"' not in page
    assert "TSR1" not in page
    assert 'id="code-now"' in page


async def test_the_mark_changes_with_the_card_and_only_then(
    house: MemberHouse, enrolment: Enrolment, clock: SettableClock
) -> None:
    address = f"{house.card_page(enrolment)}/state"
    first = (await house.client.get(address)).headers["ETag"]
    clock.move(timedelta(minutes=5))

    same = await house.client.get(address, headers={"If-None-Match": first})
    await house.buy(enrolment, 50_000)
    changed = await house.client.get(address, headers={"If-None-Match": first})

    assert (same.status, changed.status) == (304, 200)
    assert changed.headers["ETag"] != first
