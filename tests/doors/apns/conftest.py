"""A server, and clients of it."""

from collections.abc import AsyncIterator

import pytest

from certs.dev import DevIdentities
from certs.identity import PassIdentity
from sandbox.apns import ApnsStandIn
from tests.clock import SettableClock
from tests.doors.apns.peer import CHANCE, Connect
from wallet.apple.apns import ApnsClient, ApnsSettings


@pytest.fixture
async def server(dev_identities: DevIdentities) -> AsyncIterator[ApnsStandIn]:
    async with ApnsStandIn(dev_identities) as server:
        yield server


@pytest.fixture
def topic(pass_identity: PassIdentity) -> str:
    return pass_identity.pass_type_identifier


@pytest.fixture
async def connect(
    server: ApnsStandIn, dev_identities: DevIdentities, pass_identity: PassIdentity, clock: SettableClock
) -> AsyncIterator[Connect]:
    """Makes clients of this server and closes them in the end."""
    made: list[ApnsClient] = []

    def connect(**changed: object) -> ApnsClient:
        settings = ApnsSettings(**{"url": server.url, **changed})
        context = pass_identity.client_context(dev_identities.root_path)
        client = ApnsClient(settings, context, clock=clock, chance=CHANCE)
        made.append(client)
        return client

    yield connect
    for client in made:
        await client.close()
        assert client.pending == 0


@pytest.fixture
def client(connect: Connect) -> ApnsClient:
    return connect()
