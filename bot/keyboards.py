"""The buttons under messages and in place of the keyboard, and what their presses carry."""

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from bot.card import MemberCard
from locales.catalogue import LANGUAGES, gettext
from offers.model.programme import Language

MY_CARD = "💳 My card"
COUPONS = "🎁 Coupons"
PURCHASES = "🛍 Purchases"
LANGUAGE = "🌐 Language"
HELP = "❓ Help"
ADD_PHONE = "📱 Add my phone number"
SHARE_PHONE = "📱 Share my phone number"
WITHOUT_PHONE = "Continue without a number"
LANGUAGE_NAMES = {Language.RU: "Русский", Language.EN: "English"}


class ConsentAction(StrEnum):
    SHOW = "show"
    AGREE = "agree"
    READ_PERSONAL_DATA = "data"
    READ_ADVERTISING = "news"


class ConsentPress(CallbackData, prefix="consent"):
    """`advertising` is how the optional consent stands; `language` the one to go on in."""

    action: ConsentAction
    advertising: bool
    language: Language


class CardAction(StrEnum):
    SHOW = "show"
    REFRESH = "refresh"
    PURCHASES = "purchases"
    COUPONS = "coupons"


class CardPress(CallbackData, prefix="card"):
    """`stamp` tells which state of the card stands above the button."""

    action: CardAction
    stamp: str = ""


class LanguagePress(CallbackData, prefix="language"):
    language: Language


class TiePress(CallbackData, prefix="tie"):
    """`token` is the card's link; without it the answer was no."""

    token: str = ""


def spellings(button: str) -> frozenset[str]:
    """Every language's text of a reply button: after a change of language the old keyboard may still be open."""
    return frozenset(gettext(language, button) for language in LANGUAGES)


def consent_buttons(language: Language, *, advertising: bool) -> InlineKeyboardMarkup:
    def press(action: ConsentAction, *, news: bool = advertising, spoken: Language = language) -> str:
        return ConsentPress(action=action, advertising=news, language=spoken).pack()

    box = "☑️ " if advertising else "⬜️ "
    other = Language.EN if language is Language.RU else Language.RU
    rows = (
        (box + gettext(language, "Send me offers and news"), press(ConsentAction.SHOW, news=not advertising)),
        ("📄 " + gettext(language, "Full text: personal data"), press(ConsentAction.READ_PERSONAL_DATA)),
        ("📄 " + gettext(language, "Full text: offers and news"), press(ConsentAction.READ_ADVERTISING)),
        ("🌐 " + LANGUAGE_NAMES[other], press(ConsentAction.SHOW, spoken=other)),
        ("✅ " + gettext(language, "I agree, open my card"), press(ConsentAction.AGREE)),
    )
    return InlineKeyboardMarkup(inline_keyboard=[[pressing(text, data)] for text, data in rows])


def contact_keyboard(language: Language) -> ReplyKeyboardMarkup:
    return ReplyKeyboardMarkup(
        keyboard=[
            [KeyboardButton(text=gettext(language, SHARE_PHONE), request_contact=True)],
            [KeyboardButton(text=gettext(language, WITHOUT_PHONE))],
        ],
        resize_keyboard=True,
        one_time_keyboard=True,
    )


def menu(language: Language, *, has_phone: bool) -> ReplyKeyboardMarkup:
    rows = [
        [KeyboardButton(text=gettext(language, text)) for text in row]
        for row in ((MY_CARD, COUPONS), (PURCHASES, HELP), (LANGUAGE,))
    ]
    if not has_phone:
        rows.append([KeyboardButton(text=gettext(language, ADD_PHONE), request_contact=True)])
    return ReplyKeyboardMarkup(keyboard=rows, resize_keyboard=True, is_persistent=True)


def card_buttons(card: MemberCard, *, page_url: str | None) -> InlineKeyboardMarkup:
    """`page_url` is the card's page, where Apple Wallet and Google Wallet wait; None leaves that button out."""
    language = card.language
    refresh = CardPress(action=CardAction.REFRESH, stamp=card.stamp).pack()
    purchases = CardPress(action=CardAction.PURCHASES).pack()
    coupons = CardPress(action=CardAction.COUPONS).pack()
    rows = [
        [
            pressing("🔄 " + gettext(language, "Refresh"), refresh),
            pressing("🛍 " + gettext(language, "Purchases"), purchases),
        ],
        [pressing(gettext(language, COUPONS), coupons)],
    ]
    if page_url is not None:
        wallet = gettext(language, "Add to Apple or Google Wallet")
        rows.append([InlineKeyboardButton(text=f"📲 {wallet}", url=page_url)])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def show_card_button(language: Language) -> InlineKeyboardMarkup:
    press = CardPress(action=CardAction.SHOW).pack()
    return InlineKeyboardMarkup(inline_keyboard=[[pressing(gettext(language, MY_CARD), press)]])


def language_buttons() -> InlineKeyboardMarkup:
    buttons = [pressing(name, LanguagePress(language=language).pack()) for language, name in LANGUAGE_NAMES.items()]
    return InlineKeyboardMarkup(inline_keyboard=[buttons])


def tie_buttons(language: Language, token: str) -> InlineKeyboardMarkup:
    yes = pressing(gettext(language, "Yes, use this account"), TiePress(token=token).pack())
    no = pressing(gettext(language, "No, leave it"), TiePress().pack())
    return InlineKeyboardMarkup(inline_keyboard=[[yes], [no]])


def pressing(text: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data)
