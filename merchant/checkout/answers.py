"""What a till is told: receipts and cards as JSON, every sentence in both languages, no personal data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from babel.numbers import get_currency_precision

from locales.catalogue import LANGUAGES, gettext
from offers.engine.goods_back import returned_so_far
from offers.engine.levels import level_ahead, level_held
from offers.engine.lots import available
from offers.engine.standing_terms import accrual_shown_bp, discount_shown_bp
from offers.flows.list_coupons import ListedCoupon
from offers.flows.look_at_card import CardSight
from offers.model.applied import StampChange
from offers.model.offer import code_of
from offers.model.programme import DiscountLevel, LocalText, Till
from offers.model.purchase import Explanation, Receipt, ReceiptLine
from offers.model.returns import ReturnedLine
from offers.model.stamps import StampCard
from web.explain import explain
from web.explain_coupons import explain_coupon, explain_refusal


def receipt_answer(receipt: Receipt) -> dict[str, Any]:
    """A pure function of the receipt, so that a till that asks twice reads the same bytes."""
    return {
        "checkout_id": receipt.id,
        "order_ref": receipt.order_ref,
        "state": receipt.state.value,
        "at": instant(receipt.at),
        "business_day": receipt.business_day,
        "currency": receipt.currency,
        "total_minor": receipt.total_minor,
        "discount_minor": receipt.discount_minor,
        "redeemed_minor": receipt.redeemed_minor,
        "payable_minor": receipt.payable_minor,
        "points": {
            "accrued": receipt.points_accrued,
            "redeemed": receipt.points_redeemed,
            "balance": receipt.balance,
        },
        "lines": [_line(line, returned_so_far(receipt, index)) for index, line in enumerate(receipt.lines)],
        "explain": [explanation(line, receipt.currency) for line in receipt.explain],
        "card_version": receipt.card_version,
        "idempotency_key": receipt.idempotency_key,
        "quote_id": receipt.quote_id,
        "voided_at": instant(receipt.voided_at) if receipt.voided_at else None,
        "refunded_minor": sum(line.refund_minor for line in receipt.returned),
        "stamps": [_stamped(change) for change in receipt.stamps],
    }


def card_answer(
    sight: CardSight, coupons: Sequence[ListedCoupon], stamps: Sequence[StampCard] = (), *, at: datetime
) -> dict[str, Any]:
    """What a cashier needs to see: the state, the level and what may be spent, but not who the member is."""
    terms, standing = sight.programme.terms, sight.standing
    level, ahead = level_held(terms, standing), level_ahead(terms, standing)
    return {
        "state": sight.card.state.value,
        "card_version": sight.card.version,
        "greeting": _greeting(level),
        "level": _both(level.name) if level else None,
        "next_level": _ahead(ahead, standing.spend_minor) if ahead else None,
        "discount_bp": discount_shown_bp(terms, standing, sight.member, at),
        "balance": available(sight.account, at) if sight.account else 0,
        "accrual_bp": accrual_shown_bp(terms, standing, sight.member, at),
        "redemption": {
            "point_value_minor": terms.point_value_minor,
            "redemption_limit_bp": terms.redemption_limit_bp,
        },
        "currency": sight.programme.currency,
        "currency_digits": get_currency_precision(sight.programme.currency),
        "coupons": [coupon_answer(listed, at) for listed in coupons],
        "stamps": [stamp_answer(card) for card in stamps],
    }


def stamp_answer(card: StampCard) -> dict[str, Any]:
    """How far a member has come towards an offer that collects stamps; `offer` is its code."""
    return {
        "offer": code_of(card.offer_id),
        "title": _both(card.title),
        "collected": card.collected,
        "needed": card.needed,
    }


def _stamped(change: StampChange) -> dict[str, Any]:
    title = _both(change.title) if change.title else None
    return {
        "offer": code_of(change.offer_id),
        "title": title,
        "given": change.given,
        "taken": change.taken,
        "collected": change.collected,
        "needed": change.needed,
    }


def coupon_answer(listed: ListedCoupon, at: datetime) -> dict[str, Any]:
    """A coupon as the page offers it to be ticked: until when, or why not and when again."""
    coupon, now = listed.coupon, listed.now
    usable = listed.may_be_ticked(at)
    say = explain_coupon if usable else explain_refusal
    return {
        "id": coupon.id,
        "offer": coupon.offer_id,
        "title": _both(coupon.title),
        "usable": usable,
        "state": now.state.value,
        "uses_left": now.uses_left,
        "until": instant(now.until) if now.until else None,
        "again_at": instant(now.again_at) if now.again_at else None,
        "text": {language: say(language, listed, at) for language in LANGUAGES},
    }


def till_answer(till: Till) -> dict[str, Any]:
    """Whose till this is: what the page shows after signing in."""
    return {
        "programme": _both(till.programme.name),
        "outlet": till.outlet.name,
        "currency": till.programme.currency,
        "currency_digits": get_currency_precision(till.programme.currency),
        "zone": till.outlet.zone,
        "is_sample": till.programme.is_sample,
    }


def explanation(explanation: Explanation, currency: str) -> dict[str, Any]:
    return {
        "code": explanation.code.value,
        "applied": explanation.applied,
        "text": {language: explain(language, explanation, currency) for language in LANGUAGES},
        **explanation.facts,
    }


def _line(line: ReceiptLine, back: ReturnedLine) -> dict[str, Any]:
    returned = {"quantity": f"{back.quantity:f}", "total_minor": back.total_minor, "refund_minor": back.refund_minor}
    return {**receipt_line(line), "returned": returned}


def receipt_line(line: ReceiptLine) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "category": line.category,
        "quantity": f"{line.quantity:f}",
        "unit_price_minor": line.unit_price_minor,
        "total_minor": line.total_minor,
        "discount_minor": line.discount_minor,
        "redeemed_minor": line.redeemed_minor,
        "payable_minor": line.payable_minor,
        "points_accrued": line.points_accrued,
    }


def _greeting(level: DiscountLevel | None) -> dict[str, str]:
    if level is None:
        return {language: gettext(language, "Member of the programme") for language in LANGUAGES}
    return {
        "ru": gettext("ru", "Level “{level}”", level=level.name.ru),
        "en": gettext("en", "Level “{level}”", level=level.name.en),
    }


def _ahead(level: DiscountLevel, spend_minor: int) -> dict[str, Any]:
    return {
        "name": _both(level.name),
        "discount_bp": level.discount_bp,
        "missing_minor": level.spend_threshold_minor - spend_minor,
    }


def _both(text: LocalText) -> dict[str, str]:
    return {"ru": text.ru, "en": text.en}


def instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
