"""The Telegram stand-in, spoken to by a real aiogram bot: polling, webhook, faults, and what it says of itself."""

import asyncio
import time

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import ClientSession, web

from sandbox.telegram.person import Person
from sandbox.telegram.server import TelegramStandIn
from tests.doors.conftest import BOT_TOKEN
from tests.doors.telegram_bots import bot_at, echo_dispatcher, picture, polling, served

SECRET = "secret-of-the-hook"


async def test_a_bot_knows_itself(bot: Bot) -> None:
    me = await bot.get_me()

    assert (me.id, me.username, me.is_bot) == (42, "tessera_bot", True)


async def test_a_wrong_token_is_unauthorised(telegram: TelegramStandIn) -> None:
    async with bot_at(telegram.url, "43:other") as stranger:
        with pytest.raises(TelegramUnauthorizedError):
            await stranger.get_me()


async def test_a_polling_bot_answers_a_deep_link_a_contact_a_photo_and_a_block(
    telegram: TelegramStandIn, bot: Bot
) -> None:
    boris = telegram.person(first_name="Борис", phone="+79000000001")
    dispatcher = echo_dispatcher()
    async with polling(bot, dispatcher):
        await boris.send("/start coffee-12")
        assert (await boris.next_message()).text == "Привет, Борис: coffee-12"
        await boris.share_contact()
        assert (await boris.next_message()).text == "+79000000001 own"
        await boris.share_contact(phone="+79999999999", of_someone_else=True)
        assert (await boris.next_message()).text == "+79999999999 of another"
        await boris.send_photo(picture(2000))
        assert (await boris.next_message()).text == "photo (1280, 1280)"
        await boris.block()
        with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
            await bot.send_message(boris.id, "hello?")
        await boris.unblock()
        await boris.send("/start again")
        assert (await boris.next_message()).text == "Привет, Борис: again"

    assert dispatcher["statuses"] == ["kicked", "member"]


async def test_a_webhook_bot_gets_updates_with_the_secret(bot: Bot, anna: Person) -> None:
    application, dispatcher = web.Application(), echo_dispatcher()
    SimpleRequestHandler(dispatcher, bot, secret_token=SECRET, handle_in_background=False).register(
        application, path="/telegram"
    )
    setup_application(application, dispatcher, bot=bot)
    async with served(application) as url:
        await bot.set_webhook(f"{url}/telegram", secret_token=SECRET)

        await anna.send("/start by-hook")
        assert (await anna.next_message()).text == "Привет, Анна: by-hook"

        with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook()
        assert await bot.get_updates() == []


async def test_a_failing_webhook_is_tried_again_in_order(telegram: TelegramStandIn, bot: Bot, anna: Person) -> None:
    seen: list[str] = []
    statuses = iter([500, 404, 200, 200])

    async def hook(request: web.Request) -> web.Response:
        assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
        status = next(statuses)
        seen.append(f"{(await request.json())['message']['text']} {status}")
        return web.Response(status=status)

    application = web.Application()
    application.router.add_post("/hook", hook)
    async with served(application) as url:
        await bot.set_webhook(f"{url}/hook", secret_token=SECRET)
        await anna.send("one")
        await anna.send("two")
        while len(seen) < 4:
            await asyncio.sleep(0.02)
        report = await bot.get_webhook_info()

    assert seen == ["one 500", "one 404", "one 200", "two 200"]
    assert report.last_error_message == "Wrong response from the webhook: 404 Not Found"
    assert telegram.bot().webhook.attempts == 4


async def test_a_webhook_that_is_away_keeps_its_updates(bot: Bot, anna: Person) -> None:
    await bot.set_webhook("http://127.0.0.1:1/hook", secret_token=SECRET)
    await anna.send("still there?")
    while (await bot.get_webhook_info()).last_error_message is None:
        await asyncio.sleep(0.02)
    await bot.delete_webhook()

    updates = await bot.get_updates()

    assert [update.message.text for update in updates if update.message] == ["still there?"]


@pytest.mark.parametrize(
    ("url", "secret"),
    [("https://example.com/hook", SECRET), ("ftp://127.0.0.1/", SECRET), ("http://127.0.0.1/", "a b")],
)
async def test_a_webhook_that_cannot_be_is_refused(bot: Bot, url: str, secret: str) -> None:
    with pytest.raises(TelegramBadRequest):
        await bot.set_webhook(url, secret_token=secret)


async def test_updates_stay_until_their_offset_confirms_them(bot: Bot, anna: Person) -> None:
    for text in ("one", "two", "three"):
        await anna.send(text)

    first = await bot.get_updates(limit=2)
    again = await bot.get_updates()
    rest = await bot.get_updates(offset=first[-1].update_id + 1)

    assert [len(first), len(again), len(rest)] == [2, 3, 1]
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == []


async def test_a_long_poll_returns_as_soon_as_somebody_writes(bot: Bot, anna: Person) -> None:
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(bot.get_updates(timeout=5))
        await asyncio.sleep(0.05)
        assert not poll.done()
        started = time.monotonic()
        await anna.send("hello")

    assert time.monotonic() - started < 1
    assert len(poll.result()) == 1


async def test_a_second_poller_ends_the_first_with_a_conflict(telegram: TelegramStandIn) -> None:
    async with ClientSession() as session:

        async def poll(timeout_s: int) -> int:
            async with session.get(
                f"{telegram.url}/bot{BOT_TOKEN}/getUpdates", params={"timeout": timeout_s}
            ) as response:
                return response.status

        async with asyncio.TaskGroup() as tasks:
            older = tasks.create_task(poll(10))
            await asyncio.sleep(0.1)
            newer = tasks.create_task(poll(0))

    assert (older.result(), newer.result()) == (409, 200)


async def test_only_the_kinds_a_bot_asked_for_are_kept(bot: Bot, anna: Person) -> None:
    await bot.get_updates(allowed_updates=["my_chat_member"])
    await anna.send("unheard")
    await anna.block()

    kinds = [update.event_type for update in await bot.get_updates()]

    assert kinds == ["my_chat_member"]


async def test_a_flood_stops_every_chat_of_the_bot_for_a_while(
    telegram: TelegramStandIn, bot: Bot, anna: Person
) -> None:
    boris = telegram.person(first_name="Борис")
    await boris.send("/start")
    telegram.flood(0.3)

    for person in (anna, boris):
        with pytest.raises(TelegramRetryAfter) as caught:
            await bot.send_message(person.id, "hello")
        assert caught.value.retry_after == 1
    assert await bot.get_updates()  # reading is not writing

    await asyncio.sleep(0.35)
    await bot.send_message(anna.id, "hello")


async def test_faults_come_as_often_and_where_they_were_asked_for(
    telegram: TelegramStandIn, bot: Bot, anna: Person
) -> None:
    telegram.fail(times=1, status=429, retry_after_s=7, method="sendMessage", chat_id=str(anna.id))
    telegram.fail(times=1, status=500)
    telegram.fail(times=1, status=403, method="sendMessage")
    telegram.fail(times=1, cut=True, method="sendMessage")

    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(anna.id, "hello")
    assert caught.value.retry_after == 7
    with pytest.raises(TelegramServerError):
        await bot.get_me()
    with pytest.raises(TelegramForbiddenError):
        await bot.send_message(anna.id, "hello")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(anna.id, "hello")
    await bot.send_message(anna.id, "hello")
    assert [message.text for message in anna.messages if message.from_bot] == ["hello"]


async def test_commands_and_texts_about_the_bot_are_kept_by_language(bot: Bot) -> None:
    await bot.set_my_commands([BotCommand(command="card", description="Моя карта")], language_code="ru")
    await bot.set_my_commands([BotCommand(command="card", description="My card")])
    await bot.set_my_description("Loyalty cards", language_code="en")
    await bot.set_my_short_description("Cards")

    assert (await bot.get_my_commands(language_code="ru"))[0].description == "Моя карта"
    assert (await bot.get_my_commands())[0].description == "My card"
    assert (await bot.get_my_description(language_code="en")).description == "Loyalty cards"
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="Моя карта", description="x")])


async def test_the_calls_of_a_bot_can_be_counted(telegram: TelegramStandIn, bot: Bot, anna: Person) -> None:
    await bot.send_chat_action(anna.id, "typing")
    await bot.send_message(anna.id, "hello")

    assert [call.method for call in telegram.calls] == ["sendChatAction", "sendMessage"]
    assert telegram.calls[-1].fields["text"] == "hello"


async def test_waiting_in_vain_says_what_was_last_seen(anna: Person) -> None:
    with pytest.raises(TimeoutError, match="/start"):
        await anna.next_message(timeout_s=0.05)


async def test_update_ids_rise_from_one_stand_in_to_the_next(bot: Bot, anna: Person) -> None:
    await anna.send("hello")

    update = (await bot.get_updates())[0]

    assert abs(update.update_id - time.time()) < 3600
