"""The whole service with its worker, at the doors of the stand-ins, and a phone to carry its cards."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientSession, web
from pydantic import SecretStr

from certs.dev import DevIdentities
from offers.engine.card_codes import derive_key, link_token
from offers.flows.enrol_member import EnrolMember, Enrolment
from offers.flows.find_picture import FindPicture
from offers.flows.react_to_event import ReactToEvent
from offers.flows.settle_purchase import SettlePurchase
from offers.model.programme import Language
from offers.model.purchase import Receipt
from offers.store.store import Store
from sandbox.apns import ApnsStandIn
from sandbox.google.server import GoogleStandIn
from sandbox.phone.surroundings import Surroundings
from sandbox.telegram.server import TelegramStandIn
from service.doors import build_application
from service.google_wallet import open_google
from service.house import House
from service.now import now
from service.settings import AppleSettings, GoogleSettings, Settings, TelegramSettings, WebSettings
from service.wallets import open_apple
from service.worker import EventLane, Worker
from tests.coffee_house import PROGRAMME, TILL, application, coffee_for
from tests.identities import google_account_of
from wallet.google.callback.install import CALLBACK_PATH
from wallet.pictures import PictureBook

ISSUER = "3388000000012345678"
TOKEN, BOT = "42:TEST-token", "coffee_bot"
CODE_KEY = derive_key(b"phone" * 8, "scan-code")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneHouse:
    url: str
    store: Store
    apns: ApnsStandIn
    google: GoogleStandIn
    telegram: TelegramStandIn
    identities: DevIdentities
    bots: dict[str, str]
    orders: list[str] = field(default_factory=list)

    def around(self) -> Surroundings:
        """What a phone page needs to know; the links to the bot then lead into its chat."""
        return Surroundings(
            public_url=self.url,
            join_url=f"{self.url}/join/{PROGRAMME.slug}",
            till_url=f"{self.url}/till",
            trust_root=self.identities.root_path,
            apns=self.apns,
            google=self.google,
            telegram=self.telegram,
            bot_username=BOT,
        )

    def link(self, enrolment: Enrolment) -> str:
        return f"{self.url}/c/{link_token(enrolment.card.id, CODE_KEY)}"

    async def enrol(self, *, phone: str = "+79990000001", language: str = "ru") -> Enrolment:
        applying = application(phone=phone, language=Language(language))
        return await EnrolMember(self.store, now, secrets.token_bytes)(PROGRAMME, applying)

    async def buy(self, enrolment: Enrolment, amount_minor: int, *, points: int = 0) -> Receipt:
        order = f"A-{len(self.orders) + 1}"
        self.orders.append(order)
        purchase = coffee_for(enrolment, amount_minor, order=order, at=now(), points=points)
        return await SettlePurchase(self.store, now, secrets.token_bytes)(TILL, purchase)


@asynccontextmanager
async def open_phone_house(
    store: Store, identities: DevIdentities, *, with_bot: bool = False
) -> AsyncIterator[PhoneHouse]:
    """Serve and work, with APNs, Google and Telegram on localhost. The bot takes seconds to load."""
    account = google_account_of(identities)
    keys = {account.client_email: account.private_key.public_key()}
    async with AsyncExitStack() as stack:
        apns = await stack.enter_async_context(ApnsStandIn(identities))
        google = await stack.enter_async_context(GoogleStandIn(public_keys=keys, issuer_id=ISSUER))
        telegram = await stack.enter_async_context(TelegramStandIn(bots={TOKEN: BOT}))
        listening = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = _settings(url, identities, apns, google, telegram)
        session = await stack.enter_async_context(ClientSession())
        house = _house(settings, store, session, stack)
        await store.reading.programmes.keep(PROGRAMME)
        bots: dict[str, str] = {}
        runner = web.AppRunner(build_application(house, bots=bots, bot_programme=None), access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.SockSite(runner, listening).start()
        for work in _work(house, with_bot=with_bot):
            stack.push_async_callback(_stop, asyncio.create_task(work))
        yield PhoneHouse(
            url=url, store=store, apns=apns, google=google, telegram=telegram, identities=identities, bots=bots
        )


def _work(house: House, *, with_bot: bool) -> Iterator[Coroutine[None, None, None]]:
    channels = [wallet.channel for wallet in (house.apple, house.google) if wallet]
    yield Worker(house.store, [EventLane(ReactToEvent(house.store, now)), *channels], now).run()
    if with_bot:
        from service.bot import run_bot  # noqa: PLC0415 - aiogram takes seconds to import

        yield run_bot(house, PROGRAMME)


def _settings(
    url: str, identities: DevIdentities, apns: ApnsStandIn, google: GoogleStandIn, telegram: TelegramStandIn
) -> Settings:
    files = identities.pass_files
    return Settings(
        web=WebSettings(public_url=url),
        apple=AppleSettings(
            certificate=files.certificate_path,
            key=files.key_path,
            intermediate=files.wwdr_path,
            apns_url=apns.url,
            apns_authority=identities.root_path,
        ),
        google=GoogleSettings(
            issuer_id=ISSUER,
            service_account=identities.google_path,
            api_url=google.api_url,
            token_url=google.token_url,
            save_url=google.save_url,
            callback_url=f"{url}{CALLBACK_PATH}",
            callback_keys_url=google.keys_url,
        ),
        telegram=TelegramSettings(token=SecretStr(TOKEN), programme=PROGRAMME.slug, username=BOT, api_url=telegram.url),
    )


def _house(settings: Settings, store: Store, session: ClientSession, stack: AsyncExitStack) -> House:
    pictures = PictureBook(FindPicture(store))
    return House(
        settings=settings,
        store=store,
        mongo=None,
        code_key=CODE_KEY,
        pictures=pictures,
        apple=open_apple(settings, store, pictures=pictures, code_key=CODE_KEY, stack=stack),
        google=open_google(settings, store, session, pictures=pictures, code_key=CODE_KEY),
    )


async def _stop(worker: "asyncio.Task[None]") -> None:
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
