"""A running service with the member's pages, for their tests."""

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient

from offers.engine.card_codes import link_token
from offers.flows.block_card import BlockCard
from offers.flows.enrol_member import EnrolMember, Enrolment
from offers.flows.export_member import ExportMember
from offers.flows.find_design import FindDesign
from offers.flows.find_other_cards import FindOtherCards
from offers.flows.find_picture import FindPicture
from offers.flows.find_programme import FindProgramme
from offers.flows.find_receipts import FindReceipts
from offers.flows.invite_members import InviteMembers
from offers.flows.keep_consent import KeepConsent
from offers.flows.list_coupons import ListCoupons
from offers.flows.look_at_balances import LookAtBalances
from offers.flows.look_at_card import LookAtCard
from offers.flows.offer_card import OfferCard
from offers.flows.reissue_card import ReissueCard
from offers.flows.settle_purchase import SettlePurchase
from offers.flows.speak_language import SpeakLanguage
from offers.model.purchase import Receipt
from offers.store.store import Store
from service.web import make_application
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY, PROGRAMME, TILL, application, coffee_for
from tests.served import Served
from wallet.pages.install import TEMPLATES, Tools, install
from wallet.pictures import PictureBook
from web.limits import RateLimit

PHONE = "+79161234567"
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@dataclass(frozen=True, slots=True)
class MemberHouse:
    client: TestClient[web.Request, web.Application]
    store: Store
    clock: SettableClock
    tools: Tools
    orders: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return str(self.client.make_url("")).rstrip("/")

    async def open_form(self, address: str = "/join/coffee") -> dict[str, str]:
        """Visit the page as a browser does and give its hidden fields."""
        answer = await self.client.get(address)
        assert answer.status == 200
        return self.hidden_in(await answer.text())

    def hidden_in(self, page: str) -> dict[str, str]:
        """Give the hidden fields of a page, as a browser would send them."""
        return {name: unescape(value) for name, value in _HIDDEN.findall(page)}

    async def send(self, fields: dict[str, str], *, language: str = "ru") -> ClientResponse:
        return await self.client.post(
            "/join/coffee", data=fields, allow_redirects=False, headers={"Accept-Language": language}
        )

    async def enrol(self, *, phone: str = PHONE) -> Enrolment:
        return await self.tools.enrol_member(PROGRAMME, application(phone=phone))

    def card_page(self, enrolment: Enrolment) -> str:
        return f"/c/{link_token(enrolment.card.id, CODE_KEY)}"

    async def buy(self, enrolment: Enrolment, amount_minor: int, *, points: int = 0) -> Receipt:
        self.orders.append("one more")
        order = f"A-{len(self.orders)}"
        purchase = coffee_for(enrolment, amount_minor, order=order, at=self.clock(), points=points)
        receipt = await SettlePurchase(self.store, self.clock, secrets.token_bytes)(TILL, purchase)
        self.clock.move(timedelta(minutes=3))
        return receipt


@asynccontextmanager
async def open_member_house(store: Store, clock: SettableClock, **changes: object) -> AsyncIterator[MemberHouse]:
    """Start the service; `changes` replace single tools."""
    tools = Tools(
        enrol_member=EnrolMember(store, clock, secrets.token_bytes),
        find_programme=FindProgramme(store),
        find_design=FindDesign(store, clock),
        look_at_card=LookAtCard(store, CODE_KEY, clock),
        find_other_cards=FindOtherCards(store),
        find_receipts=FindReceipts(store),
        list_coupons=ListCoupons(store, clock),
        look_at_balances=LookAtBalances(store, clock),
        keep_consent=KeepConsent(store, clock, secrets.token_bytes),
        speak_language=SpeakLanguage(store),
        invite_members=InviteMembers(store, clock, secrets.token_bytes),
        export_member=ExportMember(store, clock),
        offer_card=OfferCard(store, clock, secrets.token_bytes, public_url="http://127.0.0.1"),
        block_card=BlockCard(store, clock),
        reissue_card=ReissueCard(store, clock, secrets.token_bytes),
        verify_phone=None,
        pictures=PictureBook(FindPicture(store)),
        clock=clock,
        chance=secrets.token_bytes,
        code_key=CODE_KEY,
        public_url="http://127.0.0.1",
        join_limit=RateLimit(per_minute=60, burst=60),
        card_limit=RateLimit(per_minute=600, burst=600),
        apple=True,
        google=True,
        bots={"coffee": "https://t.me/coffee_bot"},
    )
    tools = replace(tools, **changes)  # type: ignore[arg-type]  # the caller names fields of Tools
    app = make_application(store, [TEMPLATES])
    install(app, tools)
    await store.reading.programmes.keep(PROGRAMME)
    async with TestClient(Served(app, host="127.0.0.1")) as client:
        yield MemberHouse(client=client, store=store, clock=clock, tools=tools)
