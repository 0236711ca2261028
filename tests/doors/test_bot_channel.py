"""The way out through Telegram: what a member hears of a purchase, and what is done when Telegram refuses."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.gate import BURST
from offers.flows.enrol_member import Enrolment
from offers.flows.react_to_event import ReactToEvent
from offers.model.message import Delivered, Dropped, Lane, OutboxItem, Outcome, RetryLater
from offers.model.programme import Language
from offers.store.store import Store
from sandbox.telegram.person import Person
from sandbox.telegram.server import TelegramStandIn
from service.lane import LaneRunner
from service.worker import EventLane
from tests.doors.bot_house import BotHouse, open_bot_house, until_text


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, telegram: TelegramStandIn) -> AsyncIterator[BotHouse]:
    async with open_bot_house(store, telegram) as opened:
        yield opened


async def react(house: BotHouse) -> None:
    """Turn the facts in the outbox into requests to the channels, and leave these waiting."""
    await LaneRunner(house.store, EventLane(ReactToEvent(house.store, house.clock)), house.clock).step()


async def claimed(house: BotHouse) -> list[OutboxItem]:
    return await house.store.reading.outbox.claim(Lane.TELEGRAM, claim="c", at=house.clock(), lease_s=30)


async def deliver(house: BotHouse) -> list[Outcome]:
    return list(await house.channel().deliver(await claimed(house)))


async def buyer(house: BotHouse, name: str = "Анна", *, language: Language = Language.RU) -> tuple[Person, Enrolment]:
    person = house.person(name)
    return person, await house.enrol(person, language=language)


async def test_a_purchase_is_told_in_the_members_language(house: BotHouse) -> None:
    anna, of_anna = await buyer(house)
    john, of_john = await buyer(house, "John", language=Language.EN)
    async with house.working(polls=False):
        await house.buy(of_anna, 50_000)
        await house.buy(of_john, 2_000)

        russian, english = await anna.next_message(), await john.next_message()

    assert russian.text == "+25 баллов за покупку на 500\N{NO-BREAK SPACE}₽.\nБаланс: 25 баллов."
    assert english.text == "+1 point for the purchase of RUB\N{NO-BREAK SPACE}20.\nBalance: 1 point."


async def test_points_spent_and_given_stand_in_one_message(house: BotHouse) -> None:
    anna, enrolment = await buyer(house)
    async with house.working(polls=False):
        await house.buy(enrolment, 100_000)
        await house.buy(enrolment, 20_000, points=21)

        told = await until_text(anna, "−21 балл ")

    assert told.text.startswith("+8 баллов и −21 балл за покупку на 179")


async def test_a_new_level_is_congratulated(house: BotHouse) -> None:
    anna, enrolment = await buyer(house)
    async with house.working(polls=False):
        await house.buy(enrolment, 600_000)

        told = await anna.next_message()

    assert told.text.endswith("🎉 Новый уровень: Серебро! Теперь ваша скидка – 3\N{NO-BREAK SPACE}%.")


async def test_a_void_is_told_with_what_came_back_and_what_was_taken(house: BotHouse) -> None:
    anna, enrolment = await buyer(house)
    async with house.working(polls=False):
        await house.buy(enrolment, 100_000)
        receipt = await house.buy(enrolment, 50_000, points=10)
        await house.void(receipt)

        told = await until_text(anna, "отменена")

    assert told.text.splitlines()[1:] == [
        "Вам возвращено: 10 баллов.",
        f"Снято начисление: {receipt.points_accrued} балла.",
        "Баланс: 50 баллов.",
    ]


async def test_a_flood_stops_the_whole_lane_and_nothing_is_lost(house: BotHouse) -> None:
    people = [await buyer(house, f"Guest {number}") for number in range(3 * BURST)]
    for _, enrolment in people:
        await house.buy(enrolment, 10_000)
    await react(house)
    house.telegram.flood(30)

    items = await claimed(house)

    outcomes = await house.channel().deliver(items)

    assert all(isinstance(outcome, RetryLater) and outcome.whole_lane for outcome in outcomes)
    waits_s = [outcome.after_s or 0 for outcome in outcomes if isinstance(outcome, RetryLater)]
    assert min(waits_s) > 25
    assert max(waits_s) <= 30
    calls = len(house.telegram.calls)
    assert calls < len(people), "those that had not gone out yet waited"
    await house.channel().deliver(items)
    assert len(house.telegram.calls) == calls


async def test_after_a_flood_everybody_hears_once(house: BotHouse) -> None:
    people = [await buyer(house, f"Guest {number}") for number in range(3)]
    async with house.working(polls=False):
        house.telegram.flood(1)
        for _, enrolment in people:
            await house.buy(enrolment, 10_000)
        await asyncio.sleep(1.2)
        house.clock.move(timedelta(seconds=10))

        for person, _ in people:
            assert "+5 баллов" in (await person.next_message(timeout_s=40)).text

    assert [len(person.messages) for person, _ in people] == [1, 1, 1]


async def test_a_flood_makes_the_answers_to_people_wait_too(house: BotHouse) -> None:
    anna = house.person()
    anna.chat.started = True
    house.telegram.flood(1.5)
    started = time.monotonic()

    await asyncio.gather(*(house.bot.send_message(anna.id, f"number {number}") for number in range(3)))

    assert time.monotonic() - started >= 1.4
    assert len([call for call in house.telegram.calls if call.status == 429]) <= 3


async def test_a_member_who_blocked_the_bot_is_dropped_and_not_written_to_again(house: BotHouse) -> None:
    anna, enrolment = await buyer(house)
    await house.buy(enrolment, 10_000)
    await house.buy(enrolment, 10_000)
    await react(house)
    anna.chat.blocked = True

    outcomes = await deliver(house)

    assert [type(outcome) for outcome in outcomes] == [Dropped, Dropped]
    assert not (await house.member(anna)).telegram_open
    assert len([call for call in house.telegram.calls if call.method == "sendMessage"]) == 1


async def test_a_chat_that_telegram_does_not_know_closes_the_channel(house: BotHouse) -> None:
    anna, enrolment = await buyer(house)
    await house.buy(enrolment, 10_000)
    await react(house)
    house.telegram.fail(method="sendMessage", status=400, reason="Bad Request: chat not found")

    (outcome,) = await deliver(house)

    assert isinstance(outcome, Dropped)
    assert not (await house.member(anna)).telegram_open


async def test_a_telegram_that_fails_is_asked_three_times_and_then_later(house: BotHouse) -> None:
    anna, enrolment = await buyer(house)
    await house.buy(enrolment, 10_000)
    await house.buy(enrolment, 20_000)
    await react(house)
    house.telegram.fail(method="sendMessage", status=502, times=None)

    first, second = await deliver(house)

    assert isinstance(first, RetryLater)
    assert not first.whole_lane
    assert second == first
    assert len([call for call in house.telegram.calls if call.method == "sendMessage"]) == 3
    house.telegram.faults.clear()
    house.clock.move(timedelta(minutes=1))
    assert all(isinstance(outcome, Delivered) for outcome in await deliver(house))
    texts = [(await anna.next_message()).text for _ in range(2)]
    assert ["+5" in texts[0], "+10" in texts[1]] == [True, True]


async def test_a_cut_connection_is_mended_within_the_call(house: BotHouse) -> None:
    anna, enrolment = await buyer(house)
    await house.buy(enrolment, 10_000)
    await react(house)
    house.telegram.fail(method="sendMessage", cut=True)

    (outcome,) = await deliver(house)

    assert isinstance(outcome, Delivered)
    assert "+5 баллов" in (await anna.next_message()).text


async def test_a_revoked_token_stops_the_lane_for_a_minute(house: BotHouse) -> None:
    _, enrolment = await buyer(house)
    await house.buy(enrolment, 10_000)
    await react(house)
    house.telegram.fail(method="sendMessage", status=401)

    (outcome,) = await deliver(house)

    assert isinstance(outcome, RetryLater)
    assert (outcome.whole_lane, outcome.after_s) == (True, 60.0)


async def test_one_chat_hears_at_most_one_notice_a_second_while_others_go_on(house: BotHouse) -> None:
    anna, of_anna = await buyer(house)
    boris, of_boris = await buyer(house, "Борис")
    for enrolment in (of_anna, of_anna, of_boris):
        await house.buy(enrolment, 10_000)
    await react(house)
    started = time.monotonic()

    await deliver(house)

    assert time.monotonic() - started == pytest.approx(1.0, abs=0.6)
    sent = [call.fields["chat_id"] for call in house.telegram.calls if call.method == "sendMessage"]
    assert [str(chat) for chat in sent[-1:]] == [str(anna.id)]
    assert len(boris.messages) == 1
    assert [message.text.splitlines()[-1] for message in anna.messages] == ["Баланс: 5 баллов.", "Баланс: 10 баллов."]


async def test_a_member_who_left_telegram_is_not_written_to(house: BotHouse) -> None:
    _, enrolment = await buyer(house)
    await house.buy(enrolment, 10_000)
    await react(house)
    await house.store.database["members"].update_one({"_id": enrolment.member.id}, {"$set": {"telegram_open": False}})

    assert await deliver(house) == [Dropped(reason="the member closed the channel")]

    assert not [call for call in house.telegram.calls if call.method == "sendMessage"]
