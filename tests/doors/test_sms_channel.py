"""Text messages on their way: to a gateway that takes them, is busy, refuses, or is gone."""

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from channels.sms import SmsChannel, SmsGateway
from offers.flows.write_sms import CARD_LINK, CODE, SmsWish, sms_item
from offers.model.message import Delivered, Dropped, OutboxItem, RetryLater
from offers.model.programme import Language
from sandbox.sms import SmsStandIn
from tests.clock import SettableClock
from tests.coffee_house import PROGRAMME

KEY = b"p" * 32
TOKEN = "gateway-token"


@pytest_asyncio.fixture(loop_scope="session")
async def gateway() -> AsyncIterator[SmsStandIn]:
    async with SmsStandIn(token=TOKEN) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def channel(gateway: SmsStandIn, clock: SettableClock) -> AsyncIterator[SmsChannel]:
    async with ClientSession() as session:
        yield SmsChannel(session, SmsGateway(url=gateway.url, token=TOKEN, sender="Coffee"), KEY, clock)


def message(clock: SettableClock, *, language: Language = Language.RU, kind: str = CODE, key: str = "") -> OutboxItem:
    wish = SmsWish(
        programme=PROGRAMME,
        kind=kind,
        phone="+79161234567",
        language=language,
        secret="123456" if kind == CODE else "https://cards.example/join/coffee?claim=0",
        expires_at=clock() + timedelta(minutes=10),
    )
    key = key or f"sms:{secrets.token_hex(4)}"
    return sms_item(wish, key=key, seal_key=KEY, chance=secrets.token_bytes, at=clock())


@pytest.mark.parametrize(
    ("language", "kind", "text"),
    [
        (Language.RU, CODE, "123456 — код для карты «Кофейня». Никому его не говорите."),
        (Language.EN, CODE, "123456 is your code for the card “Coffee house”. Do not tell it to anyone."),
        (Language.RU, CARD_LINK, "Ваша карта «Кофейня»: https://cards.example/join/coffee?claim=0"),
    ],
)
async def test_a_message_arrives_in_its_language(
    channel: SmsChannel, gateway: SmsStandIn, clock: SettableClock, *, language: Language, kind: str, text: str
) -> None:
    (outcome,) = await channel.deliver([message(clock, language=language, kind=kind)])

    assert isinstance(outcome, Delivered)
    (came,) = gateway.messages
    assert (came.to, came.text) == ("+79161234567", text)


async def test_a_code_for_russians_fits_into_one_message(
    channel: SmsChannel, gateway: SmsStandIn, clock: SettableClock
) -> None:
    await channel.deliver([message(clock)])

    assert len(gateway.messages[0].text) <= 70


async def test_the_same_message_twice_arrives_once(
    channel: SmsChannel, gateway: SmsStandIn, clock: SettableClock
) -> None:
    item = message(clock)

    outcomes = await channel.deliver([item]), await channel.deliver([item])

    assert all(isinstance(each, Delivered) for (each,) in outcomes)
    assert len(gateway.messages) == 1


@pytest.mark.parametrize(
    ("fault", "after_s", "whole_lane"),
    [
        ({"status": 429, "retry_after_s": 7}, 7.0, True),
        ({"status": 503}, None, False),
        ({"status": 408}, None, False),
        ({"cut": True}, None, False),
    ],
)
async def test_a_gateway_out_of_breath_is_asked_again(
    channel: SmsChannel,
    gateway: SmsStandIn,
    clock: SettableClock,
    *,
    fault: dict[str, int],
    after_s: float | None,
    whole_lane: bool,
) -> None:
    gateway.fail(**fault)
    item = message(clock)

    (refused,) = await channel.deliver([item])
    (taken,) = await channel.deliver([item])

    assert isinstance(refused, RetryLater)
    assert (refused.after_s, refused.whole_lane) == (after_s, whole_lane)
    assert isinstance(taken, Delivered)


async def test_a_number_the_gateway_does_not_take_is_dropped_with_its_words(
    channel: SmsChannel, gateway: SmsStandIn, clock: SettableClock
) -> None:
    gateway.fail(status=422, reason="no such number")

    (outcome,) = await channel.deliver([message(clock)])

    assert isinstance(outcome, Dropped)
    assert "422" in outcome.reason
    assert "no such number" in outcome.reason


async def test_a_wrong_key_to_the_gateway_is_dropped_and_says_so(gateway: SmsStandIn, clock: SettableClock) -> None:
    async with ClientSession() as session:
        channel = SmsChannel(session, SmsGateway(url=gateway.url, token="wrong"), KEY, clock)

        (outcome,) = await channel.deliver([message(clock)])

    assert isinstance(outcome, Dropped)
    assert "401" in outcome.reason


async def test_a_code_that_is_too_old_is_not_sent(
    channel: SmsChannel, gateway: SmsStandIn, clock: SettableClock
) -> None:
    item = message(clock)
    clock.move(timedelta(minutes=10))

    (outcome,) = await channel.deliver([item])

    assert isinstance(outcome, Dropped)
    assert not gateway.messages


async def test_what_was_sealed_for_another_message_stays_closed(
    channel: SmsChannel, gateway: SmsStandIn, clock: SettableClock
) -> None:
    item, other = message(clock), message(clock)
    item.payload["sealed"] = other.payload["sealed"]

    (outcome,) = await channel.deliver([item])

    assert isinstance(outcome, Dropped)
    assert not gateway.messages
