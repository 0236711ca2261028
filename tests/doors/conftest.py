"""Stand-ins with a client at their door, for every test of a door."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric import rsa

from certs.identity import GoogleIdentity
from sandbox.google.server import GoogleStandIn
from sandbox.telegram.person import Person
from sandbox.telegram.server import TelegramStandIn
from service.now import now
from tests.clock import SettableClock
from tests.doors.google_bench import EMAIL, ISSUER, GoogleBench, card_of, class_of
from wallet.google.client import GoogleWalletClient
from wallet.google.kinds import Kind
from wallet.google.oauth import GoogleTokens
from wallet.google.outcomes import Done
from wallet.google.pace import Pace

if TYPE_CHECKING:
    from aiogram import Bot

BOT_TOKEN = "42:TEST-token"


@pytest.fixture
def present() -> SettableClock:
    """Stands at the present: the database itself forgets what belongs to long ago, quotes among it."""
    return SettableClock(now())


@pytest.fixture(scope="session")
def google_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest_asyncio.fixture(loop_scope="session")
async def bench(google_key: rsa.RSAPrivateKey, clock: SettableClock) -> AsyncIterator[GoogleBench]:
    public_keys = {EMAIL: google_key.public_key()}
    async with (
        GoogleStandIn(public_keys=public_keys, issuer_id=ISSUER, clock=clock) as google,
        ClientSession() as session,
    ):
        identity = GoogleIdentity(
            client_email=EMAIL, private_key=google_key, private_key_id="k1", token_uri=google.token_url
        )
        tokens = GoogleTokens(session=session, identity=identity, clock=clock, timeout_s=10.0)
        pace = Pace(per_second=1000.0, burst=100)
        client = GoogleWalletClient(
            session=session,
            tokens=tokens,
            pace=pace,
            api_url=google.api_url,
            timeout_s=10.0,
            patience_s=0.2,
            chance=lambda: 0.0,
        )
        yield GoogleBench(google, session, identity, clock, tokens, pace, client)


@pytest_asyncio.fixture(loop_scope="session")
async def with_card(bench: GoogleBench) -> GoogleBench:
    assert isinstance(await bench.client.insert(Kind.CLASS, class_of()), Done)
    assert isinstance(await bench.client.insert(Kind.OBJECT, card_of()), Done)
    bench.google.calls.clear()
    return bench


@pytest_asyncio.fixture(loop_scope="session")
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(bots={BOT_TOKEN: "tessera_bot"}) as stand_in:
        yield stand_in


@pytest_asyncio.fixture(loop_scope="session")
async def bot(telegram: TelegramStandIn) -> AsyncIterator["Bot"]:
    """A real aiogram bot at the stand-in's door."""
    from tests.doors.telegram_bots import bot_at  # noqa: PLC0415 -- aiogram takes seconds to import

    async with bot_at(telegram.url, BOT_TOKEN) as aiogram_bot:
        yield aiogram_bot


@pytest_asyncio.fixture(loop_scope="session")
async def anna(telegram: TelegramStandIn) -> Person:
    """A person who has already written to the bot."""
    person = telegram.person(first_name="Анна", language_code="ru", phone="+79001234567")
    await person.send("/start")
    telegram.bot().updates.drop_all()
    return person
