"""The till's door, open on a real port over the real store, with one programme and one member behind it."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse, ClientSession, ClientTimeout, web

from merchant.auth import Doorkeeper
from merchant.checkout.install import TEMPLATES, install
from merchant.checkout.tools import TillTools
from merchant.enrol.install import install as install_enrolling
from merchant.enrol.tools import EnrolTools
from offers.engine.card_codes import derive_key, scan_code
from offers.flows.count_sources import CountSources
from offers.flows.enrol_member import Application, EnrolMember, Enrolment, Given
from offers.flows.find_quote import FindQuote
from offers.flows.find_receipts import FindReceipts
from offers.flows.hold_quote import HoldQuote
from offers.flows.issue_key import IssueKey
from offers.flows.know_key import KnowKey
from offers.flows.list_coupons import ListCoupons
from offers.flows.look_at_card import LookAtCard
from offers.flows.look_at_code import LookAtCode
from offers.flows.offer_card import OfferCard
from offers.flows.open_programme import Opened, Opening, OpenProgramme
from offers.flows.quote_purchase import QuotePurchase
from offers.flows.read_code import ReadCode
from offers.flows.release_hold import ReleaseHold
from offers.flows.return_purchase import ReturnPurchase
from offers.flows.settle_purchase import SettlePurchase
from offers.flows.settle_quote import SettleQuote
from offers.flows.void_purchase import VoidPurchase
from offers.model.consent import Purpose
from offers.model.programme import DiscountLevel, Language, LocalText, Terms
from offers.store.store import Store
from tests.clock import SettableClock
from tests.served import Served
from web.layout import PAGES, STATIC_FOLDER, make_pages
from web.photos import PhotoReader
from web.problems import problems

CODE_KEY = derive_key(b"a master secret of the tests", "scan")
SMS_KEY = b"p" * 32
CONSENT = Given(purpose=Purpose.PERSONAL_DATA, text_version="1", text_digest="d", proof="test")
LEVELS = (
    DiscountLevel(name=LocalText(ru="Серебро", en="Silver"), spend_threshold_minor=100_000, discount_bp=500),
    DiscountLevel(name=LocalText(ru="Золото", en="Gold"), spend_threshold_minor=1_000_000, discount_bp=1_000),
)
COFFEE = Opening(
    slug="coffee",
    name=LocalText(ru="Кофейня", en="Coffee house"),
    currency="RUB",
    zone="Europe/Moscow",
    terms=Terms(accrual_bp=1_000, levels=LEVELS),
    merchant_name="Coffee house",
    outlet_name="Main street",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TillDoor:
    """The open door, and what a test needs to knock at it."""

    store: Store
    clock: SettableClock
    opened: Opened
    enrolment: Enrolment
    issue_key: IssueKey
    doorkeeper: Doorkeeper
    url: str
    client: ClientSession

    @property
    def key(self) -> str:
        return self.opened.till_key.secret

    @property
    def code(self) -> str:
        return scan_code(self.enrolment.card.id, CODE_KEY)

    def basket(self, order_ref: str = "A-17", *, amount: int = 25_000, points: int = 0) -> dict[str, Any]:
        line = {"sku": "latte", "category": "coffee", "quantity": "1", "unit_price_minor": amount}
        return {
            "card": self.code,
            "order_ref": order_ref,
            "lines": [line],
            "currency": "RUB",
            "points_to_redeem": points,
        }

    def ask(self, method: str, path: str, *, key: str | None = None, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {key or self.key}", **options.pop("headers", {})}
        return self.client.request(method, self.url + path, headers=headers, **options)

    async def settle(self, basket: dict[str, Any], **options: Any) -> tuple[ClientResponse, Any]:
        async with self.ask("POST", "/v1/checkouts", json=basket, **options) as response:
            return response, await response.json()

    async def balance(self) -> int:
        async with self.ask("POST", f"/v1/cards/{self.code}/resolve") as response:
            return int((await response.json())["balance"])


@asynccontextmanager
async def open_till_door(store: Store, clock: SettableClock, opening: Opening = COFFEE) -> AsyncIterator[TillDoor]:
    opened = await OpenProgramme(store, clock, secrets.token_bytes)(opening)
    application = Application(language=Language.RU, source="test", consents=(CONSENT,), phone="+79990000001")
    enrolment = await EnrolMember(store, clock, secrets.token_bytes)(opened.programme, application)
    photos = PhotoReader()
    tools = TillTools(
        doorkeeper=Doorkeeper(know_key=KnowKey(store)),
        quote_purchase=QuotePurchase(store, clock, secrets.token_bytes),
        hold_quote=HoldQuote(store, clock),
        release_hold=ReleaseHold(store, clock),
        find_quote=FindQuote(store),
        settle_quote=SettleQuote(store, clock, secrets.token_bytes),
        settle_purchase=SettlePurchase(store, clock, secrets.token_bytes),
        return_purchase=ReturnPurchase(store, clock),
        void_purchase=VoidPurchase(store, clock),
        find_receipts=FindReceipts(store),
        read_code=ReadCode(store, CODE_KEY, clock),
        look_at_code=LookAtCode(ReadCode(store, CODE_KEY, clock)),
        look_at_card=LookAtCard(store, CODE_KEY, clock),
        list_coupons=ListCoupons(store, clock),
        photos=photos,
        clock=clock,
    )
    app = web.Application(middlewares=[problems])
    app[PAGES] = make_pages([TEMPLATES])
    install(app, tools)
    install_enrolling(app, _enrolling(store, clock, tools.doorkeeper))
    app.router.add_static("/static", STATIC_FOLDER)
    async with Served(app, host="127.0.0.1") as server, ClientSession(timeout=ClientTimeout(total=30)) as client:
        yield TillDoor(
            store=store,
            clock=clock,
            opened=opened,
            enrolment=enrolment,
            issue_key=IssueKey(store, clock, secrets.token_bytes),
            doorkeeper=tools.doorkeeper,
            url=str(server.make_url("")).rstrip("/"),
            client=client,
        )
    photos.close()


def _enrolling(store: Store, clock: SettableClock, doorkeeper: Doorkeeper) -> EnrolTools:
    offer = OfferCard(store, clock, secrets.token_bytes, public_url="https://cards.example", sms_key=SMS_KEY)
    return EnrolTools(doorkeeper=doorkeeper, offer_card=offer, count_sources=CountSources(store))
