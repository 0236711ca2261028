"""Scan codes and link tokens: they come back whole, and not one changed character passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.engine.card_codes import derive_key, link_token, read_link_token, read_scan_code, scan_code
from offers.model.errors import ForgedCode, MalformedCode
from offers.model.ids import CROCKFORD, ID_LENGTH, CardId

KEY = derive_key(b"a master secret of the tests", "scan")
CARDS = st.text(CROCKFORD, min_size=ID_LENGTH, max_size=ID_LENGTH).map(CardId)
ODD = st.text(max_size=80) | st.sampled_from(
    ["", ".", "..", "TSR1..", "tsr1", "TSR1.\N{LATIN SMALL LETTER DOTLESS I}."]
)


@given(CARDS)
def test_a_code_names_its_card_whatever_a_scanner_does_to_letters_and_blanks(card: CardId) -> None:
    code = scan_code(card, KEY)

    for text in (code, code.lower(), code.upper(), f" {code}\r\n"):
        assert read_scan_code(text, KEY) == card


@given(CARDS, st.data())
def test_any_single_changed_character_is_refused(card: CardId, data: st.DataObject) -> None:
    code = scan_code(card, KEY)
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda symbol: symbol.lower() != code[place].lower()))

    with pytest.raises((MalformedCode, ForgedCode)):
        read_scan_code(code[:place] + other + code[place + 1 :], KEY)


@given(CARDS, st.data())
def test_a_lost_or_doubled_character_is_refused(card: CardId, data: st.DataObject) -> None:
    code = scan_code(card, KEY)
    place = data.draw(st.integers(0, len(code) - 1))

    for text in (code[:place] + code[place + 1 :], code[:place] + code[place] + code[place:]):
        with pytest.raises((MalformedCode, ForgedCode)):
            read_scan_code(text, KEY)


@given(CARDS)
def test_a_code_of_another_key_is_forged(card: CardId) -> None:
    with pytest.raises(ForgedCode):
        read_scan_code(scan_code(card, derive_key(b"another secret", "scan")), KEY)
    with pytest.raises(ForgedCode):
        read_scan_code(scan_code(card, derive_key(b"a master secret of the tests", "link")), KEY)


@given(ODD)
def test_any_other_text_is_refused_and_breaks_nothing(text: str) -> None:
    with pytest.raises((MalformedCode, ForgedCode)):
        read_scan_code(text, KEY)
    with pytest.raises((MalformedCode, ForgedCode)):
        read_link_token(text, KEY)


@given(CARDS)
def test_a_link_is_no_scan_code_and_a_scan_code_no_link(card: CardId) -> None:
    token = link_token(card, KEY)
    _, _, mac = scan_code(card, KEY).split(".")

    assert read_link_token(token, KEY) == card
    with pytest.raises(ForgedCode):
        read_link_token(f"{card}{mac}", KEY)
    with pytest.raises(ForgedCode):
        read_scan_code(f"TSR1.{card}.{token[ID_LENGTH:]}", KEY)
