"""What the bot tells Telegram of itself at start: its commands and descriptions, in both languages."""

from aiogram import Bot
from aiogram.types import BotCommand

from bot.visitor import RUSSIAN_SPEAKING
from locales.catalogue import gettext
from offers.model.programme import Language, Programme

COMMANDS = (
    ("card", "Your card with its code"),
    ("balance", "Points and discount"),
    ("coupons", "Your coupons and their codes"),
    ("purchases", "The last purchases"),
    ("language", "Русский · English"),
    ("help", "What this bot can do"),
)
_DESCRIPTION = "The membership card of “{programme}” in your phone: points, discount and purchases. Press Start."
_SHORT_DESCRIPTION = "The membership card of “{programme}”: points, discount and purchases."
_DESCRIPTION_LIMIT = 512
_SHORT_DESCRIPTION_LIMIT = 120


async def introduce(bot: Bot, programme: Programme) -> None:
    """Set commands and descriptions; English is what a language without its own gets. Twice is the same as once."""
    for language, codes in ((Language.EN, (None,)), (Language.RU, sorted(RUSSIAN_SPEAKING))):
        for code in codes:
            await _introduce(bot, programme, language, code)


async def _introduce(bot: Bot, programme: Programme, language: Language, code: str | None) -> None:
    commands = [BotCommand(command=name, description=gettext(language, about)) for name, about in COMMANDS]
    await bot.set_my_commands(commands, language_code=code)
    name = programme.name(language)
    description = gettext(language, _DESCRIPTION, programme=name)
    await bot.set_my_description(description[:_DESCRIPTION_LIMIT], language_code=code)
    short = gettext(language, _SHORT_DESCRIPTION, programme=name)
    await bot.set_my_short_description(short[:_SHORT_DESCRIPTION_LIMIT], language_code=code)
