"""One push: what is sent, and what its answer means."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.apns import ApnsStandIn
from sandbox.apns_rules import REASONS
from tests.clock import SettableClock
from tests.doors.apns.peer import OTHER, TOKEN, Connect
from wallet.apple.apns import ApnsClient
from wallet.apple.push_outcomes import BadToken, PushOutcome, Refused, RetryLater, Sent, Unregistered

SINCE_MS = 1_760_000_000_123


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
