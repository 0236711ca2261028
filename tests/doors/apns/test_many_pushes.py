"""Many pushes: limits of streams, places, one push a token."""

import asyncio

from certs.dev import DevIdentities
from certs.identity import PassIdentity
from sandbox.apns import ApnsStandIn
from tests.clock import SettableClock
from tests.doors.apns.peer import OTHER, TOKEN, Connect, own_client, token
from wallet.apple.apns import ApnsClient
from wallet.apple.push_outcomes import BadToken, RetryLater, Sent, Unregistered


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
    server.answer(token(1), reason="Unregistered")
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
