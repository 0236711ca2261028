"""What an event is worth: the one thing a lock screen says of it, how urgent it is, and whether it disturbs."""

from offers.model.card import Announcement
from offers.model.events import (
    BalanceChanged,
    BalanceReason,
    CouponEvent,
    Event,
    LevelLost,
    LookChanged,
    MemberEnrolled,
    OwnTermsChanged,
    PurchaseReturned,
    PurchaseSettled,
    PurchaseVoided,
)
from offers.model.message import Priority


def announcement_of(event: Event) -> Announcement:
    """Choose the one thing the lock screen says: a new level outranks a new balance."""
    match event:
        case PurchaseSettled() if event.discount_bp > event.discount_bp_before:
            said = Announcement.LEVEL
        case PurchaseSettled() if event.points_accrued or event.points_redeemed:
            said = Announcement.BALANCE
        case PurchaseReturned() if event.points_returned or event.points_taken_back:
            said = Announcement.BALANCE
        case BalanceChanged() if not is_quiet(event):
            said = Announcement.BALANCE
        case PurchaseVoided():
            said = Announcement.BALANCE
        case LookChanged() if event.says_something:
            said = Announcement.NEWS
        case _:
            said = Announcement.NOTHING
    return said


def priority_of(event: Event) -> Priority:
    """Say how urgent a card's update is: what a member may count on before what adorns the card."""
    if isinstance(event, LevelLost | OwnTermsChanged | CouponEvent | LookChanged | MemberEnrolled):
        return Priority.BANNER
    return Priority.BALANCE


def is_quiet(event: Event) -> bool:
    """Tell what nobody is disturbed for: they were reminded of an expiry; merges and terms are the office's work."""
    if isinstance(event, OwnTermsChanged | LookChanged):
        return True
    return isinstance(event, BalanceChanged) and event.reason in {BalanceReason.EXPIRED, BalanceReason.MERGED}
