"""Every row of a members file becomes a member or gets the one reason why not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from offers.model.consent import Purpose
from offers.model.history import MemberKey, PastMember
from offers.model.member import Birthday
from offers.model.programme import Language
from service.importing.bad_rows import Reason
from service.importing.clean_members import MemberRules, clean_members
from service.importing.columns import MEMBER_GUESSES, lay_out
from service.importing.open_source import open_source
from tests.import_files import NOW, write

HEADER = "external_id,phone,language,birthday,source,enrolled_at,consent_personal_data,consent_advertising,consent_at"
BAD = [
    ({"external_id": ""}, Reason.MEMBER_MISSING),
    ({"phone": "12345"}, Reason.BAD_PHONE),
    ({"external_id": "x" * 101}, Reason.TEXT_TOO_LONG),
    ({"source": "каф\N{REPLACEMENT CHARACTER}"}, Reason.BAD_ENCODING),
    ({"language": "klingon"}, Reason.BAD_LANGUAGE),
    ({"birthday": "30.02.1990"}, Reason.BAD_BIRTHDAY),
    ({"birthday": "1790-01-01"}, Reason.BAD_BIRTHDAY),
    ({"birthday": "2027-01-01"}, Reason.BAD_BIRTHDAY),
    ({"birthday": "May"}, Reason.BAD_BIRTHDAY),
    ({"enrolled_at": "yesterday"}, Reason.BAD_AT),
    ({"enrolled_at": "2011-03-27 02:30"}, Reason.AT_IN_GAP),
    ({"enrolled_at": "2026-04-01"}, Reason.AT_IN_FUTURE),
    ({"consent_at": "yesterday"}, Reason.BAD_AT),
    ({"consent_personal_data": "maybe"}, Reason.BAD_CONSENT),
    ({"consent_advertising": "2"}, Reason.BAD_CONSENT),
]


def read(folder: Path, **cells: str) -> PastMember | Reason:
    chosen = {"external_id": "c1", **cells}
    row = ",".join(f'"{chosen.get(name, "")}"' for name in HEADER.split(","))
    source = open_source(write(folder, f"{HEADER}\n{row}\n"))
    layout = lay_out(source.columns, MEMBER_GUESSES, mapped={}, constants={}, needed=())
    rules = MemberRules(
        layout=layout, zone="Europe/Moscow", region="RU", now=NOW, file_name="file.csv", file_digest="d1"
    )
    ((line, member),) = [each for batch in source.batches() for each in clean_members(batch.rows, rules)]
    assert line == 2
    return member


@pytest.mark.parametrize(("cells", "reason"), BAD)
def test_a_bad_row_is_refused_with_its_reason(tmp_path: Path, cells: dict[str, str], reason: Reason) -> None:
    assert read(tmp_path, **cells) is reason


def test_a_row_with_nothing_but_a_number_is_a_member(tmp_path: Path) -> None:
    assert read(tmp_path) == PastMember(key=MemberKey(external_id="c1"))


def test_a_full_row_keeps_everything_it_says(tmp_path: Path) -> None:
    member = read(
        tmp_path,
        phone="8 (912) 345-67-89",
        language="Русский",
        birthday="31.05.1990",
        source="app",
        enrolled_at="2020-01-01 12:00",
        consent_personal_data="Да",
        consent_advertising="no",
        consent_at="2020-01-01T12:00:00+03:00",
    )

    assert isinstance(member, PastMember)
    assert member.key == MemberKey(external_id="c1", phone="+79123456789")
    assert (member.language, member.birthday) == (Language.RU, Birthday(month=5, day=31, year=1990))
    assert (member.source, member.enrolled_at) == ("app", datetime(2020, 1, 1, 9, tzinfo=UTC))
    assert [(each.purpose, each.granted, each.at, each.proof) for each in member.consents] == [
        (Purpose.PERSONAL_DATA, True, datetime(2020, 1, 1, 9, tzinfo=UTC), "import:file.csv:2"),
        (Purpose.ADVERTISING, False, datetime(2020, 1, 1, 9, tzinfo=UTC), "import:file.csv:2"),
    ]
    assert {each.text_digest for each in member.consents} == {"d1"}


@pytest.mark.parametrize(("text", "birthday"), [
    ("1990-05-31", Birthday(month=5, day=31, year=1990)),
    ("1990-05-31 00:00:00", Birthday(month=5, day=31, year=1990)),
    ("31.5.1990", Birthday(month=5, day=31, year=1990)),
    ("31.05", Birthday(month=5, day=31)),
    ("31.05.", Birthday(month=5, day=31)),
    ("--02-29", Birthday(month=2, day=29)),
    ("29.02", Birthday(month=2, day=29)),
])  # fmt: skip
def test_a_birthday_is_a_day_and_a_month_with_an_optional_year(tmp_path: Path, text: str, birthday: Birthday) -> None:
    member = read(tmp_path, birthday=text)

    assert isinstance(member, PastMember)
    assert member.birthday == birthday
