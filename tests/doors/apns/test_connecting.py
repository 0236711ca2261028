"""Making a connection and closing it: absent servers, wrong certificates, uvloop."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime

import pytest
import uvloop

from certs.dev import DevIdentities, make_dev_identities
from certs.identity import PassIdentity, load_pass_identity
from sandbox.apns import ApnsStandIn
from tests.clock import SettableClock
from tests.doors.apns.peer import CHANCE, OTHER, TOKEN, Connect, own_client, token
from wallet.apple.apns import ApnsClient, ApnsSettings
from wallet.apple.push_outcomes import PushOutcome, Refused, RetryLater, Sent


async def test_a_server_that_is_not_there_is_waited_out(connect: Connect, topic: str, unused_tcp_port: int) -> None:
    client = connect(url=f"https://127.0.0.1:{unused_tcp_port}")

    first = await client.push(TOKEN, topic=topic)
    second = await client.push(TOKEN, topic=topic)

    assert isinstance(first, RetryLater)
    assert isinstance(second, RetryLater)
    assert first.after_s > 0
    assert second.after_s <= first.after_s, "the second did not knock again, it waits for the same pause"


async def test_a_server_that_never_says_a_word_is_given_up(connect: Connect, topic: str) -> None:
    async def be_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(be_silent, "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]
        client = connect(url=f"https://127.0.0.1:{port}", connect_timeout_s=0.2)

        outcome = await client.push(TOKEN, topic=topic)

    assert isinstance(outcome, RetryLater)
    assert outcome.reason == "ConnectTimeout"


async def test_a_server_without_http2_is_not_spoken_to(
    dev_identities: DevIdentities, connect: Connect, topic: str
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(dev_identities.server_certificate_path, dev_identities.server_key_path)

    async def be_old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(be_old, "127.0.0.1", 0, ssl=context) as old:
        client = connect(url=f"https://127.0.0.1:{old.sockets[0].getsockname()[1]}")

        outcome = await client.push(TOKEN, topic=topic)

    assert isinstance(outcome, RetryLater)
    assert "ALPN" in outcome.reason


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> PassIdentity:
    """A certificate under another root than the stand-in's."""
    at = datetime.now(UTC)
    return load_pass_identity(make_dev_identities(tmp_path_factory.mktemp("stranger"), at=at).pass_files, at=at)


async def test_a_certificate_under_another_root_gets_nothing_through(
    server: ApnsStandIn, dev_identities: DevIdentities, stranger: PassIdentity, clock: SettableClock
) -> None:
    async with own_client(server.url, dev_identities, stranger, clock) as client:
        outcome = await client.push(TOKEN, topic=stranger.pass_type_identifier)

    assert isinstance(outcome, RetryLater | Refused)
    assert not server.received


async def test_a_tls_alert_about_our_certificate_is_a_refusal(
    dev_identities: DevIdentities, stranger: PassIdentity, clock: SettableClock
) -> None:
    # A plain blocking socket: asyncio's server closes a failed handshake without sending the alert.
    context = ApnsStandIn(dev_identities)._context()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def shake_hands() -> None:
            accepted, _ = listening.accept()
            accepted.settimeout(10)
            with pytest.raises(ssl.SSLError), context.wrap_socket(accepted, server_side=True):
                pass

        shaking = asyncio.create_task(asyncio.to_thread(shake_hands))
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        async with own_client(url, dev_identities, stranger, clock) as client:
            outcome = await client.push(TOKEN, topic=stranger.pass_type_identifier)
        await shaking

    assert isinstance(outcome, Refused)
    assert outcome.status == 403
    assert outcome.reason.startswith("TLS")


async def test_a_server_that_we_do_not_trust_gets_nothing(
    server: ApnsStandIn, pass_identity: PassIdentity, clock: SettableClock, topic: str
) -> None:
    settings = ApnsSettings(url=server.url)

    async with ApnsClient(settings, pass_identity.client_context(), clock=clock, chance=CHANCE) as client:
        outcome = await client.push(TOKEN, topic=topic)

    assert isinstance(outcome, Refused)
    assert "CERTIFICATE_VERIFY_FAILED" in outcome.reason


async def test_closing_ends_pushes_on_their_way_and_later_ones(
    server: ApnsStandIn, connect: Connect, topic: str
) -> None:
    client = connect()
    server.stall(TOKEN)
    stalled = asyncio.ensure_future(client.push(TOKEN, topic=topic))
    await asyncio.sleep(0.1)

    await client.close()

    assert await stalled == RetryLater(0.0, "Closed")
    assert await client.push(OTHER, topic=topic) == RetryLater(0.0, "Closed")
    await client.close()
    assert not server.connections


def test_uvloop_carries_pushes_too(
    dev_identities: DevIdentities, pass_identity: PassIdentity, clock: SettableClock, topic: str
) -> None:
    async def push() -> dict[str, PushOutcome]:
        async with (
            ApnsStandIn(dev_identities) as server,
            own_client(server.url, dev_identities, pass_identity, clock) as client,
        ):
            before = await client.push_many(map(token, range(20)), topic=topic)
            server.goaway()
            return before | await client.push_many(map(token, range(20, 40)), topic=topic)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcomes = runner.run(push())

    assert len(outcomes) == 40
    assert all(isinstance(outcome, Sent) for outcome in outcomes.values())


def test_an_address_without_tls_is_refused(clock: SettableClock) -> None:
    with pytest.raises(ValueError, match="https"):
        ApnsClient(
            ApnsSettings(url="http://127.0.0.1"),
            ssl.create_default_context(),
            clock=clock,
            chance=CHANCE,
        )
