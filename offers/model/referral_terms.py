"""What a programme gives for a new member whom another one brought."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralTerms:
    """Both get points for the first purchase of at least `min_purchase_minor` by the member who was brought.

    The points wait `pending_days`. `monthly_cap` members at most are rewarded to one inviter in a calendar month.
    """

    inviter_points: int
    invited_points: int
    min_purchase_minor: int = 0
    pending_days: int = 14
    monthly_cap: int = 10
