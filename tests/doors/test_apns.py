"""Pushes: our client against an APNs that speaks HTTP/2, checks certificates, and misbehaves on demand."""

import asyncio
import random
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import uvloop

from certs.dev import DevIdentities, make_dev_identities
from certs.identity import PassIdentity, load_pass_identity
from sandbox.apns import ApnsStandIn
from sandbox.apns_rules import REASONS, PushRequest, wrong_with
from tests.clock import SettableClock
from wallet.apple.apns import ApnsClient, ApnsSettings
from wallet.apple.push_frames import GoAwayFilter
from wallet.apple.push_outcomes import BadToken, PushOutcome, Refused, RetryLater, Sent, Unregistered

TOKEN = "ab" * 32
OTHER = "cd" * 32
CHANCE = random.Random(7)  # noqa: S311 -- jitter, not secrets
SINCE_MS = 1_760_000_000_123

Connect = Callable[..., ApnsClient]


def token(number: int) -> str:
    return f"{number:064x}"


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


# One push


async def test_a_push_arrives_as_apple_wants_it(
    server: ApnsStandIn, client: ApnsClient, topic: str, clock: SettableClock
) -> None:
    outcome = await client.push(TOKEN, topic=topic)

    (push,) = server.received
    headers = dict(push.headers)
    assert outcome == Sent(push.apns_id)
    assert (push.token, push.topic, push.payload) == (TOKEN, topic, b"{}")
    assert headers["apns-push-type"] == "background"
    assert headers["apns-priority"] == "5"
    assert int(headers["apns-expiration"]) == int((clock() + timedelta(hours=24)).timestamp())
    assert "host" not in headers


async def test_push_type_priority_and_lifetime_are_settings(
    server: ApnsStandIn, connect: Connect, topic: str, clock: SettableClock
) -> None:
    client = connect(push_type="", priority=10, lifetime=timedelta(hours=1))

    await client.push(TOKEN, topic=topic)

    headers = dict(server.received[0].headers)
    assert "apns-push-type" not in headers
    assert headers["apns-priority"] == "10"
    assert int(headers["apns-expiration"]) == int((clock() + timedelta(hours=1)).timestamp())


@pytest.mark.parametrize("reason", sorted(REASONS))
async def test_every_reason_ends_in_its_outcome(
    server: ApnsStandIn, client: ApnsClient, topic: str, reason: str
) -> None:
    server.answer(TOKEN, reason=reason, timestamp_ms=SINCE_MS if REASONS[reason] == 410 else None)

    outcome = await client.push(TOKEN, topic=topic)

    assert_fits(outcome, reason)
    assert await client.push(OTHER, topic=topic) == (
        outcome if REASONS[reason] == 403 else Sent(server.received[-1].apns_id)
    )


def assert_fits(outcome: PushOutcome, reason: str) -> None:
    status = REASONS[reason]
    if status == 410:
        assert outcome == Unregistered(datetime(2025, 10, 9, 8, 53, 20, 123_000, tzinfo=UTC), reason)
    elif reason in {"BadDeviceToken", "DeviceTokenNotForTopic"}:
        assert outcome == BadToken(reason)
    elif status in {429, 500, 503} or reason == "IdleTimeout":
        assert isinstance(outcome, RetryLater)
        assert outcome.reason == reason
        assert outcome.after_s > 0
    else:
        assert outcome == Refused(status, reason)


async def test_an_error_without_a_body_is_judged_by_its_status(
    server: ApnsStandIn, client: ApnsClient, topic: str
) -> None:
    server.answer_next(None, status=410, has_body=False)
    server.answer_next(None, status=503, has_body=False)

    assert await client.push(TOKEN, topic=topic) == Unregistered(None, "status 410")
    assert isinstance(await client.push(TOKEN, topic=topic), RetryLater)


async def test_retry_after_is_obeyed_in_seconds_and_as_a_date(
    server: ApnsStandIn, client: ApnsClient, topic: str, clock: SettableClock
) -> None:
    clock.set_to(datetime(2026, 3, 11, 14, 30, tzinfo=UTC))
    server.answer_next("TooManyRequests", retry_after="42")
    server.answer_next("ServiceUnavailable", retry_after="Wed, 11 Mar 2026 14:31:30 GMT")
    server.answer_next("ServiceUnavailable", retry_after="soon")

    seconds, date, nonsense = [await client.push(TOKEN, topic=topic) for _ in range(3)]

    assert seconds == RetryLater(42.0, "TooManyRequests")
    assert date == RetryLater(90.0, "ServiceUnavailable")
    assert isinstance(nonsense, RetryLater)
    assert nonsense.after_s > 20


async def test_a_malformed_token_never_reaches_apple(server: ApnsStandIn, client: ApnsClient, topic: str) -> None:
    for malformed in ("", "xyz", "../../3/device/x", TOKEN + "\r\nx: y", "é" * 64):
        assert await client.push(malformed, topic=topic) == BadToken("malformed token")

    assert server.connections_made == 0


async def test_another_topic_than_the_certificates_is_refused(server: ApnsStandIn, client: ApnsClient) -> None:
    assert await client.push(TOKEN, topic="pass.someone.else") == Refused(400, "TopicDisallowed")
    assert not server.received


async def test_after_a_403_nothing_is_sent_until_the_pause_is_over(
    server: ApnsStandIn, connect: Connect, topic: str
) -> None:
    client = connect(refusal_pause_s=0.2)
    server.answer_next("BadCertificate")

    assert await client.push(TOKEN, topic=topic) == Refused(403, "BadCertificate")
    assert await client.push(OTHER, topic=topic) == Refused(403, "BadCertificate")
    assert not server.received
    await asyncio.sleep(0.25)

    assert isinstance(await client.push(OTHER, topic=topic), Sent)


# Many pushes


async def test_a_thousand_pushes_use_one_connection_and_leave_nothing_behind(
    server: ApnsStandIn, client: ApnsClient, topic: str
) -> None:
    outcomes = await client.push_many(map(token, range(1000)), topic=topic)

    assert len(outcomes) == 1000
    assert all(isinstance(outcome, Sent) for outcome in outcomes.values())
    assert {push.token for push in server.received} == set(outcomes)
    assert server.connections_made == 1
    connection = await client._connection()
    assert connection.streams_open == 0
    assert client.pending == 0


async def test_a_token_is_pushed_once_however_often_it_is_named(
    server: ApnsStandIn, client: ApnsClient, topic: str
) -> None:
    outcomes = await client.push_many([TOKEN, OTHER, TOKEN, TOKEN], topic=topic)

    assert set(outcomes) == {TOKEN, OTHER}
    assert sorted(push.token for push in server.received) == [TOKEN, OTHER]


async def test_outcomes_are_told_apart_by_token(server: ApnsStandIn, client: ApnsClient, topic: str) -> None:
    server.answer(token(1), reason="Unregistered", timestamp_ms=SINCE_MS)
    server.answer(token(2), reason="BadDeviceToken")

    outcomes = await client.push_many(map(token, range(4)), topic=topic)

    kinds = [type(outcomes[token(number)]) for number in range(4)]
    assert kinds == [Sent, Unregistered, BadToken, Sent]


async def test_the_servers_limit_of_streams_is_kept(
    dev_identities: DevIdentities, pass_identity: PassIdentity, clock: SettableClock, topic: str
) -> None:
    async with (
        ApnsStandIn(dev_identities, streams=3) as server,
        own_client(server.url, dev_identities, pass_identity, clock) as client,
    ):
        outcomes = await client.push_many(map(token, range(60)), topic=topic)

        assert all(isinstance(outcome, Sent) for outcome in outcomes.values())
        assert server.connections[0].streams_peak <= 3


async def test_our_own_limit_of_streams_is_kept(server: ApnsStandIn, connect: Connect, topic: str) -> None:
    client = connect(streams=2)

    await asyncio.gather(*(client.push(token(number), topic=topic) for number in range(30)))

    assert len(server.received) == 30
    assert server.connections[0].streams_peak <= 2


async def test_a_server_that_lowers_its_limit_is_obeyed(server: ApnsStandIn, client: ApnsClient, topic: str) -> None:
    await client.push(TOKEN, topic=topic)
    (connection,) = server.connections
    connection.shrink(1)
    await client.push(TOKEN, topic=topic)
    connection.streams_peak = 0

    outcomes = await client.push_many(map(token, range(20)), topic=topic)

    assert all(isinstance(outcome, Sent) for outcome in outcomes.values())
    assert connection.streams_peak == 1


async def test_several_connections_share_the_pushes(server: ApnsStandIn, connect: Connect, topic: str) -> None:
    client = connect(connections=3)

    await client.push_many(map(token, range(30)), topic=topic)

    assert {push.connection for push in server.received} == {1, 2, 3}


async def test_a_full_queue_says_so_at_once(server: ApnsStandIn, connect: Connect, topic: str) -> None:
    client = connect(pending_limit=2, stream_timeout_s=0.3)
    server.stall(TOKEN)
    stalled = [asyncio.ensure_future(client.push(TOKEN, topic=topic)) for _ in range(2)]
    await asyncio.sleep(0.05)

    outcome = await client.push(OTHER, topic=topic)

    assert isinstance(outcome, RetryLater)
    assert outcome.reason == "QueueFull"
    await asyncio.gather(*stalled)
    assert isinstance(await client.push(OTHER, topic=topic), Sent)


# What goes wrong on the way


async def test_a_stalled_push_gives_up_alone(server: ApnsStandIn, connect: Connect, topic: str) -> None:
    client = connect(stream_timeout_s=0.2)
    server.stall(TOKEN)

    outcomes = await client.push_many([TOKEN, OTHER], topic=topic)

    assert isinstance(outcomes[OTHER], Sent)
    assert isinstance(outcomes[TOKEN], RetryLater)
    assert outcomes[TOKEN].reason == "NoAnswer"
    assert isinstance(await client.push(OTHER, topic=topic), Sent)
    assert server.connections_made == 1


async def test_a_place_is_free_again_after_a_stalled_push(server: ApnsStandIn, connect: Connect, topic: str) -> None:
    client = connect(stream_timeout_s=0.1, streams=1)
    server.stall(TOKEN)

    outcomes = await client.push_many([TOKEN, OTHER, token(1)], topic=topic)

    assert [type(outcome) for outcome in outcomes.values()] == [RetryLater, Sent, Sent]


async def test_a_cancelled_push_frees_its_place(server: ApnsStandIn, connect: Connect, topic: str) -> None:
    client = connect(streams=1)
    server.stall(TOKEN)
    stalled = asyncio.ensure_future(client.push(TOKEN, topic=topic))
    waiting = asyncio.ensure_future(client.push(token(1), topic=topic))
    await asyncio.sleep(0.1)

    waiting.cancel()
    stalled.cancel()

    assert isinstance(await client.push(OTHER, topic=topic), Sent)
    assert client.pending == 0


async def test_a_refused_stream_is_repeated(server: ApnsStandIn, client: ApnsClient, topic: str) -> None:
    server.refuse_streams(1)

    assert isinstance(await client.push(TOKEN, topic=topic), Sent)
    assert len(server.received) == 1


async def test_goaway_in_the_middle_loses_and_doubles_nothing(
    server: ApnsStandIn, client: ApnsClient, topic: str
) -> None:
    server.goaway_after(40)

    outcomes = await client.push_many(map(token, range(300)), topic=topic)

    assert all(isinstance(outcome, Sent) for outcome in outcomes.values())
    assert sorted(push.token for push in server.received) == sorted(outcomes)
    assert server.connections_made == 2


async def test_answers_owed_at_goaway_still_arrive(server: ApnsStandIn, connect: Connect, topic: str) -> None:
    client = connect(stream_timeout_s=5.0)
    server.stall(TOKEN)
    owed = asyncio.ensure_future(client.push(TOKEN, topic=topic))
    await asyncio.sleep(0.1)
    (connection,) = server.connections

    server.goaway()
    await asyncio.sleep(0.05)
    connection.answer(1, 200, {"apns-id": "late"}, None)

    assert await owed == Sent("late")


async def test_a_new_connection_is_made_after_an_idle_goaway(
    server: ApnsStandIn, client: ApnsClient, topic: str
) -> None:
    await client.push(TOKEN, topic=topic)

    server.goaway()

    assert isinstance(await client.push(TOKEN, topic=topic), Sent)
    assert isinstance(await client.push(TOKEN, topic=topic), Sent)
    assert server.connections_made == 2


async def test_a_cut_connection_is_made_anew(server: ApnsStandIn, client: ApnsClient, topic: str) -> None:
    await client.push(TOKEN, topic=topic)

    server.drop()

    assert isinstance(await client.push(TOKEN, topic=topic), Sent)
    assert server.connections_made == 2


async def test_a_push_cut_on_its_way_is_repeated(server: ApnsStandIn, client: ApnsClient, topic: str) -> None:
    server.stall(TOKEN)
    push = asyncio.ensure_future(client.push(TOKEN, topic=topic))
    await asyncio.sleep(0.1)
    server.forgive(TOKEN)

    server.drop()

    assert isinstance(await push, Sent)


async def test_a_silent_connection_is_pinged_and_replaced(server: ApnsStandIn, connect: Connect, topic: str) -> None:
    client = connect(ping_after_s=0.1, ping_timeout_s=0.2)
    await client.push(TOKEN, topic=topic)
    await asyncio.sleep(0.5)
    assert len(server.connections) == 1, "a server that answers pings is kept"

    server.connections[0].is_deaf = True
    await asyncio.sleep(0.7)
    assert not server.connections

    assert isinstance(await client.push(TOKEN, topic=topic), Sent)


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


# The stand-in itself


async def test_pushes_can_be_watched(server: ApnsStandIn, client: ApnsClient, topic: str) -> None:
    with server.watching() as pushes:
        await client.push_many([TOKEN, OTHER], topic=topic)
        await server.__aexit__(None, None, None)

        assert {push.token async for push in pushes} == {TOKEN, OTHER}


GOOD = {"apns-topic": "pass.a", "apns-priority": "5", "apns-push-type": "background"}


@pytest.mark.parametrize(
    ("changed", "headers", "reason"),
    [
        ({}, {}, None),
        ({"method": "GET"}, {}, "MethodNotAllowed"),
        ({"path": "/3/devices/x"}, {}, "BadPath"),
        ({"path": "/3/device/"}, {}, "MissingDeviceToken"),
        ({"path": "/3/device/xyz"}, {}, "BadDeviceToken"),
        ({"path": "/3/device/" + "a" * 63}, {}, "BadDeviceToken"),
        ({"payload": b""}, {}, "PayloadEmpty"),
        ({"payload": bytes(4097)}, {}, "PayloadTooLarge"),
        ({"payload": bytes(4096)}, {}, None),
        ({}, {"apns-topic": ""}, "MissingTopic"),
        ({}, {"apns-topic": "pass a"}, "BadTopic"),
        ({}, {"apns-topic": "pass.b"}, "TopicDisallowed"),
        ({}, {"apns-priority": "7"}, "BadPriority"),
        ({}, {"apns-priority": "10"}, "BadPriority"),
        ({}, {"apns-push-type": "wallet"}, "InvalidPushType"),
        ({}, {"apns-expiration": "tomorrow"}, "BadExpirationDate"),
        ({}, {"apns-id": "7"}, "BadMessageId"),
        ({}, {"apns-collapse-id": "x" * 65}, "BadCollapseId"),
    ],
)
def test_requests_are_looked_at_as_apple_looks(
    changed: dict[str, object], headers: dict[str, str], reason: str | None
) -> None:
    request = {"method": "POST", "path": f"/3/device/{TOKEN}", "payload": b"{}"} | changed

    sent = PushRequest(headers=list((GOOD | headers).items()), **request)

    assert wrong_with(sent, allowed_topic="pass.a") == reason


def test_a_header_given_twice_is_refused() -> None:
    headers = [*GOOD.items(), ("apns-topic", "pass.a")]
    request = PushRequest(method="POST", path=f"/3/device/{TOKEN}", headers=headers, payload=b"{}")

    assert wrong_with(request, allowed_topic="pass.a") == "DuplicateHeaders"


@pytest.mark.parametrize("size", [1, 2, 7, 9, 13, 64, 1000])
def test_goaway_is_found_however_the_bytes_are_cut(size: int) -> None:
    before, goaway, after = (
        b"\x00\x00\x04\x08\x00\x00\x00\x00\x00" + b"\x00\x00\x00\x01",
        b"\x00\x00\x0a\x07\x00\x00\x00\x00\x00" + b"\x80\x00\x00\x05" + b"\x00\x00\x00\x02" + b"{}",
        b"\x00\x00\x00\x00\x01\x00\x00\x00\x05",
    )
    stream = before + goaway + after
    frames = GoAwayFilter()

    results = [frames.feed(stream[at : at + size]) for at in range(0, len(stream), size)]

    found = [one for _, goaways in results for one in goaways]
    assert b"".join(passed for passed, _ in results) == before + after
    assert [(one.last_stream_id, one.error_code, one.detail) for one in found] == [(5, 2, b"{}")]


@asynccontextmanager
async def own_client(
    url: str, identities: DevIdentities, identity: PassIdentity, clock: SettableClock
) -> AsyncIterator[ApnsClient]:
    """A client under another identity, or of another server, than the fixtures'."""
    context = identity.client_context(identities.root_path)
    async with ApnsClient(ApnsSettings(url=url), context, clock=clock, chance=CHANCE) as client:
        yield client
