"""The Google Wallet client against the stand-in: every answer Google gives, and what becomes of it."""

from datetime import timedelta

import pytest

from tests.doors.google_bench import CLASS_ID, EMAIL, OBJECT_ID, GoogleBench, card_of, class_of
from wallet.google.client import GoogleWalletClient
from wallet.google.kinds import Kind
from wallet.google.outcomes import Done, Refused, RetryLater


async def test_a_new_card_is_patched_in_vain_then_inserted(bench: GoogleBench) -> None:
    await bench.client.put(Kind.CLASS, class_of(), expect_new=True)
    bench.google.calls.clear()

    outcome = await bench.client.put(Kind.OBJECT, card_of(10))

    assert isinstance(outcome, Done)
    assert bench.paths() == ["PATCH loyaltyObject 404", "POST loyaltyObject 200"]
    assert bench.google.object(OBJECT_ID)["loyaltyPoints"]["balance"] == {"int": 10}


async def test_a_card_thought_new_that_exists_is_patched(with_card: GoogleBench) -> None:
    outcome = await with_card.client.put(Kind.OBJECT, card_of(77), expect_new=True)

    assert isinstance(outcome, Done)
    assert with_card.paths() == ["POST loyaltyObject 409", "PATCH loyaltyObject 200"]
    assert with_card.google.object(OBJECT_ID)["loyaltyPoints"]["balance"] == {"int": 77}


async def test_putting_twice_is_the_same_as_once(with_card: GoogleBench) -> None:
    first = await with_card.client.put(Kind.OBJECT, card_of(5))
    second = await with_card.client.put(Kind.OBJECT, card_of(5))

    assert first == second
    assert with_card.paths() == ["PATCH loyaltyObject 200"] * 2


async def test_an_object_without_its_class_names_the_class(bench: GoogleBench) -> None:
    outcome = await bench.client.put(Kind.OBJECT, card_of())

    assert isinstance(outcome, Refused)
    assert outcome.code == "class_not_found"
    assert CLASS_ID in outcome.reason


async def test_an_unknown_card_is_not_found(bench: GoogleBench) -> None:
    outcome = await bench.client.get(Kind.OBJECT, OBJECT_ID)

    assert isinstance(outcome, Refused)
    assert outcome.code == "not_found"


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red"},
        {"state": "active"},
        {"loyaltyPoints": {"balance": {"int": 1, "string": "1"}}},
        {"messages": [{"header": "h", "body": "b"}] * 11},
        {"barcode": {"type": "QR_CODE"}},
    ],
)
async def test_a_body_google_would_refuse_is_refused_for_good(bench: GoogleBench, wrong: dict[str, object]) -> None:
    await bench.client.insert(Kind.CLASS, class_of())

    outcome = await bench.client.insert(Kind.OBJECT, {**card_of(), **wrong})

    assert isinstance(outcome, Refused)
    assert outcome.code == "bad_request"


async def test_a_class_update_without_a_review_status_is_refused(with_card: GoogleBench) -> None:
    outcome = await with_card.client.patch(Kind.CLASS, {"id": CLASS_ID, "programName": "Tea"})

    assert isinstance(outcome, Refused)
    assert "UNDER_REVIEW" in outcome.reason


async def test_a_service_account_that_was_not_invited_is_told_where_to_go(with_card: GoogleBench) -> None:
    with_card.google.fail(status=403)

    outcome = await with_card.client.put(Kind.OBJECT, card_of())

    assert isinstance(outcome, Refused)
    assert outcome.code == "permission_denied"
    assert "service account not invited in the Pay & Wallet console" in outcome.reason
    assert EMAIL in outcome.reason


async def test_403_for_speed_is_a_pause_not_a_refusal(with_card: GoogleBench) -> None:
    with_card.google.fail(status=403, reason="rateLimitExceeded")

    assert isinstance(await with_card.client.put(Kind.OBJECT, card_of()), RetryLater)


async def test_429_waits_as_long_as_google_says_and_slows_the_whole_issuer(with_card: GoogleBench) -> None:
    with_card.google.fail(times=1, status=429, retry_after_s=30)

    outcome = await with_card.client.put(Kind.OBJECT, card_of())
    next_one = await with_card.client.put(Kind.OBJECT, card_of())

    assert isinstance(outcome, RetryLater)
    assert outcome.after_s == 30
    assert isinstance(next_one, RetryLater)
    assert 29 < next_one.after_s <= 30
    assert with_card.paths() == ["PATCH loyaltyObject 429"]


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_an_outage_is_tried_later_each_time_longer(with_card: GoogleBench, status: int) -> None:
    with_card.google.fail(times=2, status=status)

    first = await with_card.client.put(Kind.OBJECT, card_of(), attempt=0)
    fifth = await with_card.client.put(Kind.OBJECT, card_of(), attempt=4)

    assert isinstance(first, RetryLater)
    assert isinstance(fifth, RetryLater)
    assert fifth.after_s == 16 * first.after_s
    assert isinstance(await with_card.client.put(Kind.OBJECT, card_of()), Done)


async def test_a_slow_google_is_tried_later(with_card: GoogleBench) -> None:
    hurried = GoogleWalletClient(
        session=with_card.session,
        tokens=with_card.tokens,
        pace=with_card.pace,
        api_url=with_card.google.api_url,
        timeout_s=0.1,
    )
    with_card.google.fail(latency_s=1.0)

    outcome = await hurried.put(Kind.OBJECT, card_of())

    assert isinstance(outcome, RetryLater)
    assert "Timeout" in outcome.reason


async def test_a_cut_connection_is_tried_later(with_card: GoogleBench) -> None:
    with_card.google.fail(cut=True, door="api", times=None)

    assert isinstance(await with_card.client.put(Kind.OBJECT, card_of()), RetryLater)


async def test_a_revoked_token_is_renewed_once(with_card: GoogleBench) -> None:
    with_card.google.accounts.revoke_tokens()

    outcome = await with_card.client.put(Kind.OBJECT, card_of(3))

    assert isinstance(outcome, Done)
    assert with_card.paths() == ["PATCH loyaltyObject 401", "PATCH loyaltyObject 200"]
    assert with_card.google.accounts.granted == 2


async def test_a_door_that_stays_shut_is_knocked_on_twice_only(with_card: GoogleBench) -> None:
    with_card.google.fail(status=401, door="api", times=None)

    outcome = await with_card.client.put(Kind.OBJECT, card_of())

    assert isinstance(outcome, Refused)
    assert outcome.code == "unauthorised"
    assert len(with_card.google.calls) == 2


async def test_the_fourth_notification_of_a_day_is_sent_without_ringing(with_card: GoogleBench) -> None:
    loud = [card_of(points, notifyPreference="NOTIFY_ON_UPDATE") for points in range(20, 24)]

    outcomes = [await with_card.client.put(Kind.OBJECT, body) for body in loud]

    assert [outcome.quiet for outcome in outcomes if isinstance(outcome, Done)] == [False, False, False, True]
    assert with_card.google.object(OBJECT_ID)["loyaltyPoints"]["balance"] == {"int": 23}
    assert with_card.google.shelf.notifications(OBJECT_ID) == 3
    with_card.clock.move(timedelta(hours=25))
    assert with_card.google.shelf.notifications(OBJECT_ID) == 0


async def test_messages_and_updates_share_the_days_notifications(with_card: GoogleBench) -> None:
    message = {"id": "m1", "header": "Hello", "body": "World", "messageType": "TEXT_AND_NOTIFY"}

    outcomes = [await with_card.client.add_message(Kind.OBJECT, OBJECT_ID, message) for _ in range(4)]

    assert [outcome.quiet for outcome in outcomes if isinstance(outcome, Done)] == [False, False, False, True]
    kinds = [kept["messageType"] for kept in with_card.google.object(OBJECT_ID)["messages"]]
    assert kinds == ["TEXT_AND_NOTIFY"] * 3 + ["TEXT"]


async def test_a_resource_id_that_would_leave_its_path_is_a_bug_of_the_caller(bench: GoogleBench) -> None:
    with pytest.raises(ValueError, match="resource id"):
        await bench.client.get(Kind.OBJECT, "338.a/../../token")
