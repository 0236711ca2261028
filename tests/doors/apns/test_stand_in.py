"""The stand-in itself, and the frames between."""

import pytest

from sandbox.apns import ApnsStandIn
from sandbox.apns_rules import PushRequest, wrong_with
from tests.doors.apns.peer import OTHER, TOKEN
from wallet.apple.apns import ApnsClient
from wallet.apple.push_frames import GoAwayFilter


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
