"""Rows of a members file made into members, and a reason for every row that cannot be one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from offers.model.consent import Purpose
from offers.model.history import MemberKey, PastConsent, PastMember
from offers.model.member import Birthday
from offers.model.programme import Language
from service.importing.bad_rows import Reason
from service.importing.columns import Layout
from service.importing.fields import is_damaged, is_too_long, taken, with_phones
from service.importing.instants import with_instants

FIELDS = (
    *("external_id", "phone", "language", "birthday", "source", "enrolled_at"),
    *("consent_personal_data", "consent_advertising", "consent_at"),
)
INSTANTS = ("enrolled_at", "consent_at")
TEXTS = tuple(field for field in FIELDS if field not in INSTANTS)
PURPOSES = {"consent_personal_data": Purpose.PERSONAL_DATA, "consent_advertising": Purpose.ADVERTISING}
SOURCE = "import"
CONSENT_VERSION = "import"
_LANGUAGES = {
    **dict.fromkeys(("ru", "rus", "russian", "ru-ru", "ru_ru", "русский", "рус"), Language.RU),
    **dict.fromkeys(("en", "eng", "english", "en-us", "en_us", "en-gb", "en_gb", "английский", "англ"), Language.EN),
}
_ANSWERS = {
    **dict.fromkeys(("yes", "y", "true", "1", "да", "д", "+"), True),
    **dict.fromkeys(("no", "n", "false", "0", "нет", "н", "-"), False),
}
_BIRTHDAYS = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})([T ]00:00.*)?"),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})(\.(?P<year>\d{4})?)?"),
    re.compile(r"--(?P<month>\d{2})-(?P<day>\d{2})(?P<year>)"),
)
_FIRST_YEAR = 1900
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRules:
    """How rows are read. `file_digest` stands in the consents as what proves them."""

    layout: Layout
    zone: str
    region: str | None
    now: datetime
    file_name: str
    file_digest: str


class _BadField(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def clean_members(rows: pl.DataFrame, rules: MemberRules) -> Iterator[tuple[int, PastMember | Reason]]:
    """Give every row's line number, and the member it tells of or the reason it tells of none."""
    frame = taken(rows, rules.layout, FIELDS, as_they_are=INSTANTS)
    frame = frame.with_columns(
        pl.when(is_damaged(TEXTS))
        .then(pl.lit(Reason.BAD_ENCODING.value))
        .when(is_too_long(TEXTS))
        .then(pl.lit(Reason.TEXT_TOO_LONG.value))
        .alias("reason")
    )
    for column in INSTANTS:
        bad_at = pl.when(pl.col("at_is_bad")).then(pl.lit(Reason.BAD_AT.value))
        in_gap = pl.when(pl.col("at_in_gap")).then(pl.lit(Reason.AT_IN_GAP.value))
        frame = with_instants(frame, column, rules.zone).with_columns(
            pl.coalesce("reason", bad_at, in_gap).alias("reason")
        )
    for row in with_phones(frame, rules.region).iter_rows(named=True):
        try:
            yield row["line"], _member(row, rules)
        except _BadField as bad:
            yield row["line"], bad.reason


def _member(row: dict[str, Any], rules: MemberRules) -> PastMember:
    if row["reason"] is not None:
        raise _BadField(Reason(row["reason"]))
    if row["phone_is_bad"]:
        raise _BadField(Reason.BAD_PHONE)
    if row["external_id"] is None and row["phone"] is None:
        raise _BadField(Reason.MEMBER_MISSING)
    enrolled_at = row["enrolled_at"]
    if enrolled_at is not None and enrolled_at > rules.now:
        raise _BadField(Reason.AT_IN_FUTURE)
    return PastMember(
        key=MemberKey(external_id=row["external_id"], phone=row["phone"]),
        language=_language(row["language"]),
        birthday=read_birthday(row["birthday"], rules.now.year),
        source=row["source"] or SOURCE,
        enrolled_at=enrolled_at,
        consents=tuple(_consents(row, rules)),
    )


def _consents(row: dict[str, Any], rules: MemberRules) -> Iterator[PastConsent]:
    """Give what the row says of consents; an empty cell says nothing."""
    for field, purpose in PURPOSES.items():
        answer = row[field]
        if answer is None:
            continue
        if answer.lower() not in _ANSWERS:
            raise _BadField(Reason.BAD_CONSENT)
        yield PastConsent(
            purpose=purpose,
            granted=_ANSWERS[answer.lower()],
            at=row["consent_at"],
            text_version=CONSENT_VERSION,
            text_digest=rules.file_digest,
            proof=f"import:{rules.file_name}:{row['line']}",
        )


def _language(text: str | None) -> Language | None:
    if text is None:
        return None
    if text.lower() not in _LANGUAGES:
        raise _BadField(Reason.BAD_LANGUAGE)
    return _LANGUAGES[text.lower()]


def read_birthday(text: str | None, this_year: int) -> Birthday | None:
    """Read a month and a day with an optional year; 29 February is a birthday in a year nobody told."""
    if text is None:
        return None
    for pattern in _BIRTHDAYS:
        if match := pattern.fullmatch(text):
            year = int(match["year"]) if match["year"] else None
            try:
                day = date(year or _LEAP_YEAR, int(match["month"]), int(match["day"]))
            except ValueError:
                break
            if year is not None and not _FIRST_YEAR <= year <= this_year:
                break
            return Birthday(month=day.month, day=day.day, year=year)
    raise _BadField(Reason.BAD_BIRTHDAY)
