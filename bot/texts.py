"""What the bot says: pure functions from nouns to words, in the language of whoever reads them."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from bot.card import MemberCard
from bot.turning_code import turning_code
from locales.catalogue import gettext, ngettext
from locales.numbers import count, money, percent
from offers.model.card import CardState
from offers.model.programme import Language, Programme
from offers.model.purchase import Receipt, ReceiptState

SEPARATOR = " · "
MINUS = "\N{MINUS SIGN}"


def points(language: str, number: int) -> str:
    """`1 point`, `1 балл`, `2 балла`, `5 баллов`."""
    written = count(language, number).replace("-", MINUS)
    return ngettext(language, "{count} point", "{count} points", abs(number), count=written)


def welcome(programme: Programme, language: Language) -> str:
    return gettext(
        language,
        "Welcome to “{programme}”!\n\n"
        "Here you get a membership card: points for every purchase, a discount that grows, all of it in this chat.\n\n"
        "To open the card we need your consent to the processing of personal data: your phone number, your Telegram "
        "number and your purchases in the programme. Offers and news are up to you.",
        programme=programme.name(language),
    )


def agreed(language: Language, *, advertising: bool, version: str) -> str:
    offers = "You chose to receive offers and news." if advertising else "Offers and news stay off."
    lines = (
        "✅ " + gettext(language, "You agreed to the processing of personal data."),
        gettext(language, offers),
        gettext(language, "Version of the texts: {version}", version=version),
    )
    return "\n".join(lines)


def discount(card: MemberCard) -> str | None:
    """The member's discount with the name of their level, None where there is neither."""
    if card.level_name is None and not card.discount_bp:
        return None
    share = gettext(card.language, "Discount {discount}", discount=percent(card.language, card.discount_bp))
    return SEPARATOR.join((share, card.level_name) if card.level_name else (share,))


def way_to_next_level(card: MemberCard) -> str | None:
    if card.next_level_name is None:
        return None
    return gettext(
        card.language,
        "Spend {amount} more and your discount becomes {discount}",
        amount=money(card.language, card.missing_minor, card.currency),
        discount=percent(card.language, card.next_discount_bp),
    )


def caption(card: MemberCard) -> str:
    """The words under the picture of a card."""
    lines = (
        card.programme_name,
        gettext(card.language, "Balance: {points}", points=points(card.language, card.balance)),
        discount(card),
        way_to_next_level(card),
        turning_code(card),
    )
    return "\n".join(line for line in lines if line)


def balance(card: MemberCard) -> str:
    lines = (
        gettext(card.language, "You have {points}.", points=points(card.language, card.balance)),
        discount(card),
        way_to_next_level(card),
    )
    return "\n".join(line for line in lines if line)


def closed_card(card: MemberCard) -> str:
    """Why there is no picture: a card that is not active cannot be used at a till."""
    if card.state is CardState.BLOCKED:
        return gettext(card.language, "Your card is blocked. Ask at the till what to do.")
    return gettext(card.language, "Your card is closed. Ask at the till for a new one.")


def purchases(language: Language, receipts: Sequence[Receipt], *, title: str, zone: str, at: datetime) -> str:
    """A line for each purchase, under a `title` that the catalogue knows."""
    lines = (_purchase(language, receipt, zone=zone, at=at) for receipt in receipts)
    hint = gettext(language, "Why no discount? Press a purchase to see how it was counted.")
    return "\n".join(("🛍 " + gettext(language, title), "", *lines, "", hint))


def _purchase(language: Language, receipt: Receipt, *, zone: str, at: datetime) -> str:
    parts = [day(language, receipt.at, zone=zone, at=at), money(language, receipt.payable_minor, receipt.currency)]
    if receipt.state is ReceiptState.VOIDED:
        parts.append(gettext(language, "cancelled"))
    elif receipt.state is ReceiptState.RETURNED:
        parts.append(gettext(language, "returned"))
    else:
        parts.extend(_movements(language, receipt))
        if receipt.returned:
            parts.append(gettext(language, "partly returned"))
    return SEPARATOR.join(parts)


def _movements(language: Language, receipt: Receipt) -> list[str]:
    moved = []
    if receipt.points_accrued:
        moved.append("+" + points(language, receipt.points_accrued))
    if receipt.points_redeemed:
        moved.append(MINUS + points(language, receipt.points_redeemed))
    return moved


def day(language: Language, instant: datetime, *, zone: str, at: datetime) -> str:
    """`14 March, 12:05`; with its year when that is not the present one."""
    local_zone = ZoneInfo(zone)
    is_this_year = instant.astimezone(local_zone).year == at.astimezone(local_zone).year
    pattern = "d MMMM, HH:mm" if is_this_year else "d MMMM y, HH:mm"
    return format_datetime(instant, pattern, tzinfo=local_zone, locale=language.value)


def abilities(language: Language) -> str:
    """What the bot can do, one line for a command."""
    lines = (
        ("/card", "your card with its code"),
        ("/balance", "points and discount"),
        ("/coupons", "your coupons and their codes"),
        ("/purchases", "the last purchases and how each was counted"),
        ("/language", "Русский · English"),
        ("/help", "this list"),
    )
    return "\n".join(f"{command} – {gettext(language, about)}" for command, about in lines)


def help_text(programme: Programme, language: Language) -> str:
    lead = gettext(
        language,
        "This is the bot of “{programme}”. Show the code of your card at the till before you pay: points come to it "
        "by themselves, and I write when the balance changes.",
        programme=programme.name(language),
    )
    return f"{lead}\n\n{abilities(language)}"


def not_understood(language: Language) -> str:
    lead = gettext(language, "I did not understand that. Here is what I can do:")
    return f"{lead}\n\n{abilities(language)}"
