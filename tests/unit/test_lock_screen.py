"""What the lock screen says after an update, and when it says nothing."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from certs.dev import DevIdentities
from certs.identity import PassIdentity
from sandbox.phone.chain import TrustStore
from sandbox.phone.lock_screen import changed_keys, lock_screen_text
from sandbox.phone.opened import OpenedPass, open_pass
from sandbox.phone.strings import read_strings
from sandbox.phone.values import field_text
from tests.passes import document_of, files_of, pack, points
from wallet.apple.signer import PassSigner

NOW = datetime.now(UTC)
GAP = "\N{NO-BREAK SPACE}"
THIN_GAP = "\N{NARROW NO-BREAK SPACE}"
Make = Callable[..., OpenedPass]
SPEAKING = "Points on the card: %@"
DISCOUNT = {"key": "discount", "label": "DISCOUNT", "numberStyle": "PKNumberStylePercent"}


@pytest.fixture(scope="module")
def make(pass_identity: PassIdentity, dev_identities: DevIdentities) -> Make:
    trust, signer = TrustStore.load(dev_identities.root_path), PassSigner(pass_identity)

    def _make(*fields: dict[str, Any], back: list[dict[str, Any]] | None = None) -> OpenedPass:
        document = document_of(pass_identity, *fields)
        document["storeCard"]["backFields"] = back or []
        return open_pass(pack(files_of(document), signer, NOW), trust, at=NOW)

    return _make


def test_a_changed_field_speaks_in_the_language_of_the_phone(make: Make) -> None:
    before, after = make(points(100)), make(points(12500, changeMessage=SPEAKING))

    assert lock_screen_text(before, after, "en") == "Points on the card: 12,500"
    assert lock_screen_text(before, after, "ru") == "Баллов на карте: 12\N{NO-BREAK SPACE}500"


def test_an_unknown_language_hears_the_english_text(make: Make) -> None:
    before, after = make(points(1)), make(points(2, changeMessage=SPEAKING))

    assert lock_screen_text(before, after, "de") == "Points on the card: 2"


def test_a_field_without_a_change_message_changes_in_silence(make: Make) -> None:
    before, after = make(points(1)), make(points(2))

    assert lock_screen_text(before, after, "en") is None
    assert changed_keys(before, after) == ["balance"]


def test_a_change_message_without_a_change_is_silent(make: Make) -> None:
    before, after = make(points(1)), make(points(1, changeMessage=SPEAKING))

    assert lock_screen_text(before, after, "en") is None


def test_a_new_label_is_no_change_of_the_value(make: Make) -> None:
    before, after = make(points(1)), make(points(1, label="BALANCE", changeMessage=SPEAKING))

    assert lock_screen_text(before, after, "en") is None


def test_the_message_of_the_new_pass_counts(make: Make) -> None:
    before, after = make(points(1, changeMessage="Old: %@")), make(points(2, changeMessage="New: %@"))

    assert lock_screen_text(before, after, "en") == "New: 2"


def test_two_speaking_fields_make_one_general_line(make: Make) -> None:
    before = make(points(1), DISCOUNT | {"value": 0.03})
    after = make(points(2, changeMessage="A %@"), DISCOUNT | {"value": 0.05, "changeMessage": "B %@"})

    assert lock_screen_text(before, after, "en") == "The card of Coffee house has changed"
    assert lock_screen_text(before, after, "ru") == "Карта «Кофейня» изменилась"


def test_a_silent_change_beside_a_speaking_one_does_not_make_it_general(make: Make) -> None:
    before = make(points(1), DISCOUNT | {"value": 0.03})
    after = make(points(2), DISCOUNT | {"value": 0.075, "changeMessage": "Your discount is now %@"})

    assert lock_screen_text(before, after, "en") == "Your discount is now 7.5%"
    assert lock_screen_text(before, after, "ru") == "Your discount is now 7,5\N{NO-BREAK SPACE}%"


def test_a_field_that_was_not_there_before_speaks(make: Make) -> None:
    news = {"key": "news", "label": "News", "value": "Two coffees for one", "changeMessage": "%@"}

    assert lock_screen_text(make(), make(back=[news]), "en") == "Two coffees for one"


@pytest.mark.parametrize(
    ("field", "english", "russian"),
    [
        ({"value": 0.05, "numberStyle": "PKNumberStylePercent"}, "5%", "5\N{NO-BREAK SPACE}%"),
        ({"value": 1234.5, "currencyCode": "RUB"}, f"RUB{GAP}1,234.50", f"1{GAP}234,50{GAP}₽"),
        ({"value": 1234.5, "currencyCode": "USD"}, "$1,234.50", f"1{GAP}234,50{GAP}$"),
        ({"value": 12345, "numberStyle": "PKNumberStyleDecimal"}, "12,345", "12\N{NO-BREAK SPACE}345"),
        ({"value": 12345, "numberStyle": "PKNumberStyleScientific"}, "1.2345E4", "1,2345E4"),
        ({"value": "Silver"}, "Silver", "Серебро"),
        ({"value": "2026-03-14", "dateStyle": "PKDateStyleMedium"}, "Mar 14, 2026", f"14 мар. 2026{THIN_GAP}г."),
        (
            {"value": "2026-03-14T12:05:00+03:00", "dateStyle": "PKDateStyleShort", "timeStyle": "PKDateStyleShort"},
            f"3/14/26, 12:05{THIN_GAP}PM",
            "14.03.2026, 12:05",
        ),
    ],
)  # fmt: skip
def test_a_value_is_written_as_the_language_writes_it(
    make: Make, field: dict[str, Any], english: str, russian: str
) -> None:
    held = make({"key": "field", **field})
    found = next(field for _, field in held.fields())

    assert field_text(held, found, "en") == english
    assert field_text(held, found, "ru") == russian


def test_strings_are_read_in_both_encodings_with_escapes_and_comments() -> None:
    text = '/* said */ "a \\"b\\"" = "в\\n\\\\";\n// aside\n"c" = "\\U0434";\n/* end */\n'

    for payload in (text.encode(), text.encode("utf-16")):
        assert dict(read_strings("pass.strings", payload)) == {'a "b"': "в\n\\", "c": "д"}
