"""What a report from Google makes of a card's holding: pure counting."""

from dataclasses import replace
from datetime import datetime

from offers.model.google_holding import GoogleHolding, GoogleNews, GoogleVerb


def after(holding: GoogleHolding, news: GoogleNews, *, at: datetime) -> GoogleHolding:
    """Count one report. Reports come in any order, so counts decide and not which one came last."""
    if news.verb is GoogleVerb.SAVED:
        return replace(holding, saves=holding.saves + 1, saved_at=at)
    return replace(holding, deletions=holding.deletions + 1, deleted_at=at)
