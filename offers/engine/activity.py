"""A discount that follows activity, decided once a night: pure, bounded, and slow to change its mind."""

from datetime import datetime, timedelta

from offers.model.activity import Activity, ActivityRules
from offers.model.member import OwnTerms


def band_bp(rules: ActivityRules, value: int) -> int:
    """Give the discount of the highest band that a value reaches; 0 below the first."""
    return max((band.discount_bp for band in rules.bands if value >= band.at_least), default=0)


def follow(rules: ActivityRules | None, own: OwnTerms | None, value: int, *, at: datetime) -> OwnTerms | None:
    """Give a member's terms as they are from now on; what was agreed with a person is never touched.

    A discount that has fallen to nothing leaves a memory of when it did, so that it does not come back at once.
    Without rules, what followed activity ends.
    """
    if own is not None and own.activity is None:
        return own
    if rules is None:
        return None
    held = own.discount_bp or 0 if own else 0
    if own is not None and own.activity is not None and at < own.activity.since + timedelta(days=rules.rest_days):
        return own
    moved = _moved(rules, held, value)
    if moved == held:
        return own
    why = Activity(measure=rules.measure, value=value, days=rules.days, since=at)
    return OwnTerms(discount_bp=moved or None, activity=why)


def _moved(rules: ActivityRules, held: int, value: int) -> int:
    """Give the discount a step nearer to what the activity is worth; a small loss of activity costs nothing."""
    wanted = band_bp(rules, value)
    if wanted < held:
        wanted = min(held, max(wanted, band_bp(rules, value + rules.slack)))
    return max(held - rules.step_bp, min(held + rules.step_bp, wanted))
