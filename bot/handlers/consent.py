"""The consents: asked for in short words, the full ones on a button, what was agreed to kept with its proof."""

from aiogram import Bot, Router
from aiogram.types import CallbackQuery

from bot.keyboards import ConsentAction, ConsentPress, consent_buttons, contact_keyboard
from bot.showing import greet
from bot.texts import agreed, welcome
from bot.tools import BotTools
from bot.visitor import Visitor
from locales.catalogue import gettext
from offers.model.consent import Purpose
from offers.model.conversation import Agreement
from offers.model.programme import Language
from web.consents.words import VERSION, consent_words

_READ = {
    ConsentAction.READ_PERSONAL_DATA: Purpose.PERSONAL_DATA,
    ConsentAction.READ_ADVERTISING: Purpose.ADVERTISING,
}


def make_router() -> Router:
    router = Router(name="consent")
    router.callback_query.register(press, ConsentPress.filter())
    return router


async def ask_consent(bot: Bot, visitor: Visitor, tools: BotTools) -> None:
    """Ask a stranger; the optional consent is off until they turn it on."""
    await bot.send_message(
        visitor.telegram_id,
        welcome(tools.programme, visitor.language),
        reply_markup=consent_buttons(visitor.language, advertising=False),
    )


async def ask_contact(bot: Bot, telegram_id: int, language: Language) -> None:
    text = gettext(
        language,
        "One step left. Share your phone number with the button below: the till can find your card by it, and if you "
        "have a card already we will find it too.\n\nOr go on without a number.",
    )
    await bot.send_message(telegram_id, text, reply_markup=contact_keyboard(language))


async def press(query: CallbackQuery, callback_data: ConsentPress, visitor: Visitor, tools: BotTools, bot: Bot) -> None:
    await query.answer()
    if visitor.member is not None:
        await greet(bot, visitor.member, visitor.telegram_id, tools, "Good to see you again!")
        return
    message_id = query.message.message_id if query.message else None
    if callback_data.action in _READ:
        words = consent_words(_READ[callback_data.action], tools.programme, callback_data.language)
        await bot.send_message(visitor.telegram_id, words.text)
    elif callback_data.action is ConsentAction.SHOW:
        await _show(bot, callback_data, visitor, tools, message_id)
    else:
        await _agree(bot, callback_data, visitor, tools, message_id)


async def _show(bot: Bot, pressed: ConsentPress, visitor: Visitor, tools: BotTools, message_id: int | None) -> None:
    """Put the question as it now stands: another language, or the other state of the optional consent."""
    if pressed.language is not visitor.language:
        await tools.hold.speak(tools.programme.id, visitor.telegram_id, pressed.language)
    await bot.edit_message_text(
        welcome(tools.programme, pressed.language),
        chat_id=visitor.telegram_id,
        message_id=message_id,
        reply_markup=consent_buttons(pressed.language, advertising=pressed.advertising),
    )


async def _agree(bot: Bot, pressed: ConsentPress, visitor: Visitor, tools: BotTools, message_id: int | None) -> None:
    """Keep what was agreed to before saying so; the words are those of the language the person read."""
    purposes = (Purpose.PERSONAL_DATA, Purpose.ADVERTISING) if pressed.advertising else (Purpose.PERSONAL_DATA,)
    agreements = [_agreement(purpose, pressed.language, visitor, tools) for purpose in purposes]
    await tools.hold.agree(tools.programme.id, visitor.telegram_id, pressed.language, agreements)
    text = agreed(pressed.language, advertising=pressed.advertising, version=VERSION)
    await bot.edit_message_text(text, chat_id=visitor.telegram_id, message_id=message_id)
    await ask_contact(bot, visitor.telegram_id, pressed.language)


def _agreement(purpose: Purpose, language: Language, visitor: Visitor, tools: BotTools) -> Agreement:
    words = consent_words(purpose, tools.programme, language)
    return Agreement(purpose=purpose, text_version=words.version, text_digest=words.digest, proof=visitor.proof)
