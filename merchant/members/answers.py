"""What is told of members, as JSON: ids, points and money, no personal data."""

from datetime import datetime
from typing import Any

from merchant.limits import instant
from offers.engine.holds import free, held
from offers.engine.lots import available
from offers.model.activity import Activity
from offers.model.adjustment import Adjustment
from offers.model.ledger import Account, LedgerEntry, Lot
from offers.model.member import OwnTerms
from offers.model.merge import Merge
from offers.model.programme import Language
from web.activity_words import activity_reason

MAX_LOTS_SHOWN = 200


def account_answer(account: Account, *, at: datetime) -> dict[str, Any]:
    """What an account holds; lots that end first stand first, and of too many those."""
    lots = sorted(account.lots, key=lambda lot: (lot.expires_at is None, lot.expires_at or at, lot.id))
    return {
        "currency": account.currency,
        "balance": available(account, at),
        "held": held(account, at),
        "free": free(account, at),
        "pending": sum(lot.remaining for lot in account.lots if lot.active_from > at),
        "owed": account.deficit,
        "lots": [_lot(lot, at) for lot in lots[:MAX_LOTS_SHOWN]],
        "lots_left_out": max(0, len(lots) - MAX_LOTS_SHOWN),
    }


def prepaid_answer(account: Account, *, at: datetime) -> dict[str, Any]:
    return {
        "currency": account.currency,
        "balance_minor": available(account, at),
        "free_minor": free(account, at),
    }


def entry_answer(entry: LedgerEntry) -> dict[str, Any]:
    """A movement; `balance` is what stood on the account after it, what waits or is owed included."""
    return {
        "seq": entry.seq,
        "kind": entry.kind.value,
        "currency": entry.currency,
        "points": entry.points,
        "balance": entry.balance,
        "at": instant(entry.recorded_at),
    }


def payment_answer(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "kind": entry.kind.value,
        "currency": entry.currency,
        "amount_minor": entry.points,
        "balance_minor": entry.balance,
        "at": instant(entry.recorded_at),
    }


def adjustment_answer(adjustment: Adjustment) -> dict[str, Any]:
    return {
        "id": adjustment.id,
        "member": adjustment.member_id,
        "currency": adjustment.currency,
        "points": adjustment.points,
        "reason": adjustment.reason,
        "state": adjustment.state.value,
        "asked_by": adjustment.staff_id,
        "asked_at": instant(adjustment.asked_at),
        "lapses_at": instant(adjustment.lapses_at),
        "decided_by": adjustment.decided_by,
        "decided_at": instant(adjustment.decided_at),
    }


def merge_answer(merge: Merge) -> dict[str, Any]:
    return {
        "id": merge.id,
        "survivor": merge.survivor_id,
        "merged": merge.merged_id,
        "reason": merge.reason,
        "merged_at": instant(merge.merged_at),
        "merged_by": merge.staff_id,
        "cards": len(merge.card_ids),
        "purchases": len(merge.receipt_ids),
        "coupons": len(merge.coupon_ids),
        "parted_at": instant(merge.parted_at),
        "parted_by": merge.parted_by,
    }


def own_terms_answer(own: OwnTerms | None, *, at: datetime, currency: str) -> dict[str, Any]:
    """What was agreed, or follows activity; `holds` is false for nothing, and for what is over."""
    if own is None:
        return {"discount_bp": None, "accrual_bp": None, "until": None, "holds": False, "activity": None}
    return {
        "discount_bp": own.discount_bp,
        "accrual_bp": own.accrual_bp,
        "until": instant(own.until),
        "holds": own.hold(at),
        "activity": _activity(own.activity, currency) if own.activity else None,
    }


def _activity(why: Activity, currency: str) -> dict[str, Any]:
    """Tell what a discount follows, in numbers and in both languages."""
    said = {
        language.value: activity_reason(language.value, why.measure, why.value, why.days, currency)
        for language in Language
    }
    return {"measure": why.measure.value, "value": why.value, "days": why.days, "since": instant(why.since), **said}


def _lot(lot: Lot, at: datetime) -> dict[str, Any]:
    return {
        "id": lot.id,
        "issued": lot.issued,
        "remaining": lot.remaining,
        "active_from": instant(lot.active_from),
        "expires_at": instant(lot.expires_at),
        "funder": lot.funder,
        "pending": lot.active_from > at,
    }
