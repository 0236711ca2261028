"""The Google Wallet client against the stand-in: every answer Google gives, and what becomes of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric import rsa

from certs.identity import GoogleIdentity
from sandbox.google.server import GoogleStandIn
from tests.clock import SettableClock
from tests.doors.google_card import CLASS_ID, ISSUER, OBJECT_ID, card_of, class_of
from wallet.google.client import GoogleWalletClient, Kind
from wallet.google.oauth import GoogleRefused, GoogleTokens, GoogleUnavailable
from wallet.google.outcomes import Done, Refused, RetryLater
from wallet.google.pace import Pace
from wallet.google.save_link import save_link

EMAIL = "tessera@project.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Bench:
    """A client at the stand-in's door, with the parts a test may want to turn."""

    google: GoogleStandIn
    session: ClientSession
    identity: GoogleIdentity
    clock: SettableClock
    tokens: GoogleTokens
    pace: Pace
    client: GoogleWalletClient

    def paths(self) -> list[str]:
        return [f"{call.method} {call.path.split('/')[1]} {call.status}" for call in self.google.calls]


@pytest_asyncio.fixture(loop_scope="session")
async def bench(key: rsa.RSAPrivateKey, clock: SettableClock) -> AsyncIterator[Bench]:
    public_keys = {EMAIL: key.public_key()}
    async with (
        GoogleStandIn(public_keys=public_keys, issuer_id=ISSUER, clock=clock) as google,
        ClientSession() as session,
    ):
        identity = GoogleIdentity(client_email=EMAIL, private_key=key, private_key_id="k1", token_uri=google.token_url)
        tokens = GoogleTokens(session=session, identity=identity, clock=clock, timeout_s=2.0)
        pace = Pace(per_second=1000.0, burst=100)
        client = GoogleWalletClient(
            session=session,
            tokens=tokens,
            pace=pace,
            api_url=google.api_url,
            timeout_s=2.0,
            patience_s=0.2,
            chance=lambda: 0.0,
        )
        yield Bench(google, session, identity, clock, tokens, pace, client)


@pytest_asyncio.fixture(loop_scope="session")
async def with_card(bench: Bench) -> Bench:
    assert isinstance(await bench.client.insert(Kind.CLASS, class_of()), Done)
    assert isinstance(await bench.client.insert(Kind.OBJECT, card_of()), Done)
    bench.google.calls.clear()
    return bench


async def test_a_new_card_is_patched_in_vain_then_inserted(bench: Bench) -> None:
    await bench.client.put(Kind.CLASS, class_of(), expect_new=True)
    bench.google.calls.clear()

    outcome = await bench.client.put(Kind.OBJECT, card_of(10))

    assert isinstance(outcome, Done)
    assert bench.paths() == ["PATCH loyaltyObject 404", "POST loyaltyObject 200"]
    assert bench.google.object(OBJECT_ID)["loyaltyPoints"]["balance"] == {"int": 10}


async def test_a_card_thought_new_that_exists_is_patched(with_card: Bench) -> None:
    outcome = await with_card.client.put(Kind.OBJECT, card_of(77), expect_new=True)

    assert isinstance(outcome, Done)
    assert with_card.paths() == ["POST loyaltyObject 409", "PATCH loyaltyObject 200"]
    assert with_card.google.object(OBJECT_ID)["loyaltyPoints"]["balance"] == {"int": 77}


async def test_putting_twice_is_the_same_as_once(with_card: Bench) -> None:
    first = await with_card.client.put(Kind.OBJECT, card_of(5))
    second = await with_card.client.put(Kind.OBJECT, card_of(5))

    assert first == second
    assert with_card.paths() == ["PATCH loyaltyObject 200"] * 2


async def test_a_patch_merges_fields_and_replaces_arrays(with_card: Bench) -> None:
    texts = [{"id": "a", "header": "A", "body": "a"}, {"id": "b", "header": "B", "body": "b"}]
    await with_card.client.patch(Kind.OBJECT, card_of(textModulesData=texts))

    await with_card.client.patch(Kind.OBJECT, {"id": OBJECT_ID, "textModulesData": texts[:1]})

    kept = with_card.google.object(OBJECT_ID)
    assert kept["textModulesData"] == texts[:1]
    assert kept["loyaltyPoints"]["label"] == "Points"


async def test_a_class_is_approved_at_once_and_a_get_shows_it(with_card: Bench) -> None:
    outcome = await with_card.client.get(Kind.OBJECT, OBJECT_ID)

    assert isinstance(outcome, Done)
    assert outcome.body["classReference"]["reviewStatus"] == "APPROVED"


async def test_an_object_without_its_class_names_the_class(bench: Bench) -> None:
    outcome = await bench.client.put(Kind.OBJECT, card_of())

    assert isinstance(outcome, Refused)
    assert outcome.code == "class_not_found"
    assert CLASS_ID in outcome.reason


async def test_an_unknown_card_is_not_found(bench: Bench) -> None:
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
async def test_a_body_google_would_refuse_is_refused_for_good(bench: Bench, wrong: dict[str, object]) -> None:
    await bench.client.insert(Kind.CLASS, class_of())

    outcome = await bench.client.insert(Kind.OBJECT, {**card_of(), **wrong})

    assert isinstance(outcome, Refused)
    assert outcome.code == "bad_request"


async def test_a_class_update_without_a_review_status_is_refused(with_card: Bench) -> None:
    outcome = await with_card.client.patch(Kind.CLASS, {"id": CLASS_ID, "programName": "Tea"})

    assert isinstance(outcome, Refused)
    assert "UNDER_REVIEW" in outcome.reason


async def test_a_service_account_that_was_not_invited_is_told_where_to_go(with_card: Bench) -> None:
    with_card.google.fail(status=403)

    outcome = await with_card.client.put(Kind.OBJECT, card_of())

    assert isinstance(outcome, Refused)
    assert outcome.code == "permission_denied"
    assert "service account not invited in the Pay & Wallet console" in outcome.reason


async def test_403_for_speed_is_a_pause_not_a_refusal(with_card: Bench) -> None:
    with_card.google.fail(status=403, reason="rateLimitExceeded")

    assert isinstance(await with_card.client.put(Kind.OBJECT, card_of()), RetryLater)


async def test_429_waits_as_long_as_google_says_and_slows_the_whole_issuer(with_card: Bench) -> None:
    with_card.google.fail(times=1, status=429, retry_after_s=30)

    outcome = await with_card.client.put(Kind.OBJECT, card_of())
    next_one = await with_card.client.put(Kind.OBJECT, card_of())

    assert isinstance(outcome, RetryLater)
    assert outcome.after_s == 30
    assert isinstance(next_one, RetryLater)
    assert 29 < next_one.after_s <= 30
    assert with_card.paths() == ["PATCH loyaltyObject 429"]


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_an_outage_is_tried_later_each_time_longer(with_card: Bench, status: int) -> None:
    with_card.google.fail(times=2, status=status)

    first = await with_card.client.put(Kind.OBJECT, card_of(), attempt=0)
    fifth = await with_card.client.put(Kind.OBJECT, card_of(), attempt=4)

    assert isinstance(first, RetryLater)
    assert isinstance(fifth, RetryLater)
    assert fifth.after_s == 16 * first.after_s
    assert isinstance(await with_card.client.put(Kind.OBJECT, card_of()), Done)


async def test_a_slow_google_is_tried_later(with_card: Bench) -> None:
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


async def test_a_cut_connection_is_tried_later(with_card: Bench) -> None:
    with_card.google.fail(cut=True, door="api", times=None)

    assert isinstance(await with_card.client.put(Kind.OBJECT, card_of()), RetryLater)


async def test_a_revoked_token_is_renewed_once(with_card: Bench) -> None:
    with_card.google.accounts.revoke_tokens()

    outcome = await with_card.client.put(Kind.OBJECT, card_of(3))

    assert isinstance(outcome, Done)
    assert with_card.paths() == ["PATCH loyaltyObject 401", "PATCH loyaltyObject 200"]
    assert with_card.google.accounts.granted == 2


async def test_a_door_that_stays_shut_is_knocked_on_twice_only(with_card: Bench) -> None:
    with_card.google.fail(status=401, door="api", times=None)

    outcome = await with_card.client.put(Kind.OBJECT, card_of())

    assert isinstance(outcome, Refused)
    assert outcome.code == "unauthorised"
    assert len(with_card.google.calls) == 2


async def test_a_hundred_cards_at_once_ask_for_one_token(bench: Bench) -> None:
    await bench.client.put(Kind.CLASS, class_of())
    bench.google.accounts.revoke_tokens()
    cards = [card_of(id=f"{ISSUER}.c{number}") for number in range(100)]

    outcomes = await asyncio.gather(*(bench.client.put(Kind.OBJECT, card, expect_new=True) for card in cards))

    assert all(isinstance(outcome, Done) for outcome in outcomes)
    assert bench.google.accounts.granted == 2


async def test_a_token_is_kept_until_shortly_before_it_ends(bench: Bench) -> None:
    first = await bench.tokens.bearer()
    bench.clock.move(timedelta(minutes=54))
    assert await bench.tokens.bearer() == first
    bench.clock.move(timedelta(minutes=2))

    assert await bench.tokens.bearer() != first


async def test_a_failed_early_renewal_leaves_the_old_token_in_use(bench: Bench) -> None:
    first = await bench.tokens.bearer()
    bench.clock.move(timedelta(minutes=56))
    bench.google.fail(status=503, door="token", times=None)

    assert await bench.tokens.bearer() == first
    bench.clock.move(timedelta(minutes=5))
    with pytest.raises(GoogleUnavailable):
        await bench.tokens.bearer()


async def test_a_closed_token_endpoint_is_asked_once_by_everyone_waiting(bench: Bench) -> None:
    bench.google.fail(status=503, door="token", retry_after_s=7)

    outcomes = await asyncio.gather(*(bench.client.get(Kind.OBJECT, OBJECT_ID) for _ in range(20)))

    assert {outcome.after_s for outcome in outcomes if isinstance(outcome, RetryLater)} == {7}
    bench.clock.move(timedelta(seconds=8))
    assert isinstance(await bench.client.get(Kind.OBJECT, OBJECT_ID), Refused)


def tokens_of(bench: Bench, change: Callable[[GoogleIdentity], GoogleIdentity]) -> GoogleTokens:
    return GoogleTokens(
        session=bench.session,
        identity=change(bench.identity),
        clock=bench.clock,
        token_url=bench.google.token_url,
    )


async def test_an_unknown_service_account_is_named_with_its_remedy(bench: Bench) -> None:
    tokens = tokens_of(bench, lambda identity: replace(identity, client_email="gone@project"))

    with pytest.raises(GoogleRefused, match="missing or disabled") as caught:
        await tokens.bearer()

    assert caught.value.code == "invalid_grant"


async def test_a_key_that_was_deleted_is_named_with_its_remedy(bench: Bench) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    tokens = tokens_of(bench, lambda identity: replace(identity, private_key=stranger))

    with pytest.raises(GoogleRefused, match="create a new key"):
        await tokens.bearer()


async def test_a_wrong_audience_is_named_with_its_remedy(bench: Bench) -> None:
    tokens = tokens_of(bench, lambda identity: replace(identity, token_uri="https://elsewhere.example/token"))

    with pytest.raises(GoogleRefused, match="token_uri"):
        await tokens.bearer()


async def test_a_clock_that_runs_ahead_is_named_as_the_cause(bench: Bench) -> None:
    ahead = SettableClock(bench.clock() + timedelta(hours=2))
    tokens = GoogleTokens(session=bench.session, identity=bench.identity, clock=ahead)

    with pytest.raises(GoogleRefused, match="time synchronisation"):
        await tokens.bearer()


async def test_a_refusal_of_the_token_reaches_the_caller_as_an_outcome(bench: Bench) -> None:
    bench.google.fail(status=400, door="token")

    outcome = await bench.client.get(Kind.OBJECT, OBJECT_ID)

    assert isinstance(outcome, Refused)
    assert outcome.code == "token_refused"


async def test_the_fourth_notification_of_a_day_is_sent_without_ringing(with_card: Bench) -> None:
    loud = [card_of(points, notifyPreference="NOTIFY_ON_UPDATE") for points in range(20, 24)]

    outcomes = [await with_card.client.put(Kind.OBJECT, body) for body in loud]

    assert [outcome.quiet for outcome in outcomes if isinstance(outcome, Done)] == [False, False, False, True]
    assert with_card.google.object(OBJECT_ID)["loyaltyPoints"]["balance"] == {"int": 23}
    assert with_card.google.shelf.notifications(OBJECT_ID) == 3
    with_card.clock.move(timedelta(hours=25))
    assert with_card.google.shelf.notifications(OBJECT_ID) == 0


async def test_messages_and_updates_share_the_days_notifications(with_card: Bench) -> None:
    message = {"id": "m1", "header": "Hello", "body": "World", "messageType": "TEXT_AND_NOTIFY"}

    outcomes = [await with_card.client.add_message(Kind.OBJECT, OBJECT_ID, message) for _ in range(4)]

    assert [outcome.quiet for outcome in outcomes if isinstance(outcome, Done)] == [False, False, False, True]
    kinds = [kept["messageType"] for kept in with_card.google.object(OBJECT_ID)["messages"]]
    assert kinds == ["TEXT_AND_NOTIFY"] * 3 + ["TEXT"]


async def test_an_update_that_changes_nothing_rings_nobody(with_card: Bench) -> None:
    with with_card.google.watching() as changes:
        await with_card.client.put(Kind.OBJECT, card_of(10, notifyPreference="NOTIFY_ON_UPDATE"))
        await with_card.client.put(Kind.OBJECT, card_of(11, notifyPreference="NOTIFY_ON_UPDATE"))

        assert [(await anext(changes)).notified for _ in range(2)] == [False, True]


async def test_a_save_link_puts_the_card_on_the_phone(with_card: Bench) -> None:
    link = save_link(
        identity=with_card.identity,
        object_ids=[OBJECT_ID],
        class_id=CLASS_ID,
        origins=["https://cards.example"],
        at=with_card.clock(),
        save_url=with_card.google.save_url,
    )

    async with with_card.session.get(link) as page:
        assert page.status == 200
        assert OBJECT_ID in await page.text()
    assert with_card.google.object(OBJECT_ID)["hasUsers"] is True
    await with_card.client.put(Kind.OBJECT, card_of(12))
    assert with_card.google.object(OBJECT_ID)["hasUsers"] is True


async def test_a_save_link_signed_by_a_stranger_saves_nothing(with_card: Bench) -> None:
    stranger = replace(with_card.identity, private_key=rsa.generate_private_key(public_exponent=65537, key_size=2048))
    link = save_link(
        identity=stranger,
        object_ids=[OBJECT_ID],
        origins=["https://cards.example"],
        at=with_card.clock(),
        save_url=with_card.google.save_url,
    )

    async with with_card.session.get(link, headers={"Accept-Language": "ru"}) as page:
        assert page.status == 400
        assert "Произошла ошибка" in await page.text()
    assert with_card.google.object(OBJECT_ID)["hasUsers"] is False


async def test_cards_of_a_class_are_listed_in_pages(with_card: Bench) -> None:
    for number in range(4):
        await with_card.client.insert(Kind.OBJECT, card_of(id=f"{ISSUER}.more{number}"))
    headers = {"Authorization": f"Bearer {await with_card.tokens.bearer()}"}
    query = {"classId": CLASS_ID, "maxResults": "3"}

    async with with_card.session.get(
        f"{with_card.google.api_url}/loyaltyObject", params=query, headers=headers
    ) as first:
        page = await first.json()
    query["token"] = page["pagination"]["nextPageToken"]
    async with with_card.session.get(
        f"{with_card.google.api_url}/loyaltyObject", params=query, headers=headers
    ) as last:
        rest = await last.json()

    assert len(page["resources"]) == 3
    assert len(rest["resources"]) == 2
    assert "nextPageToken" not in rest["pagination"]


async def test_a_resource_id_that_would_leave_its_path_is_a_bug_of_the_caller(bench: Bench) -> None:
    with pytest.raises(ValueError, match="resource id"):
        await bench.client.get(Kind.OBJECT, "338.a/../../token")


async def test_twenty_requests_a_second_pass_the_pace_and_no_more() -> None:
    pace = Pace(per_second=20.0, burst=5)
    started = time.monotonic()

    waits = await asyncio.gather(*(pace.take(patience_s=10.0) for _ in range(15)))

    assert waits == [0.0] * 15
    assert 0.45 <= time.monotonic() - started < 1.5  # five at once, ten more at 50 ms each


async def test_a_long_queue_is_told_its_wait_instead_of_holding_a_worker() -> None:
    now = 100.0
    pace = Pace(per_second=1.0, burst=1, now=lambda: now)

    assert await pace.take(patience_s=0.5) == 0.0
    assert await pace.take(patience_s=0.5) == 1.0

    now = 101.0
    assert await pace.take(patience_s=0.5) == 0.0


async def test_a_pace_that_rests_lets_nothing_through() -> None:
    now = 0.0
    pace = Pace(per_second=10.0, burst=5, now=lambda: now)
    pace.rest(60.0)

    assert await pace.take(patience_s=1.0) == 60.0
    now = 60.0
    assert await pace.take(patience_s=1.0) == 0.0
