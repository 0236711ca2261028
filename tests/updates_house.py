"""Everything an update travels through, on one clock: events, lanes, and the two wallets at the stand-ins' doors."""

import random
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import ClientSession

from certs.dev import DevIdentities
from offers.flows.apple_devices import AppleDevices
from offers.flows.enrol_member import EnrolMember, Enrolment
from offers.flows.find_picture import FindPicture
from offers.flows.keep_shown import KeepShown
from offers.flows.list_coupons import ListCoupons
from offers.flows.look_at_card import LookAtCard
from offers.flows.look_at_stale import HealStale
from offers.flows.put_layer import LayerWish, PutLayer
from offers.flows.react_to_event import ReactToEvent
from offers.flows.reserve_calls import ReserveCalls
from offers.flows.settle_purchase import SettlePurchase
from offers.flows.turn_layers import TurnLayers
from offers.model.card import Card
from offers.model.layer import Layer
from offers.model.message import Channel, Lane
from offers.model.pace import Quota
from offers.model.purchase import Receipt
from offers.model.shown import Shown, StaleTerms, Wallet
from offers.model.updating import UpdateTerms
from offers.store.store import Store
from sandbox.apns import ApnsStandIn
from sandbox.google.server import GoogleStandIn
from service.google_wallet import google_channel
from service.lane import LaneRunner
from service.worker import EventLane
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY, PROGRAMME, TILL, application, coffee_for
from tests.identities import google_account_of, pass_identity_of
from wallet.apple.apns import ApnsClient, ApnsSettings
from wallet.apple.channel import AppleChannel
from wallet.google.cards import GoogleCards
from wallet.google.client import GoogleWalletClient
from wallet.google.composer import Composer
from wallet.google.oauth import GoogleTokens
from wallet.google.pace import SharedPace
from wallet.google.pictures import GooglePictures
from wallet.pictures import PictureBook

ISSUER = "3388000000012345678"
TERMS = UpdateTerms(card_interval_s=2.0, bulk_per_s=10.0)
STALE = StaleTerms(after_s=600.0, again_after_s=3_600.0)
QUOTA = Quota(calls=20, good_for_s=0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatesHouse:
    store: Store
    clock: SettableClock
    apns: ApnsStandIn
    google: GoogleStandIn
    cards: GoogleCards
    channels: dict[Lane, Channel]
    orders: list[str] = field(default_factory=list)

    async def enrol(self, number: int = 1) -> Enrolment:
        applying = application(phone=f"+7999{number:07}")
        return await EnrolMember(self.store, self.clock, secrets.token_bytes)(PROGRAMME, applying)

    async def save_to_google(self, enrolment: Enrolment) -> Card:
        look = LookAtCard(self.store, CODE_KEY, self.clock)
        link = await self.cards.add([await look.by_id(enrolment.card.id)])
        assert isinstance(link, str), link
        card = await self.store.reading.cards.get(enrolment.card.id)
        assert card is not None
        self.pass_by(TERMS.card_interval_s)
        self.google.calls.clear()
        return card

    async def carry(self, enrolment: Enrolment, token: str, *, device: str = "") -> None:
        """Put the card on an Apple device with this push token."""
        card = enrolment.card
        await AppleDevices(self.store, self.clock).register(
            device_id=device or f"device-{token[:8]}",
            pass_type=self.pass_type,
            serial=card.serial,
            token=card.apple_token,
            push_token=token,
        )

    @property
    def pass_type(self) -> str:
        channel = self.channels[Lane.APPLE]
        assert isinstance(channel, AppleChannel)
        return channel.topic

    async def buy(self, enrolment: Enrolment, amount_minor: int = 10_000) -> Receipt:
        order = f"A-{len(self.orders) + 1}"
        self.orders.append(order)
        purchase = coffee_for(enrolment, amount_minor, order=order, at=self.clock())
        return await SettlePurchase(self.store, self.clock, secrets.token_bytes)(TILL, purchase)

    async def put_layer(self, cause: str, wish: LayerWish) -> Layer:
        return await PutLayer(self.store, self.clock, secrets.token_bytes)(PROGRAMME, cause, wish)

    async def turn_layers(self) -> int:
        return await TurnLayers(self.store, self.clock)()

    async def heal(self) -> int:
        return await HealStale(self.store, self.clock, STALE)()

    async def step(self, lane: Lane, *, batch: int = 500) -> int:
        return await LaneRunner(self.store, self.channels[lane], self.clock, batch=batch).step()

    async def work(self, *lanes: Lane) -> None:
        """Let the lanes work until nothing is due in them."""
        for lane in lanes or (Lane.EVENTS, Lane.GOOGLE, Lane.APPLE):
            while await self.step(lane):
                pass

    def pass_by(self, seconds: float) -> None:
        self.clock.move(timedelta(seconds=seconds))

    def writes(self) -> list[tuple[str, str, int]]:
        """Give what Google was asked to write: method, kind, status."""
        return [(call.method, call.path.split("/")[1], call.status) for call in self.google.calls]

    async def shown(self, wallet: Wallet, card: Card) -> Shown:
        """Give what a wallet was told of a card; there has to be something."""
        return (await self.store.reading.shown.find(wallet, [card.id]))[card.id]

    async def waiting(self, lane: Lane) -> int:
        return await self.store.reading.outbox.waiting(lane)


@asynccontextmanager
async def open_updates_house(
    store: Store, clock: SettableClock, identities: DevIdentities
) -> AsyncIterator[UpdatesHouse]:
    account = google_account_of(identities)
    keys = {account.client_email: account.private_key.public_key()}
    async with AsyncExitStack() as stack:
        apns = await stack.enter_async_context(ApnsStandIn(identities))
        google = await stack.enter_async_context(GoogleStandIn(public_keys=keys, issuer_id=ISSUER, clock=clock))
        session = await stack.enter_async_context(ClientSession())
        await store.reading.programmes.keep(PROGRAMME)

        async def sleep(seconds: float) -> None:
            clock.move(timedelta(seconds=seconds))

        pace = SharedPace(
            ReserveCalls(store, f"google:{ISSUER}", QUOTA, clock), now=lambda: clock().timestamp(), sleep=sleep
        )
        client = GoogleWalletClient(
            session=session,
            tokens=GoogleTokens(session=session, identity=account, clock=clock, token_url=google.token_url),
            pace=pace,
            api_url=google.api_url,
            timeout_s=2.0,
            chance=lambda: 0.0,
        )
        cards, channel = google_channel(
            store,
            client,
            _composer(store, clock),
            identity=account,
            origin="https://cards.example",
            save_url=google.save_url,
            clock=clock,
            stale=STALE,
        )
        apple = await stack.enter_async_context(_apple(store, clock, identities, apns))
        events = EventLane(ReactToEvent(store, clock, TERMS))
        channels: dict[Lane, Channel] = {Lane.GOOGLE: channel, Lane.APPLE: apple, Lane.EVENTS: events}
        yield UpdatesHouse(store=store, clock=clock, apns=apns, google=google, cards=cards, channels=channels)


def _composer(store: Store, clock: SettableClock) -> Composer:
    url = "https://cards.example"
    return Composer(
        issuer_id=ISSUER,
        pictures=GooglePictures(book=PictureBook(FindPicture(store)), public_url=url, key=CODE_KEY),
        list_coupons=ListCoupons(store, clock),
        public_url=url,
        callback_url=None,
        rotates=True,
        restricts=False,
        code_key=CODE_KEY,
        clock=clock,
    )


@asynccontextmanager
async def _apple(
    store: Store, clock: SettableClock, identities: DevIdentities, apns: ApnsStandIn
) -> AsyncIterator[AppleChannel]:
    identity = pass_identity_of(identities)
    context = identity.client_context(identities.root_path)
    chance = random.Random(1)  # noqa: S311 - jitter
    async with ApnsClient(
        ApnsSettings(url=apns.url, refusal_pause_s=0.0), context, clock=clock, chance=chance
    ) as client:
        yield AppleChannel(
            devices=AppleDevices(store, clock),
            look_at_card=LookAtCard(store, CODE_KEY, clock),
            shown=KeepShown(store, clock, Wallet.APPLE, STALE),
            apns=client,
            topic=identity.pass_type_identifier,
            terms=TERMS,
        )
