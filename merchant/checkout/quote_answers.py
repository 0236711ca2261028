"""What a till is told of quotes and returns, as JSON."""

from datetime import datetime
from typing import Any

from merchant.checkout.answers import explanation, instant, receipt_answer, receipt_line
from offers.model.purchase import Receipt
from offers.model.quote import Quote, QuoteState
from offers.model.returns import Return, ReturnedLine


def quote_answer(quote: Quote, *, at: datetime) -> dict[str, Any]:
    """Tell how a quote stands at an instant: a hold whose time is over is none."""
    decision, currency, state = quote.decision, quote.basket.currency, quote.state_at(at)
    return {
        "quote_id": quote.id,
        "state": state.value,
        "made_at": instant(quote.made_at),
        "expires_at": instant(quote.expires_at),
        "held_until": instant(quote.held_until) if quote.held_until and state is QuoteState.HELD else None,
        "checkout_id": quote.checkout_id,
        "currency": currency,
        "total_minor": decision.total_minor,
        "discount_minor": decision.discount_minor,
        "redeemed_minor": decision.redeemed_minor,
        "payable_minor": decision.payable_minor,
        "points": {
            "accrued": decision.points_accrued,
            "redeemed": decision.points_redeemed,
            "redeemable": decision.redeemable_points,
            "balance": quote.balance,
        },
        "lines": [receipt_line(line) for line in decision.lines],
        "explain": [explanation(line, currency) for line in decision.explain],
        "decision_hash": quote.digest,
    }


def return_answer(made: Return) -> dict[str, Any]:
    """A pure function of the return, so that a till that asks twice reads the same bytes."""
    return {
        "return_ref": made.return_ref,
        "checkout_id": made.checkout_id,
        "order_ref": made.order_ref,
        "at": instant(made.at),
        "currency": made.currency,
        "total_minor": made.total_minor,
        "refund_minor": made.refund_minor,
        "points": {"returned": made.points_returned, "taken_back": made.points_taken_back, "balance": made.balance},
        "lines": [_returned_line(line) for line in made.lines],
        "is_whole": made.is_whole,
        "idempotency_key": made.idempotency_key,
    }


def order_answer(receipt: Receipt, returns: list[Return]) -> dict[str, Any]:
    """A receipt with everything that came back of it."""
    return {**receipt_answer(receipt), "returns": [return_answer(each) for each in returns]}


def _returned_line(line: ReturnedLine) -> dict[str, Any]:
    return {
        "line": line.line,
        "quantity": f"{line.quantity:f}",
        "total_minor": line.total_minor,
        "discount_minor": line.discount_minor,
        "redeemed_minor": line.redeemed_minor,
        "refund_minor": line.refund_minor,
        "points_redeemed": line.points_redeemed,
        "points_accrued": line.points_accrued,
    }
