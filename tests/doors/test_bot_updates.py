"""Handling kept updates: in order, once, and lost to no crash."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from aiogram import Router
from aiogram.types import Message

from bot.running import make_dispatcher
from bot.updates_lane import MAX_FAILURES, UpdatesLane
from offers.model.message import Delivered, Outcome, RetryLater
from offers.store.store import Store
from sandbox.telegram.person import Person
from sandbox.telegram.server import TelegramStandIn
from service.lane import LaneRunner
from tests.coffee_house import PROGRAMME
from tests.doors.bot_house import BotHouse, open_bot_house, told, until_photo, until_text


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, telegram: TelegramStandIn) -> AsyncIterator[BotHouse]:
    async with open_bot_house(store, telegram) as opened:
        yield opened


async def test_killed_between_keeping_and_handling_the_next_worker_answers_once(house: BotHouse) -> None:
    anna = house.person()
    await anna.send("/start")
    assert await house.polling().step() == 1
    assert not [message for message in anna.messages if message.from_bot]

    async with house.working():
        assert "Добро пожаловать" in (await anna.next_message()).text
        with pytest.raises(TimeoutError):
            await anna.next_message(timeout_s=1.5)


async def test_killed_while_handling_the_update_is_handled_after_the_lease(house: BotHouse) -> None:
    anna = house.person()
    await anna.send("/start")
    await house.polling().step()
    house.telegram.fail(method="sendMessage", latency_s=30)
    dying = asyncio.create_task(LaneRunner(house.store, house.updates_lane(), house.clock).step())
    async with asyncio.timeout(40):
        while house.telegram.faults._waiting:
            await asyncio.sleep(0.02)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)

    assert await LaneRunner(house.store, house.updates_lane(), house.clock).step() == 0
    house.clock.move(timedelta(seconds=31))
    assert await LaneRunner(house.store, house.updates_lane(), house.clock).step() == 1

    assert "Добро пожаловать" in (await anna.next_message()).text
    assert await house.waiting() == 0


def lane_that_fails(house: BotHouse, times: int) -> tuple[UpdatesLane, list[str]]:
    """The bot with a handler before all others that breaks so many times."""
    dispatcher = make_dispatcher(house.tools)
    seen: list[str] = []
    router = Router()

    async def break_down(message: Message) -> None:
        seen.append(message.text or "")
        if len(seen) <= times:
            raise ZeroDivisionError("a bug in a handler")

    router.message.register(break_down)
    dispatcher.sub_routers.insert(0, router)
    return UpdatesLane(house.bot, dispatcher), seen


async def test_a_handler_that_crashes_is_tried_again_and_the_update_is_not_lost(house: BotHouse) -> None:
    await house.tools.keep(PROGRAMME.id, 42, told())
    lane, seen = lane_that_fails(house, times=2)
    runner = LaneRunner(house.store, lane, house.clock)

    assert await runner.step() == 1
    assert await house.waiting() == 1
    house.clock.move(timedelta(seconds=6))
    assert await runner.step() == 1
    house.clock.move(timedelta(seconds=31))
    assert await runner.step() == 1

    assert seen == ["/help"] * 3
    assert await house.waiting() == 0
    kept = await house.store.database["deliveries"].find_one({"_id": "telegram:42:7"})
    assert kept is not None
    assert kept["state"] == "delivered"


async def test_after_the_third_crash_the_update_is_dropped_and_the_person_told(house: BotHouse) -> None:
    anna = house.person()
    anna.chat.started = True
    await house.tools.keep(PROGRAMME.id, 42, told(sender=anna.id))
    lane, seen = lane_that_fails(house, times=99)
    runner = LaneRunner(house.store, lane, house.clock)

    for _ in range(MAX_FAILURES + 2):
        await runner.step()
        house.clock.move(timedelta(minutes=1))

    assert len(seen) == MAX_FAILURES
    assert "что-то сломалось" in (await anna.next_message()).text
    kept = await house.store.database["deliveries"].find_one({"_id": "telegram:42:7"})
    assert kept is not None
    assert kept["note"] == "ZeroDivisionError: a bug in a handler"


async def deliver(lane: UpdatesLane, house: BotHouse) -> list[Outcome]:
    return list(await lane.deliver(await house.claimed()))


async def test_a_crash_in_one_chat_leaves_the_other_chats_alone(house: BotHouse) -> None:
    boris = house.person("Борис")
    boris.chat.started = True
    await house.tools.keep(PROGRAMME.id, 42, {"update_id": 6, "message": "nonsense"} | {"callback_query": None})
    await house.tools.keep(PROGRAMME.id, 42, told(8, sender=boris.id))
    await house.tools.keep(PROGRAMME.id, 42, {"update_id": 9, "poll": {}})

    outcomes = await deliver(house.updates_lane(), house)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Delivered", "Delivered", "RetryLater"]
    assert "/balance" in (await boris.next_message()).text


async def test_one_chat_is_answered_in_order_while_others_do_not_wait_for_it(house: BotHouse) -> None:
    anna, boris = house.person(), house.person("Борис")
    for person in (anna, boris):
        await house.enrol(person)
    order: list[str] = []
    for number, (person, text) in enumerate([(anna, "/help"), (anna, "/language"), (boris, "/help")]):
        await house.tools.keep(PROGRAMME.id, 42, told(number, text, sender=person.id))
    house.telegram.fail(method="sendMessage", chat_id=str(anna.id), latency_s=0.5)

    async def note(person: Person) -> None:
        while "Which language" not in (text := (await person.next_message()).text) and person is anna:
            order.append(f"{person.id} {text[:4]}")
        order.append(f"{person.id} {text[:4]}")

    outcomes, *_ = await asyncio.gather(deliver(house.updates_lane(), house), note(anna), note(boris))

    assert outcomes == [Delivered()] * 3
    assert order == [f"{boris.id} Это ", f"{anna.id} Это ", f"{anna.id} Whic"]


async def test_a_flood_makes_the_lane_wait_and_is_no_failure(house: BotHouse) -> None:
    anna = house.person()
    anna.chat.started = True
    await house.tools.keep(PROGRAMME.id, 42, told(sender=anna.id))
    house.telegram.flood(60)

    (outcome,) = await deliver(house.updates_lane(), house)

    assert isinstance(outcome, RetryLater)
    assert outcome.whole_lane
    assert outcome.payload is None
    assert outcome.after_s == pytest.approx(60, abs=2)


async def test_a_person_who_blocked_the_bot_is_not_answered_again(house: BotHouse) -> None:
    anna = house.person()
    anna.chat.started = True
    await house.tools.keep(PROGRAMME.id, 42, told(sender=anna.id))
    await anna.block()

    (outcome,) = await deliver(house.updates_lane(), house)

    assert outcome == Delivered(note="the person does not let the bot write")


async def test_groups_are_none_of_the_bots_business(house: BotHouse) -> None:
    update = told()
    update["message"]["chat"] = {"id": -100, "type": "group", "title": "Colleagues"}
    await house.tools.keep(PROGRAMME.id, 42, update)

    assert await deliver(house.updates_lane(), house) == [Delivered()]

    assert not [call for call in house.telegram.calls if call.method == "sendMessage"]


async def test_blocking_and_unblocking_are_noted(house: BotHouse) -> None:
    anna = house.person()
    await house.enrol(anna)
    house.telegram.bot().updates.allow(["message", "callback_query", "my_chat_member"])
    async with house.working():
        await anna.block()
        async with asyncio.timeout(40):
            while (await house.member(anna)).telegram_open:
                await asyncio.sleep(0.02)

        await anna.unblock()
        async with asyncio.timeout(40):
            while not (await house.member(anna)).telegram_open:
                await asyncio.sleep(0.02)


async def test_a_message_from_a_member_opens_a_closed_channel(house: BotHouse) -> None:
    anna = house.person()
    await house.enrol(anna)
    await house.tools.open_telegram(PROGRAMME.id, anna.id, is_open=False)

    async with house.working():
        await anna.send("/card")
        await until_photo(anna)

    assert (await house.member(anna)).telegram_open


async def test_a_late_press_and_an_edit_without_change_are_forgiven(house: BotHouse) -> None:
    anna = house.person()
    async with house.working():
        await anna.send("/start")
        question = await until_text(anna, "Добро пожаловать")

        assert await house.bot.answer_callback_query("12345") is True
        edited = await house.bot.edit_message_text(question.text, chat_id=anna.id, message_id=question.message_id + 99)
        assert edited is True
