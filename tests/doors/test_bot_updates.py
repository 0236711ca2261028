"""Updates: kept before they are acknowledged, handled once, and lost to no crash."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiogram import Router
from aiogram.types import Message
from aiohttp.test_utils import TestClient, TestServer

from bot.install import SECRET_HEADER, WebhookTools, install
from bot.running import make_dispatcher, run_polling, set_webhook
from bot.updates_lane import MAX_FAILURES, UpdatesLane
from offers.model.message import Delivered, Dropped, Lane, OutboxItem, Outcome, RetryLater
from offers.store.store import Store
from sandbox.telegram.person import Person
from sandbox.telegram.server import TelegramStandIn
from service.lane import LaneRunner
from service.web import make_application
from tests.doors.bot_house import POLL_S, BotHouse, open_bot_house, until_photo, until_text
from tests.doors.member_house import PROGRAMME

SECRET = "a-secret-of-the-webhook"


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, telegram: TelegramStandIn) -> AsyncIterator[BotHouse]:
    async with open_bot_house(store, telegram) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def webhook(house: BotHouse) -> AsyncIterator[TestClient[Any, Any]]:
    app = make_application(house.store, [])
    tools = WebhookTools(bot_id=house.bot.id, programme_id=PROGRAMME.id, keep=house.tools.keep, secret=SECRET)
    install(app, tools)
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield client


def told(update_id: int = 7, text: str = "/help", sender: int = 100_001) -> dict[str, Any]:
    person = {"id": sender, "is_bot": False, "first_name": "Анна", "language_code": "ru"}
    chat = {"id": sender, "type": "private", "first_name": "Анна"}
    return {
        "update_id": update_id,
        "message": {"message_id": 1, "date": 1_700_000_000, "from": person, "chat": chat, "text": text},
        "something_of_tomorrow": {"kept": True},
    }


async def waiting(house: BotHouse) -> int:
    return await house.store.reading.outbox.waiting(Lane.UPDATES)


async def claimed(house: BotHouse) -> list[OutboxItem]:
    return await house.store.reading.outbox.claim(
        Lane.UPDATES, claim=secrets.token_hex(4), at=house.clock(), lease_s=30
    )


async def post(webhook: TestClient[Any, Any], update: object, *, secret: str | None = SECRET, bot: int = 42) -> int:
    headers = {SECRET_HEADER: secret} if secret is not None else {}
    async with webhook.post(f"/telegram/{bot}", json=update, headers=headers) as answer:
        return answer.status


async def test_the_webhook_keeps_the_whole_update_before_it_answers(
    house: BotHouse, webhook: TestClient[Any, Any]
) -> None:
    assert await post(webhook, told()) == 200

    kept = await house.store.database["updates"].find_one({"_id": "42:7"})
    assert kept is not None
    assert kept["raw"] == told()
    (item,) = await claimed(house)
    assert item.key == "telegram:42:7"
    assert item.payload["raw"] == told()


async def test_the_same_update_is_one_update_by_webhook_and_by_polling(
    house: BotHouse, webhook: TestClient[Any, Any]
) -> None:
    answers = await asyncio.gather(*(post(webhook, told()) for _ in range(5)))

    assert answers == [200] * 5
    assert not await house.tools.keep(PROGRAMME.id, 42, told())
    assert await waiting(house) == 1


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", "é"])
async def test_a_wrong_secret_keeps_nothing(house: BotHouse, webhook: TestClient[Any, Any], secret: str | None) -> None:
    assert await post(webhook, told(), secret=secret) == 401

    assert await waiting(house) == 0


async def test_another_bots_address_is_not_found(house: BotHouse, webhook: TestClient[Any, Any]) -> None:
    assert await post(webhook, told(), bot=43) == 404
    assert await waiting(house) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"", 400),
        (b'"text"', 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"update_id": "7"}', 422),
        (b'{"update_id": -1}', 422),
        (b'{"update_id": 7, "text": "\\ud800"}', 400),
        (b'{"update_id": 7, "text": "' + b"x" * 300_000 + b'"}', 413),
    ],
)
async def test_a_malformed_update_is_refused(
    house: BotHouse, webhook: TestClient[Any, Any], body: bytes, status: int
) -> None:
    async with webhook.post("/telegram/42", data=body, headers={SECRET_HEADER: SECRET}) as answer:
        assert answer.status == status
        assert answer.content_type == "application/problem+json"

    assert await waiting(house) == 0


async def test_telegram_itself_delivers_to_the_webhook(house: BotHouse, webhook: TestClient[Any, Any]) -> None:
    anna = house.person()
    address = str(webhook.make_url("")).rstrip("/")
    object.__setattr__(house.tools, "public_url", address)
    await set_webhook(house.bot, house.tools, secret=SECRET)

    async with house.working(polls=False):
        await anna.send("/start")

        assert "Добро пожаловать" in (await anna.next_message()).text


async def test_polling_confirms_what_it_has_kept(house: BotHouse) -> None:
    anna = house.person()
    await anna.send("/start")
    polling = house.polling()

    assert await polling.step() == 1

    assert await waiting(house) == 1
    assert len(house.telegram.bot().updates) == 1
    await asyncio.wait_for(polling.step(), POLL_S + 2)
    assert len(house.telegram.bot().updates) == 0


async def test_polling_begins_with_who_the_bot_is_and_takes_the_webhook_away(house: BotHouse) -> None:
    await house.bot.set_webhook("http://127.0.0.1:9/telegram/42", secret_token=SECRET)
    anna = house.person()
    polling = asyncio.create_task(run_polling(house.bot, house.tools, poll_s=POLL_S))
    await anna.send("/start")

    async with asyncio.timeout(10):
        while not await waiting(house):
            await asyncio.sleep(0.02)

    polling.cancel()
    english = await house.bot.get_my_commands()
    russian = await house.bot.get_my_commands(language_code="kk")
    assert [command.command for command in english] == ["card", "balance", "purchases", "language", "help"]
    assert (english[0].description, russian[0].description) == ("Your card with its code", "Ваша карта с кодом")
    assert "«Кофейня»" in (await house.bot.get_my_description(language_code="ru")).description
    assert "my_chat_member" in house.telegram.bot().updates.allowed


async def test_a_second_poller_is_explained_and_polling_goes_on(
    house: BotHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    anna = house.person()
    house.telegram.fail(method="getUpdates", status=409, reason="Conflict: terminated by other getUpdates request")
    async with house.working():
        await anna.send("/start")
        await anna.next_message(timeout_s=10)

    assert "run one bot per token" in capsys.readouterr().out


async def test_polling_outlives_a_telegram_that_is_down(house: BotHouse) -> None:
    anna = house.person()
    house.telegram.fail(method="getUpdates", cut=True)
    async with house.working():
        await anna.send("/start")

        assert "Добро пожаловать" in (await anna.next_message(timeout_s=10)).text


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
    async with asyncio.timeout(5):
        while house.telegram.faults._waiting:
            await asyncio.sleep(0.02)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)

    assert await LaneRunner(house.store, house.updates_lane(), house.clock).step() == 0
    house.clock.move(timedelta(seconds=31))
    assert await LaneRunner(house.store, house.updates_lane(), house.clock).step() == 1

    assert "Добро пожаловать" in (await anna.next_message()).text
    assert await waiting(house) == 0


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
    assert await waiting(house) == 1
    house.clock.move(timedelta(seconds=6))
    assert await runner.step() == 1
    house.clock.move(timedelta(seconds=31))
    assert await runner.step() == 1

    assert seen == ["/help"] * 3
    assert await waiting(house) == 0
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
    return list(await lane.deliver(await claimed(house)))


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

    assert isinstance(outcome, Delivered)
    assert not isinstance(outcome, Dropped)


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
        async with asyncio.timeout(5):
            while (await house.member(anna)).telegram_open:
                await asyncio.sleep(0.02)

        await anna.unblock()
        async with asyncio.timeout(5):
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
