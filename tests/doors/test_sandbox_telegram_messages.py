"""Everything a bot can write into a chat of the Telegram stand-in, and every refusal of it."""

from io import BytesIO

import pytest
from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from PIL import Image

from sandbox.telegram.person import Person
from sandbox.telegram.server import TelegramStandIn
from tests.doors.telegram_bots import echo_dispatcher, picture, polling


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
