"""What goes wrong on the way: stalls, resets, GOAWAY, cuts, silence."""

import asyncio

from sandbox.apns import ApnsStandIn
from tests.doors.apns.peer import OTHER, TOKEN, Connect, token
from wallet.apple.apns import ApnsClient
from wallet.apple.push_outcomes import RetryLater, Sent


async def test_a_stalled_push_gives_up_alone(server: ApnsStandIn, connect: Connect, topic: str) -> None:
    client = connect(stream_timeout_s=0.2)
    server.stall(TOKEN)

    outcomes = await client.push_many([TOKEN, OTHER], topic=topic)

    assert isinstance(outcomes[OTHER], Sent)
    assert isinstance(outcomes[TOKEN], RetryLater)
    assert outcomes[TOKEN].reason == "NoAnswer"
    assert isinstance(await client.push(OTHER, topic=topic), Sent)
    assert server.connections_made == 1
    assert server.connections[0].streams_open == 0, "the stalled stream was taken back"


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
