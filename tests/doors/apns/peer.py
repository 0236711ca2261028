"""Tokens, and clients other than the fixtures'."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from certs.dev import DevIdentities
from certs.identity import PassIdentity
from tests.clock import SettableClock
from wallet.apple.apns import ApnsClient, ApnsSettings

TOKEN = "ab" * 32
OTHER = "cd" * 32
CHANCE = random.Random(7)  # noqa: S311 -- jitter, not secrets

Connect = Callable[..., ApnsClient]


def token(number: int) -> str:
    return f"{number:064x}"


@asynccontextmanager
async def own_client(
    url: str, identities: DevIdentities, identity: PassIdentity, clock: SettableClock
) -> AsyncIterator[ApnsClient]:
    """A client under another identity, or of another server, than the fixtures'."""
    context = identity.client_context(identities.root_path)
    async with ApnsClient(ApnsSettings(url=url), context, clock=clock, chance=CHANCE) as client:
        yield client
