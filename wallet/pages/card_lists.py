"""The lists of a card's page: coupons with their codes, and the last purchases with how each was counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import segno
from markupsafe import Markup

from offers.flows.list_coupons import ListedCoupon
from offers.flows.look_at_card import CardSight
from offers.model.ids import CheckoutId
from offers.model.programme import Language
from offers.model.purchase import Receipt
from wallet.pages.tools import Tools
from web.explain import explain
from web.explain_coupons import explain_coupon

LAST_PURCHASES = 6
GROUP_LENGTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCoupon:
    """`code` and `number` are what a till scans and what it types; None when it cannot be used now."""

    id: str
    title: str
    text: str
    code: Markup | None
    number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStamps:
    title: str
    collected: int
    needed: int
    is_ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPurchase:
    """A receipt with its explanations: what was applied, then each of the others with its reason."""

    receipt: Receipt
    applied: Sequence[str]
    others: Sequence[str]


async def shown_coupons(tools: Tools, sight: CardSight, language: Language) -> list[ShownCoupon]:
    listed = await tools.list_coupons(sight.programme, sight.member.id)
    return [_coupon(each, language, tools.clock()) for each in listed]


async def shown_stamps(tools: Tools, sight: CardSight, language: Language) -> list[ShownStamps]:
    """Give the stamp cards that are begun, and those that may be: an offer that collects shows its empty row."""
    return [
        ShownStamps(
            title=each.title(language),
            collected=min(each.collected, each.needed),
            needed=each.needed,
            is_ready=each.collected >= each.needed,
        )
        for each in await tools.look_at_card.stamps(sight)
    ]


async def shown_purchases(
    tools: Tools,
    sight: CardSight,
    language: Language,
    *,
    limit: int = LAST_PURCHASES,
    before: CheckoutId | None = None,
) -> list[ShownPurchase]:
    """Give purchases, newest first; `before` is the last one seen. Raises UnknownCheckout."""
    receipts = await tools.find_receipts.of_member(sight.member.id, limit=limit, before=before)
    return [_purchase(receipt, language) for receipt in receipts]


def draw_code(text: str) -> Markup:
    """Draw a QR code as an SVG element: dark on nothing, for a white ground; attributes only, as the CSP wants."""
    drawn = segno.make_qr(text, error="m").svg_inline(border=0, omitsize=True, svgclass="code", lineclass=None)
    return Markup(drawn)  # noqa: S704 - made here of nothing but modules


def _coupon(listed: ListedCoupon, language: Language, at: datetime) -> ShownCoupon:
    coupon, is_usable = listed.coupon, listed.is_usable(at)
    number = coupon.id.upper()
    groups = (number[place : place + GROUP_LENGTH] for place in range(0, len(number), GROUP_LENGTH))
    return ShownCoupon(
        id=coupon.id,
        title=coupon.title.ru if language is Language.RU else coupon.title.en,
        text=explain_coupon(language, listed, at),
        code=draw_code(number) if is_usable else None,
        number="-".join(groups) if is_usable else None,
    )


def _purchase(receipt: Receipt, language: Language) -> ShownPurchase:
    told = [(line.applied, explain(language, line, receipt.currency)) for line in receipt.explain]
    return ShownPurchase(
        receipt=receipt,
        applied=[text for applied, text in told if applied],
        others=[text for applied, text in told if not applied],
    )
