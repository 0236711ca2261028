"""A running pass web service with two members, for the tests of Apple's protocol."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp.test_utils import TestClient

from certs.dev import DEV_PASS_TYPE, DevIdentities
from offers.flows.apple_devices import AppleDevices
from offers.flows.card_states import CardStates
from offers.flows.enrol_member import EnrolMember
from offers.flows.find_picture import FindPicture
from offers.flows.look_at_card import LookAtCard
from offers.flows.personalise_member import PersonaliseMember
from offers.flows.read_device_logs import DeviceLogs
from offers.model.card import Card
from offers.store.store import Store
from service.web import make_application
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY, PROGRAMME, application
from tests.identities import pass_identity_of
from tests.served import Served
from wallet.apple.install import install
from wallet.apple.passes import PassMaker
from wallet.apple.signer import PassSigner
from wallet.apple.web_service.tools import AppleTools
from wallet.pictures import PictureBook
from web.limits import RateLimit

PASS_TYPE = DEV_PASS_TYPE


@dataclass(frozen=True, slots=True)
class AppleHouse:
    """The client of the running service, its cards, and the files that verify its signatures."""

    client: TestClient
    store: Store
    clock: SettableClock
    cards: list[Card]
    identities: DevIdentities

    def registration(self, card: Card, *, device: str = "device-1", pass_type: str = PASS_TYPE) -> str:
        return f"/apple/v1/devices/{device}/registrations/{pass_type}/{card.serial}"

    def changes(self, *, device: str = "device-1", since: str | None = None) -> str:
        tag = "" if since is None else f"?passesUpdatedSince={since}"
        return f"/apple/v1/devices/{device}/registrations/{PASS_TYPE}{tag}"

    def pass_of(self, card: Card) -> str:
        return f"/apple/v1/passes/{PASS_TYPE}/{card.serial}"


def allowed(card: Card) -> dict[str, str]:
    return {"Authorization": f"ApplePass {card.apple_token}"}


@asynccontextmanager
async def open_apple_house(store: Store, clock: SettableClock, identities: DevIdentities) -> AsyncIterator[AppleHouse]:
    signer = PassSigner(pass_identity_of(identities))
    pictures = PictureBook(FindPicture(store))
    tools = AppleTools(
        devices=AppleDevices(store, clock),
        look_at_card=LookAtCard(store, CODE_KEY, clock),
        passes=PassMaker(
            signer=signer, pictures=pictures, public_url="http://127.0.0.1", code_key=CODE_KEY, clock=clock
        ),
        states=CardStates(store, clock),
        logs=DeviceLogs(store, clock),
        personalise=PersonaliseMember(store, clock, secrets.token_bytes),
        log_limit=RateLimit(per_minute=30, burst=10),
    )
    app = make_application(store, [])
    install(app, tools)
    async with TestClient(Served(app, host="127.0.0.1")) as client:
        cards = await _two_members(store, clock)
        yield AppleHouse(client=client, store=store, clock=clock, cards=cards, identities=identities)


async def _two_members(store: Store, clock: SettableClock) -> list[Card]:
    await store.reading.programmes.keep(PROGRAMME)
    enrol = EnrolMember(store, clock, secrets.token_bytes)
    applicants = [application(phone=f"+7999000000{number}") for number in (1, 2)]
    return [(await enrol(PROGRAMME, each)).card for each in applicants]
