"""Rotating codes: the RFC's own vectors, a window, and no digit that is not ours."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.engine.card_codes import MAX_CODE_LENGTH, derive_key, read_scan_code, scan_code
from offers.engine.rotating_codes import (
    CLOCK_SKEW_S,
    MAX_AHEAD,
    PERIOD_S,
    WINDOW_PERIODS,
    RotatingText,
    began_at,
    check_rotating,
    codes_ahead,
    google_pattern,
    google_totp_details,
    is_rotating,
    period_at,
    read_rotating_text,
    rotating_code,
    rotating_key,
    totp,
)
from offers.model.card_errors import CodeOutOfDate
from offers.model.errors import ForgedCode, MalformedCode
from offers.model.ids import CROCKFORD, ID_LENGTH, CardId

CODE_KEY = derive_key(b"a master secret of the tests", "scan")
CARD = CardId("01h3y8xk6c0000000000")
KEY = rotating_key(CARD, 1, CODE_KEY)
CARDS = st.text(CROCKFORD, min_size=ID_LENGTH, max_size=ID_LENGTH).map(CardId)
INSTANTS = st.integers(1_700_000_000, 3_700_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
PERIODS = st.integers(4_000_000, 300_000_000)
ODD = st.text(max_size=80) | st.sampled_from(
    ["TSR2", "TSR2...", f"TSR2.{CARD}.1700000000.1234567", f"TSR2.{CARD}.17000000.12345678", "TSR2.\N{DEGREE SIGN}.."]
)


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_digits_are_those_of_rfc_6238_appendix_b(seconds: int, digits: str) -> None:
    assert totp(b"12345678901234567890", seconds // PERIOD_S) == digits


@given(CARDS, PERIODS)
def test_a_code_names_its_card_and_its_period_whatever_a_scanner_does(card: CardId, period: int) -> None:
    key = rotating_key(card, 1, CODE_KEY)

    code = rotating_code(card, key, period)

    assert len(code) <= MAX_CODE_LENGTH
    for text in (code, code.lower(), code.upper(), f" {code}\r\n"):
        assert is_rotating(text)
        assert read_rotating_text(text) == RotatingText(card_id=card, period=period, totp=totp(key, period))


@given(PERIODS, st.integers(0, PERIOD_S - 1))
def test_a_phone_of_google_makes_the_same_period_at_any_second_of_it(period: int, second: int) -> None:
    seconds = period * PERIOD_S + second
    shown = google_pattern(CARD).format(totp_timestamp_seconds=seconds, totp_value_0=totp(KEY, seconds // PERIOD_S))

    read = read_rotating_text(shown)

    assert read == read_rotating_text(rotating_code(CARD, KEY, period))
    check_rotating(read, KEY, datetime.fromtimestamp(seconds, UTC))


def test_google_is_given_the_key_in_base_16_and_the_same_period() -> None:
    assert google_totp_details(KEY) == {
        "algorithm": "TOTP_SHA1",
        "periodMillis": "30000",
        "parameters": [{"key": KEY.hex(), "valueLength": 8}],
    }
    assert len(KEY) == 20


@given(PERIODS, st.integers(-10_000, 10_000))
def test_a_code_is_taken_one_period_and_the_skew_around_its_own_and_no_longer(period: int, second: int) -> None:
    around_s = WINDOW_PERIODS * PERIOD_S + CLOCK_SKEW_S
    shown = read_rotating_text(rotating_code(CARD, KEY, period))
    at = began_at(period) + timedelta(seconds=second / 10)

    if -around_s <= second / 10 < PERIOD_S + around_s:
        check_rotating(shown, KEY, at)
    else:
        with pytest.raises(CodeOutOfDate):
            check_rotating(shown, KEY, at)


@given(PERIODS, st.text("0123456789", min_size=8, max_size=8))
def test_other_digits_are_forged_also_when_the_time_is_right(period: int, digits: str) -> None:
    if digits == totp(KEY, period):
        return
    with pytest.raises(ForgedCode):
        check_rotating(RotatingText(card_id=CARD, period=period, totp=digits), KEY, began_at(period))


@given(CARDS, PERIODS)
def test_digits_of_one_card_are_forged_on_another_and_in_another_generation(card: CardId, period: int) -> None:
    for key in (rotating_key(card, 1, CODE_KEY), rotating_key(CARD, 2, CODE_KEY)):
        if key != KEY and totp(key, period) != totp(KEY, period):
            shown = read_rotating_text(rotating_code(CARD, key, period))
            with pytest.raises(ForgedCode):
                check_rotating(shown, KEY, began_at(period))


@given(INSTANTS, st.integers(1, 40))
def test_codes_ahead_follow_each_other_without_a_gap_and_begin_now(at: datetime, count: int) -> None:
    codes = codes_ahead(CARD, KEY, at, count)

    assert len(codes) == min(count, MAX_AHEAD)
    assert codes[0].starts_at <= at < codes[0].ends_at
    for before, after in pairwise(codes):
        assert before.ends_at == after.starts_at
    for code in codes:
        assert read_rotating_text(code.text).period == period_at(code.starts_at)
        check_rotating(read_rotating_text(code.text), KEY, code.starts_at)


@given(ODD)
def test_any_other_text_is_refused_and_breaks_nothing(text: str) -> None:
    with pytest.raises(MalformedCode):
        read_rotating_text(text)


def test_the_two_kinds_of_codes_are_never_taken_for_each_other() -> None:
    with pytest.raises(MalformedCode):
        read_scan_code(rotating_code(CARD, KEY, 57_000_000), CODE_KEY)
    with pytest.raises(MalformedCode):
        read_rotating_text(scan_code(CARD, CODE_KEY))
    assert not is_rotating(scan_code(CARD, CODE_KEY))
