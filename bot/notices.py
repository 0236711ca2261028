"""What the bot writes by itself: the words about a purchase, its void or return, in the member's language."""

from typing import Any

from bot.card_notices import card_notice
from bot.coupon_notices import coupon_notice
from bot.ledger_notices import ledger_notice
from bot.level_notices import level_notice
from bot.texts import points
from locales.catalogue import gettext
from locales.numbers import money, percent
from offers.model.events import CardStateChanged, PurchaseReturned, PurchaseSettled, PurchaseVoided
from offers.model.programme import DiscountLevel, Language, Programme

SETTLED = PurchaseSettled.__name__
VOIDED = PurchaseVoided.__name__
RETURNED = PurchaseReturned.__name__
CARD_STATE = CardStateChanged.__name__


def notice(kind: str, facts: dict[str, Any], programme: Programme, language: Language) -> str | None:
    """Say what happened; None for a kind that the bot does not speak of."""
    if kind == SETTLED:
        return settled(facts, programme, language)
    if kind == VOIDED:
        return voided(facts, language)
    if kind == RETURNED:
        return returned(facts, programme, language)
    if kind == CARD_STATE:
        return card_notice(facts, language)
    told = ledger_notice(kind, facts, language) or level_notice(kind, facts, language)
    return told or coupon_notice(kind, facts, programme, language)


def settled(facts: dict[str, Any], programme: Programme, language: Language) -> str:
    lines = [_movements(facts, programme, language), _balance(facts, language)]
    if facts["discount_bp"] > facts["discount_bp_before"]:
        lines.append(_new_level(facts["discount_bp"], programme, language))
    return "\n".join(lines)


def voided(facts: dict[str, Any], language: Language) -> str:
    lines = [gettext(language, "A purchase was cancelled."), *_moved_back(facts, language)]
    return "\n".join((*lines, _balance(facts, language)))


def returned(facts: dict[str, Any], programme: Programme, language: Language) -> str:
    amount = money(language, facts["refund_minor"], programme.currency)
    lines = [gettext(language, "A purchase was returned: {amount} paid back.", amount=amount)]
    lines += [*_moved_back(facts, language), _balance(facts, language)]
    if facts["discount_bp"] < facts["discount_bp_before"]:
        lines.append(_lower_level(facts["discount_bp"], language))
    return "\n".join(lines)


def _moved_back(facts: dict[str, Any], language: Language) -> list[str]:
    """Say which points came back to the member, and which went."""
    lines = []
    if facts["points_returned"]:
        back = points(language, facts["points_returned"])
        lines.append(gettext(language, "Returned to you: {points}.", points=back))
    if facts["points_taken_back"]:
        taken = points(language, facts["points_taken_back"])
        lines.append(gettext(language, "Taken back: {points}.", points=taken))
    return lines


def _movements(facts: dict[str, Any], programme: Programme, language: Language) -> str:
    accrued, redeemed = facts["points_accrued"], facts["points_redeemed"]
    told = {
        "amount": money(language, facts["paid_minor"], programme.currency),
        "accrued": points(language, accrued),
        "redeemed": points(language, redeemed),
    }
    if accrued and redeemed:
        return gettext(language, "+{accrued} and −{redeemed} for the purchase of {amount}.", **told)
    if accrued:
        return gettext(language, "+{accrued} for the purchase of {amount}.", **told)
    if redeemed:
        return gettext(language, "−{redeemed} for the purchase of {amount}.", **told)
    return gettext(language, "Thank you for the purchase of {amount}.", **told)


def _balance(facts: dict[str, Any], language: Language) -> str:
    return gettext(language, "Balance: {points}", points=points(language, facts["balance"])) + "."


def _new_level(discount_bp: int, programme: Programme, language: Language) -> str:
    share = percent(language, discount_bp)
    level = _level(discount_bp, programme)
    if level is None:
        return "🎉 " + gettext(language, "Your discount is now {discount}!", discount=share)
    congratulation = gettext(
        language, "A new level: {level}! Your discount is now {discount}.", level=level.name(language), discount=share
    )
    return f"🎉 {congratulation}"


def _lower_level(discount_bp: int, language: Language) -> str:
    if not discount_bp:
        return gettext(language, "The discount ended with it: it follows the sum of your purchases.")
    share = percent(language, discount_bp)
    return gettext(language, "Your discount is {discount} now: it follows the sum of your purchases.", discount=share)


def _level(discount_bp: int, programme: Programme) -> DiscountLevel | None:
    """Find the level by its discount; the terms may have changed since."""
    return next((level for level in programme.terms.levels if level.discount_bp == discount_bp), None)
