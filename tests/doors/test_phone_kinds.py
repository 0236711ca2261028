"""Every kind of card on the phone page in Chromium: its pass draws, fits and scans, in both languages."""

import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, expect

from certs.dev import DevIdentities
from offers.engine.card_codes import link_token, scan_code
from offers.engine.starter_designs import starter_design
from offers.flows.enrol_member import Enrolment
from offers.flows.top_up_prepaid import TopUp, TopUpPrepaid
from offers.model.benefit import Gift
from offers.model.card import Card
from offers.model.condition import StampsCollected
from offers.model.design import CardKind, Colours
from offers.model.goods import Goods
from offers.model.ids import CardId, new_id
from offers.model.offer import Lane, Offer, OfferState, offer_id
from offers.model.programme import LocalText
from offers.store.store import Store
from sandbox.phone.page.server import PhonePage
from sandbox.phone.surroundings import Owner
from service.now import now
from tests.card_faces import COFFEE
from tests.coffee_house import PROGRAMME
from tests.phone_house import CODE_KEY, PhoneHouse, open_phone_house

pytestmark = pytest.mark.browser

TRIES = 10
DESKTOP, POCKET = (1480, 1000), (360, 740)
COLOURS = Colours(background="#3b2417", foreground="#fff8ef", label="#e8b04b")


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, dev_identities: DevIdentities) -> AsyncIterator[PhoneHouse]:
    async with open_phone_house(store, dev_identities) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def phone(house: PhoneHouse) -> AsyncIterator[PhonePage]:
    async with PhonePage(house.around(), owner=Owner(first_name="Анна", phone="+79001234567")) as opened:
        yield opened


async def member_with_everything(house: PhoneHouse) -> Enrolment:
    """Enrol a member with a coupon, stamps to collect and money on the card."""
    enrolment = await house.enrol()
    owner, at = enrolment.member.id, now()
    days = timedelta(days=10)
    await house.store.reading.coupons.add(
        replace(COFFEE, owner=owner, valid_from=at - days, valid_until=at + days, granted_at=at - days)
    )
    sixth = Offer(
        id=offer_id(PROGRAMME.id, "sixth"),
        programme_id=PROGRAMME.id,
        version=1,
        code="sixth",
        title=LocalText(ru="Шестой кофе в подарок", en="The sixth coffee is on us"),
        lane=Lane.PRICE,
        benefit=Gift(sku="latte"),
        condition=StampsCollected(needed=6, goods=Goods(categories=("coffee",))),
        state=OfferState.ACTIVE,
    )
    kept = await house.store.reading.rulebooks.get(PROGRAMME.id)
    await house.store.reading.rulebooks.keep(replace(kept, edition=kept.edition + 1, offers=(sixth,)), at=at)
    top_up = TopUp(member_id=owner, amount_minor=150_050, key="k", funder=PROGRAMME.id)
    await TopUpPrepaid(house.store, now, secrets.token_bytes)(PROGRAMME, top_up)
    return enrolment


async def card_of(house: PhoneHouse, enrolment: Enrolment, kind: CardKind) -> Card:
    """Issue the member a card of the kind."""
    await house.store.reading.designs.keep(starter_design(PROGRAMME.id, kind, slug=kind.value, colours=COLOURS))
    card = replace(
        enrolment.card,
        id=CardId(new_id(now(), secrets.token_bytes)),
        serial=secrets.token_hex(16),
        design=kind.value,
        issue_key=kind.value,
    )
    await house.store.reading.cards.add(card)
    return card


async def take(page: Page, card: Card, picture: Path) -> None:
    """Photograph a card's front; the page draws it anew when the phone has registered, maybe at that very moment."""
    front = page.locator(f'.pass[data-serial="{card.serial}"] .pass-front')
    for _ in range(TRIES):
        await expect(front).to_have_count(1)
        with suppress(PlaywrightError):
            await front.screenshot(path=picture)
            return
    raise AssertionError(f"the card of the design {card.design} does not stand still")


@pytest.mark.parametrize("look", [("ru", POCKET), ("en", DESKTOP)], ids=["ru-360", "en-1480"])
async def test_a_card_of_every_kind_is_added_fits_and_scans(
    page: Page, house: PhoneHouse, phone: PhonePage, artifacts: Path, look: tuple[str, tuple[int, int]]
) -> None:
    language, (width, height) = look
    enrolment = await member_with_everything(house)
    await page.set_viewport_size({"width": width, "height": height})
    await page.goto(f"{phone.url}/?lang={language}")
    await expect(page.locator("body[data-live]")).to_have_count(1)

    for kind in CardKind:
        card = await card_of(house, enrolment, kind)
        await page.fill("#card", f"{house.url}/c/{link_token(card.id, CODE_KEY)}")
        await page.press("#card", "Enter")
        picture = artifacts / f"kind-{language}-{kind}.png"
        await take(page, card, picture)
        with Image.open(picture) as shot:
            assert [found.text for found in zxingcpp.read_barcodes(shot)] == [scan_code(card.id, CODE_KEY)], kind
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
