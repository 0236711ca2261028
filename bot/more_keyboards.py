"""The buttons under lists: of coupons, of purchases, and under what the bot writes by itself."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from bot.coupon_texts import title
from bot.keyboards import COUPONS, MY_CARD, CardAction, CardPress, pressing
from locales.catalogue import gettext
from offers.model.card import CardState
from offers.model.coupon import Coupon
from offers.model.events import CardStateChanged, CouponActiveAgain, CouponGranted, CouponReturned, PurchaseSettled
from offers.model.ids import CheckoutId
from offers.model.programme import Language

HOW_COUNTED = "How it was counted"
_MAX_BUTTON = 60
_OF_COUPONS = {kind.__name__ for kind in (CouponGranted, CouponActiveAgain, CouponReturned)}


class CouponPress(CallbackData, prefix="coupon"):
    coupon_id: str


class WhyPress(CallbackData, prefix="why"):
    """`start` is the number of the explanation to go on with."""

    checkout_id: str
    start: int = 0


class EarlierPress(CallbackData, prefix="earlier"):
    """`before` is the last purchase that was shown."""

    before: str


def coupon_buttons(language: Language, usable: Sequence[Coupon]) -> InlineKeyboardMarkup:
    """Give one button for each coupon whose code may be shown."""
    rows = [
        [pressing(_fitted("🔳 " + title(coupon, language)), CouponPress(coupon_id=coupon.id).pack())]
        for coupon in usable
    ]
    return InlineKeyboardMarkup(inline_keyboard=rows)


def purchase_buttons(
    language: Language, labels: Sequence[tuple[CheckoutId, str]], *, has_earlier: bool
) -> InlineKeyboardMarkup:
    """Give one button for each purchase; the last leads to those before."""
    rows = [
        [pressing(_fitted(f"🔎 {label}"), WhyPress(checkout_id=checkout_id).pack())] for checkout_id, label in labels
    ]
    if has_earlier:
        last, _ = labels[-1]
        rows.append([pressing("⬇️ " + gettext(language, "Earlier purchases"), EarlierPress(before=last).pack())])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def rest_button(language: Language, checkout_id: CheckoutId, start: int) -> InlineKeyboardMarkup:
    press = WhyPress(checkout_id=checkout_id, start=start).pack()
    return InlineKeyboardMarkup(inline_keyboard=[[pressing("⬇️ " + gettext(language, "Show the rest"), press)]])


def notice_buttons(kind: str, facts: dict[str, object], language: Language) -> InlineKeyboardMarkup | None:
    """Give what a notice leads to: how the purchase was counted, or the coupons."""
    if kind == PurchaseSettled.__name__ and facts.get("checkout_id"):
        press = WhyPress(checkout_id=str(facts["checkout_id"])).pack()
        return InlineKeyboardMarkup(inline_keyboard=[[pressing("🔎 " + gettext(language, HOW_COUNTED), press)]])
    if kind == CardStateChanged.__name__ and facts.get("state") != CardState.BLOCKED:
        press = CardPress(action=CardAction.SHOW).pack()
        return InlineKeyboardMarkup(inline_keyboard=[[pressing(gettext(language, MY_CARD), press)]])
    if kind in _OF_COUPONS:
        press = CardPress(action=CardAction.COUPONS).pack()
        return InlineKeyboardMarkup(inline_keyboard=[[pressing(gettext(language, COUPONS), press)]])
    return None


def _fitted(text: str) -> str:
    return text if len(text) <= _MAX_BUTTON else text[: _MAX_BUTTON - 1] + "…"
