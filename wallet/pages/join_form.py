"""The form of the join page: what was typed, and what is wrong with it, field by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qsl

from offers.engine.arrivals import DEFAULT_SOURCE, read_arrival
from offers.engine.phones import read_phone
from offers.engine.referrals import read_code
from offers.model.arrival import Arrival
from offers.model.errors import BadContact
from offers.model.member import Birthday

MAX_BODY_BYTES = 8 * 1024
_MAX_FIELDS = 30
_MAX_FIELD = 200
_FIRST_YEAR = 1900
_LEAP_YEAR = 2000
_HEXADECIMAL = re.compile(r"[0-9a-f]{32}")

TEXTS: dict[str, str] = {
    "phone_missing": "Write your phone number, for example {example}",
    "phone_wrong": "This number cannot be called. Write it in full, for example {example}",
    "phone_abroad": "This number cannot be called. Begin with + and the country's code, for example {example}",
    "consent_missing": "The card cannot be issued without this consent",
    "birthday_partial": "Give both the day and the month, or leave the birthday empty",
    "birthday_wrong": "There is no such day. Check the day, the month and the year",
}
"""The English text of every complaint; Russian stands in the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinForm:
    """The fields as typed, trimmed. `trap` is a field people do not see: only a program fills it.

    `code` is that of the member who brought them, `claim` a till's offer; `challenge` and `typed_code` belong to the
    code that went to the phone.
    """

    phone: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    personal_data: bool = False
    advertising: bool = False
    arrival: Arrival = field(default_factory=lambda: Arrival(source=DEFAULT_SOURCE))
    code: str | None = None
    claim: str = ""
    challenge: str = ""
    typed_code: str = ""
    token: str = ""
    trap: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A form without mistakes."""

    phone: str
    birthday: Birthday | None
    advertising: bool
    arrival: Arrival
    code: str | None


def read_form(body: bytes) -> JoinForm:
    """Read a url-encoded body; what is not a field of ours is passed over."""
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        pairs = []
    fields = {name: text.strip()[:_MAX_FIELD] for name, text in pairs}
    return JoinForm(
        phone=fields.get("phone", ""),
        day=fields.get("day", ""),
        month=fields.get("month", ""),
        year=fields.get("year", ""),
        personal_data=fields.get("personal_data") == "yes",
        advertising=fields.get("advertising") == "yes",
        arrival=read_arrival(fields),
        code=read_code(fields.get("ref")),
        claim=read_claim(fields.get("claim")),
        challenge=read_claim(fields.get("challenge")),
        typed_code=fields.get("code", ""),
        token=fields.get("token", ""),
        trap=fields.get("company_fax", ""),
    )


def read_claim(written: str | None) -> str:
    """Give a token of ours; anything else is none."""
    return written if written and _HEXADECIMAL.fullmatch(written) else ""


def check_form(form: JoinForm, *, region: str | None, today: date) -> tuple[Wish | None, Mapping[str, str]]:
    """Give the wish, or None and the complaints: field → code of TEXTS."""
    complaints: dict[str, str] = {}
    phone = ""
    try:
        phone = read_phone(form.phone, region)
    except BadContact:
        wrong = "phone_wrong" if region else "phone_abroad"
        complaints["phone"] = wrong if form.phone else "phone_missing"
    birthday, complaint = _birthday(form, today)
    if complaint:
        complaints["birthday"] = complaint
    if not form.personal_data:
        complaints["personal_data"] = "consent_missing"
    if complaints:
        return None, complaints
    wish = Wish(phone=phone, birthday=birthday, advertising=form.advertising, arrival=form.arrival, code=form.code)
    return wish, {}


def _birthday(form: JoinForm, today: date) -> tuple[Birthday | None, str | None]:
    """Read a day and a month, a year perhaps. The 29th of February is a birthday; in a given year it must exist."""
    if not (form.day or form.month or form.year):
        return None, None
    if not (form.day and form.month):
        return None, "birthday_partial"
    try:
        day, month = _number(form.day), _number(form.month)
        year = _number(form.year) if form.year else None
        born = date(year or _LEAP_YEAR, month, day)
    except ValueError:
        return None, "birthday_wrong"
    if year is not None and (year < _FIRST_YEAR or born > today):
        return None, "birthday_wrong"
    return Birthday(month=month, day=day, year=year), None


def _number(written: str) -> int:
    """Read at most four plain digits. Raises ValueError: `int` alone would take `1_0`, `+5` and megabytes."""
    if not re.fullmatch(r"\d{1,4}", written, re.ASCII):
        raise ValueError(written)
    return int(written)
