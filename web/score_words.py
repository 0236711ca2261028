"""Why a member is likely to come, or not, in the words of a marketer."""

from locales.catalogue import LANGUAGES, gettext, ngettext
from locales.numbers import money
from offers.model.scores import ReasonKind, ScoreReason

PLURALS: dict[ReasonKind, tuple[str, str]] = {
    ReasonKind.SILENT: ("has not come for {n} day", "has not come for {n} days"),
    ReasonKind.RECENT: ("was here {n} day ago", "was here {n} days ago"),
    ReasonKind.FREQUENT: ("came {n} time in 90 days", "came {n} times in 90 days"),
    ReasonKind.RARE: ("came only {n} time in 90 days", "came only {n} times in 90 days"),
    ReasonKind.NEW: ("has been a member for only {n} day", "has been a member for only {n} days"),
    ReasonKind.LONG_KNOWN: ("has been with us for {n} day", "has been with us for {n} days"),
    ReasonKind.SAME_SEASON: ("came {n} time at this season a year ago", "came {n} times at this season a year ago"),
}
RHYTHMS: dict[ReasonKind, tuple[str, str]] = {
    ReasonKind.ON_TIME: ("keeps to a rhythm of {n} day", "keeps to a rhythm of {n} days"),
    ReasonKind.OVERDUE: (
        "used to come every {n} day and has broken the habit",
        "used to come every {n} days and has broken the habit",
    ),
}
PLAIN: dict[ReasonKind, str] = {
    ReasonKind.SPENDS_MORE: "spends {amount} a visit, which speaks for coming",
    ReasonKind.SPENDS_LESS: "spends {amount} a visit, which speaks against coming",
    ReasonKind.OTHER_SEASON: "did not come at this season a year ago",
}
WITHOUT_RHYTHM: dict[ReasonKind, str] = {
    ReasonKind.ON_TIME: "has no rhythm yet, and is not late",
    ReasonKind.OVERDUE: "has no rhythm yet, and has been away for long",
}

TEXTS: dict[str, str] = {
    "no_night": "No night was published yet, so nobody is in any of scoring's segments. Run: tessera score",
    "told_none": "The published night told no segments. The next one will: tessera score",
}
"""Why there are no segments to tell."""


def score_reason(reason: ScoreReason, language: str, currency: str) -> str:
    """Say one reason."""
    if reason.kind in RHYTHMS and not reason.value:
        return gettext(language, WITHOUT_RHYTHM[reason.kind])
    if (forms := (PLURALS | RHYTHMS).get(reason.kind)) is not None:
        return ngettext(language, *forms, reason.value)
    return gettext(language, PLAIN[reason.kind], amount=money(language, reason.value, currency))


def no_segments(*, is_published: bool) -> dict[str, str]:
    """Say in both languages why there are no segments to tell."""
    text = TEXTS["told_none" if is_published else "no_night"]
    return {language: gettext(language, text) for language in LANGUAGES}
