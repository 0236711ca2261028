"""Referrals: whether a purchase is rewarded, and with which lots."""

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from offers.engine.bookkeeping import new_lot
from offers.engine.calendar import end_of_local_day, midnight
from offers.model.ids import CROCKFORD, LotId
from offers.model.ledger import Lot
from offers.model.member import Member
from offers.model.programme import Programme
from offers.model.purchase import Receipt
from offers.model.referral import CODE_LENGTH, SOURCE_PREFIX, Referral, ReferralReason, ReferralState
from offers.model.referral_terms import ReferralTerms

_CODE = re.compile(f"[{CROCKFORD}]{{{CODE_LENGTH}}}")


def read_code(written: str | None) -> str | None:
    """Read a referral code as it stands in a link; None for what is none."""
    code = (written or "").strip().lower()
    return code if _CODE.fullmatch(code) else None


def code_in(source: str) -> str | None:
    """Give the code by which a member came, if they came by one."""
    return read_code(source.removeprefix(SOURCE_PREFIX)) if source.startswith(SOURCE_PREFIX) else None


def noted(programme: Programme, inviter: Member, invited: Member, *, is_new: bool, at: datetime) -> Referral:
    """Note that somebody came by a member's link: who existed before was not brought."""
    reason = None
    if inviter.id == invited.id:
        reason = ReferralReason.ONESELF
    elif not is_new:
        reason = ReferralReason.ALREADY_MEMBER
    return Referral(
        id=invited.id,
        programme_id=programme.id,
        inviter_id=inviter.id,
        noted_at=at,
        state=ReferralState.REFUSED if reason else ReferralState.WAITING,
        reason=reason,
    )


def refusal(
    terms: ReferralTerms | None, inviter: Member | None, invited: Member, receipt: Receipt, *, rewarded: int
) -> tuple[ReferralState, ReferralReason] | None:
    """Tell why a purchase is not rewarded, and whether a later one may be. `rewarded`: the inviter's, this month."""
    if terms is None:
        return ReferralState.WAITING, ReferralReason.NOT_OFFERED
    if inviter is None:
        return ReferralState.REFUSED, ReferralReason.INVITER_GONE
    if inviter.id == invited.id or _share_a_contact(inviter, invited):
        return ReferralState.REFUSED, ReferralReason.SAME_PERSON
    if receipt.payable_minor < terms.min_purchase_minor:
        return ReferralState.WAITING, ReferralReason.TOO_SMALL
    if rewarded >= terms.monthly_cap:
        return ReferralState.REFUSED, ReferralReason.MONTHLY_CAP
    return None


def rewarded_for(
    referral: Referral, terms: ReferralTerms, programme: Programme, receipt: Receipt, *, at: datetime
) -> Referral:
    pending_until = end_of_local_day(at, programme.zone, days=terms.pending_days - 1) if terms.pending_days else at
    return replace(
        referral,
        state=ReferralState.REWARDED,
        reason=None,
        checkout_id=receipt.id,
        rewarded_at=at,
        pending_until=pending_until,
        inviter_points=terms.inviter_points,
        invited_points=terms.invited_points,
    )


def undone(referral: Referral) -> Referral:
    """Take a reward back: another purchase may be rewarded, since nothing is left of this one."""
    return replace(
        referral,
        state=ReferralState.WAITING,
        reason=ReferralReason.PURCHASE_UNDONE,
        checkout_id=None,
        rewarded_at=None,
        pending_until=None,
        inviter_points=0,
        invited_points=0,
    )


def reward_lot(programme: Programme, lot_id: LotId, points: int, *, pending_until: datetime, at: datetime) -> Lot:
    """Make the lot of a reward: the programme pays for it, and it lives from when it may be spent."""
    begins = max(pending_until, at)
    lot = new_lot(programme, lot_id, points, at=begins, recorded_at=at, funder=programme.id)
    return replace(lot, active_from=begins, pending=begins > at)


def month_began(at: datetime, zone: str) -> datetime:
    """Give the instant at which the local month of another began."""
    return midnight(at.astimezone(ZoneInfo(zone)).date().replace(day=1), zone)


def _share_a_contact(one: Member, other: Member) -> bool:
    """Tell two enrolments of one person by what they are reached under."""
    contacts = [(each.phone, each.telegram_id, each.external_id) for each in (one, other)]
    return any(mine is not None and mine == theirs for mine, theirs in zip(*contacts, strict=True))
