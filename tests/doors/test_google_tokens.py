"""Access tokens: one for everybody, renewed early, and every refusal with its remedy."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from certs.identity import GoogleIdentity
from tests.clock import SettableClock
from tests.doors.google_bench import ISSUER, OBJECT_ID, GoogleBench, card_of, class_of
from wallet.google.kinds import Kind
from wallet.google.oauth import GoogleRefused, GoogleTokens, GoogleUnavailable
from wallet.google.outcomes import Done, Refused, RetryLater


async def test_a_hundred_cards_at_once_ask_for_one_token(bench: GoogleBench) -> None:
    await bench.client.put(Kind.CLASS, class_of())
    bench.google.accounts.revoke_tokens()
    cards = [card_of(id=f"{ISSUER}.c{number}") for number in range(100)]

    outcomes = await asyncio.gather(*(bench.client.put(Kind.OBJECT, card, expect_new=True) for card in cards))

    assert all(isinstance(outcome, Done) for outcome in outcomes)
    assert bench.google.accounts.granted == 2


async def test_a_token_is_kept_until_shortly_before_it_ends(bench: GoogleBench) -> None:
    first = await bench.tokens.bearer()
    bench.clock.move(timedelta(minutes=54))
    assert await bench.tokens.bearer() == first
    bench.clock.move(timedelta(minutes=2))

    assert await bench.tokens.bearer() != first


async def test_a_failed_early_renewal_leaves_the_old_token_in_use(bench: GoogleBench) -> None:
    first = await bench.tokens.bearer()
    bench.clock.move(timedelta(minutes=56))
    bench.google.fail(status=503, door="token", times=None)

    assert await bench.tokens.bearer() == first
    bench.clock.move(timedelta(minutes=5))
    with pytest.raises(GoogleUnavailable):
        await bench.tokens.bearer()


async def test_a_closed_token_endpoint_is_asked_once_by_everyone_waiting(bench: GoogleBench) -> None:
    bench.google.fail(status=503, door="token", retry_after_s=7)

    outcomes = await asyncio.gather(*(bench.client.get(Kind.OBJECT, OBJECT_ID) for _ in range(20)))

    assert [outcome.after_s for outcome in outcomes if isinstance(outcome, RetryLater)] == [7.0] * 20
    bench.clock.move(timedelta(seconds=8))
    assert isinstance(await bench.client.get(Kind.OBJECT, OBJECT_ID), Refused)


def tokens_of(bench: GoogleBench, change: Callable[[GoogleIdentity], GoogleIdentity]) -> GoogleTokens:
    return GoogleTokens(
        session=bench.session,
        identity=change(bench.identity),
        clock=bench.clock,
        token_url=bench.google.token_url,
    )


async def test_an_unknown_service_account_is_named_with_its_remedy(bench: GoogleBench) -> None:
    tokens = tokens_of(bench, lambda identity: replace(identity, client_email="gone@project"))

    with pytest.raises(GoogleRefused, match="missing or disabled") as caught:
        await tokens.bearer()

    assert caught.value.code == "invalid_grant"


async def test_a_key_that_was_deleted_is_named_with_its_remedy(bench: GoogleBench) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    tokens = tokens_of(bench, lambda identity: replace(identity, private_key=stranger))

    with pytest.raises(GoogleRefused, match="create a new key"):
        await tokens.bearer()


async def test_a_wrong_audience_is_named_with_its_remedy(bench: GoogleBench) -> None:
    tokens = tokens_of(bench, lambda identity: replace(identity, token_uri="https://elsewhere.example/token"))

    with pytest.raises(GoogleRefused, match="token_uri"):
        await tokens.bearer()


async def test_a_clock_that_runs_ahead_is_named_as_the_cause(bench: GoogleBench) -> None:
    ahead = SettableClock(bench.clock() + timedelta(hours=2))
    tokens = GoogleTokens(session=bench.session, identity=bench.identity, clock=ahead)

    with pytest.raises(GoogleRefused, match="time synchronisation"):
        await tokens.bearer()


async def test_a_refusal_of_the_token_reaches_the_caller_as_an_outcome(bench: GoogleBench) -> None:
    bench.google.fail(status=400, door="token")

    outcome = await bench.client.get(Kind.OBJECT, OBJECT_ID)

    assert isinstance(outcome, Refused)
    assert outcome.code == "token_refused"
