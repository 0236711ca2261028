"""The Telegram stand-in, spoken to by a real aiogram bot: polling, webhook, every content and every refusal."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO

import pytest
import pytest_asyncio
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    ChatMemberUpdated,
    ContentType,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import ClientSession, web
from PIL import Image

from sandbox.telegram.person import Person
from sandbox.telegram.server import TelegramStandIn

TOKEN = "42:TEST-token"
SECRET = "secret-of-the-hook"


@pytest_asyncio.fixture(loop_scope="session")
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(bots={TOKEN: "tessera_bot"}) as stand_in:
        yield stand_in


@asynccontextmanager
async def bot_at(telegram: TelegramStandIn, token: str = TOKEN) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url), timeout=5.0)
    async with Bot(token, session=session) as bot:
        yield bot


@pytest_asyncio.fixture(loop_scope="session")
async def bot(telegram: TelegramStandIn) -> AsyncIterator[Bot]:
    async with bot_at(telegram) as bot:
        yield bot


@pytest_asyncio.fixture(loop_scope="session")
async def anna(telegram: TelegramStandIn) -> Person:
    """A person who has already written to the bot."""
    person = telegram.person(first_name="Анна", language_code="ru", phone="+79001234567")
    await person.send("/start")
    telegram.bot().updates.drop_all()
    return person


def picture(side_px: int = 300) -> bytes:
    file = BytesIO()
    Image.new("RGB", (side_px, side_px), "#1d2b36").save(file, "PNG")
    return file.getvalue()


def echo_dispatcher() -> Dispatcher:
    dispatcher = Dispatcher()
    statuses: list[str] = []
    dispatcher["statuses"] = statuses

    @dispatcher.message(CommandStart(deep_link=True))
    async def start(message: Message, command: CommandObject) -> None:
        assert message.from_user
        await message.answer(f"Привет, {message.from_user.first_name}: {command.args}")

    @dispatcher.message(F.contact)
    async def contact(message: Message) -> None:
        assert message.contact
        assert message.from_user
        own = message.contact.user_id == message.from_user.id
        await message.answer(f"{message.contact.phone_number} {'own' if own else 'of another'}")

    @dispatcher.callback_query()
    async def pressed(query: CallbackQuery) -> None:
        await query.answer(f"pressed {query.data}", show_alert=True)

    @dispatcher.my_chat_member()
    async def membership(update: ChatMemberUpdated) -> None:
        statuses.append(update.new_chat_member.status)

    @dispatcher.message(F.content_type == ContentType.PHOTO)
    async def photo(message: Message, bot: Bot) -> None:
        assert message.photo
        file = await bot.download(message.photo[-1])
        assert file
        await message.answer(f"photo {Image.open(file).size}")

    return dispatcher


@asynccontextmanager
async def polling(bot: Bot, dispatcher: Dispatcher) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(
            dispatcher.start_polling(bot, handle_signals=False, polling_timeout=2, close_bot_session=False)
        )
        yield
        await dispatcher.stop_polling()


async def test_a_bot_knows_itself(bot: Bot) -> None:
    me = await bot.get_me()

    assert (me.id, me.username, me.is_bot) == (42, "tessera_bot", True)


async def test_a_wrong_token_is_unauthorised(telegram: TelegramStandIn) -> None:
    async with bot_at(telegram, "43:other") as stranger:
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


@asynccontextmanager
async def served(application: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


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
            async with session.get(f"{telegram.url}/bot{TOKEN}/getUpdates", params={"timeout": timeout_s}) as response:
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


async def test_a_pressed_button_asks_the_bot_and_shows_its_answer(bot: Bot, anna: Person) -> None:
    buttons = [[InlineKeyboardButton(text="Баланс", callback_data="balance")]]
    async with polling(bot, echo_dispatcher()):
        await bot.send_message(anna.id, "Меню", reply_markup=InlineKeyboardMarkup(inline_keyboard=buttons))
        await anna.press("Баланс")
        await anna.until(lambda: bool(anna.toasts))

    assert (anna.toasts[0].text, anna.toasts[0].is_alert) == ("pressed balance", True)


async def test_a_button_can_be_answered_once(bot: Bot, anna: Person) -> None:
    buttons = [[InlineKeyboardButton(text="Ok", callback_data="ok")]]
    await bot.send_message(anna.id, "?", reply_markup=InlineKeyboardMarkup(inline_keyboard=buttons))
    await anna.press("ok")
    query = (await bot.get_updates())[-1].callback_query
    assert query
    await bot.answer_callback_query(query.id)

    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(query.id)


async def test_a_reply_keyboard_stands_until_it_is_removed(bot: Bot, anna: Person) -> None:
    rows = [[KeyboardButton(text="Поделиться номером", request_contact=True)]]
    await bot.send_message(anna.id, "Номер?", reply_markup=ReplyKeyboardMarkup(keyboard=rows))
    await anna.press("Поделиться номером")

    update = (await bot.get_updates())[-1]

    assert update.message
    assert update.message.contact
    assert update.message.contact.phone_number == "+79001234567"
    await bot.send_message(anna.id, "Спасибо", reply_markup=ReplyKeyboardRemove())
    assert anna.keyboard == ()
    with pytest.raises(LookupError):
        await anna.press("Поделиться номером")


async def test_html_becomes_text_and_entities(bot: Bot, anna: Person) -> None:
    sent = await bot.send_message(anna.id, "👋 <b>Баланс</b>: 5 &lt; 6", parse_mode=ParseMode.HTML)

    assert sent.text == "👋 Баланс: 5 < 6"
    assert sent.html_text == "👋 <b>Баланс</b>: 5 &lt; 6"


@pytest.mark.parametrize("text", ["<b>open", "<blink>x</blink>", "5 < 6", "<b><i>x</b></i>"])
async def test_broken_html_is_refused(bot: Bot, anna: Person, text: str) -> None:
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await bot.send_message(anna.id, text, parse_mode=ParseMode.HTML)


async def test_a_photo_arrives_as_bytes_with_caption_and_buttons(bot: Bot, anna: Person) -> None:
    buttons = [[InlineKeyboardButton(text="Ещё", url="http://127.0.0.1:8080/c/1")]]

    await bot.send_photo(
        anna.id,
        BufferedInputFile(picture(), "card.png"),
        caption="Карта",
        reply_markup=InlineKeyboardMarkup(inline_keyboard=buttons),
    )

    message = await anna.next_message()
    assert message.photo
    assert Image.open(BytesIO(message.photo)).size == (300, 300)
    assert message.text == "Карта"
    assert message.buttons[0][0].url == "http://127.0.0.1:8080/c/1"
    with pytest.raises(LookupError, match="visit it"):
        await anna.press("Ещё")


async def test_a_photo_sent_once_can_be_sent_again_by_its_id(bot: Bot, anna: Person) -> None:
    first = await bot.send_photo(anna.id, BufferedInputFile(picture(), "card.png"))
    assert first.photo

    await bot.send_photo(anna.id, first.photo[-1].file_id)

    assert all([(await anna.next_message()).photo for _ in range(2)])


async def test_a_document_keeps_its_name_and_bytes(bot: Bot, anna: Person) -> None:
    await bot.send_document(anna.id, BufferedInputFile(b"PK\x03\x04pass", "card.pkpass"))

    message = await anna.next_message()
    assert (message.document, message.document_name) == (b"PK\x03\x04pass", "card.pkpass")
    await anna.send_document(b"a;b\n1;2\n", name="members.csv", caption="import")
    received = (await bot.get_updates())[-1].message
    assert received
    assert received.document
    file = await bot.download(received.document)
    assert file
    assert file.read() == b"a;b\n1;2\n"


async def test_edits_and_deletions_are_seen(bot: Bot, anna: Person) -> None:
    with anna.watching() as changes:
        sent = await bot.send_message(anna.id, "<b>10</b> баллов", parse_mode=ParseMode.HTML)
        await bot.edit_message_text("20 баллов", chat_id=anna.id, message_id=sent.message_id)
        photo = await bot.send_photo(anna.id, BufferedInputFile(picture(), "a.png"), caption="старое")
        await bot.edit_message_caption(chat_id=anna.id, message_id=photo.message_id, caption="новое")
        media = InputMediaPhoto(media=BufferedInputFile(picture(200), "b.png"), caption="свежее")
        await bot.edit_message_media(media, chat_id=anna.id, message_id=photo.message_id)
        buttons = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="x")]])
        await bot.edit_message_reply_markup(chat_id=anna.id, message_id=photo.message_id, reply_markup=buttons)
        await bot.delete_message(anna.id, sent.message_id)

        verbs = [(await anext(changes)).verb for _ in range(7)]

    assert verbs == ["sent", "edited", "sent", "edited", "edited", "edited", "deleted"]
    last = anna.messages[-1]
    assert last.photo
    assert (last.text, last.edited, Image.open(BytesIO(last.photo)).width) == ("свежее", True, 200)
    assert last.buttons[0][0].callback_data == "x"
    assert "20 баллов" not in [message.text for message in anna.messages]


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, anna: Person) -> None:
    sent = await bot.send_message(anna.id, "same")

    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("same", chat_id=anna.id, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("other", chat_id=anna.id, message_id=999)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(anna.id, 999)


async def test_a_message_is_copied_without_its_author(telegram: TelegramStandIn, bot: Bot, anna: Person) -> None:
    boris = telegram.person(first_name="Борис")
    await boris.send("/start")
    question = await anna.send("Где моя карта?")

    await bot.copy_message(boris.id, anna.id, question.message_id)

    copy = await boris.next_message()
    assert (copy.text, copy.from_bot) == ("Где моя карта?", True)


@pytest.mark.parametrize(("text", "words"), [("x" * 4097, "message is too long"), ("  ", "message text is empty")])
async def test_a_text_out_of_bounds_is_refused(bot: Bot, anna: Person, text: str, words: str) -> None:
    with pytest.raises(TelegramBadRequest, match=words):
        await bot.send_message(anna.id, text)


async def test_limits_of_captions_buttons_and_pictures_hold(bot: Bot, anna: Person) -> None:
    long_data = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="ы" * 33)]])

    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await bot.send_message(anna.id, "x", reply_markup=long_data)
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_photo(anna.id, BufferedInputFile(picture(), "a.png"), caption="x" * 1025)
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await bot.send_photo(anna.id, BufferedInputFile(b"not a picture", "a.png"))
    with pytest.raises(TelegramBadRequest, match="wrong file identifier"):
        await bot.send_photo(anna.id, "no-such-file")


async def test_a_bot_cannot_write_to_strangers(telegram: TelegramStandIn, bot: Bot, anna: Person) -> None:
    silent = telegram.person(first_name="Тихон")

    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(1, "hello")
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await bot.send_message(silent.id, "hello")
    anna.deactivate()
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await bot.send_message(anna.id, "hello")


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
