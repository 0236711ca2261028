"""Phone numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.engine.phones import home_region, phone_example, read_phone
from offers.model.errors import BadContact
from offers.model.ids import ProgrammeId
from offers.model.programme import LocalText, Programme, Terms


@pytest.mark.parametrize(
    ("written", "region", "read"),
    [
        ("8 916 123-45-67", "RU", "+79161234567"),
        ("+7 (916) 123 45 67", "RU", "+79161234567"),
        ("79161234567", "RU", "+79161234567"),
        ("9161234567", "RU", "+79161234567"),
        ("+8 916 123 45 67", "RU", "+79161234567"),
        ("8701 123 45 67", "KZ", "+77011234567"),
        ("07400 123456", "GB", "+447400123456"),
        ("0044 7400 123456", "RU", "+447400123456"),
        ("+44 7400 123456", None, "+447400123456"),
        ("  +79990000001  ", None, "+79990000001"),
    ],
)
def test_a_number_is_understood_as_its_country_writes_it(written: str, region: str | None, read: str) -> None:
    assert read_phone(written, region) == read


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("", "RU"),
        ("123", "RU"),
        ("8 916 123-45-6", "RU"),
        ("89161234567", None),
        ("+7 916 123-45-67 доб. 5", "RU"),
        ("call me", "RU"),
        ("+9161234567", "RU"),
        ("8" * 41, "RU"),
        ("+", None),
    ],
)
def test_what_cannot_be_called_is_refused(written: str, region: str | None) -> None:
    with pytest.raises(BadContact):
        read_phone(written, region)


@given(st.text(max_size=60), st.sampled_from(["RU", "GB", None]))
def test_any_text_is_read_or_refused_and_reading_twice_changes_nothing(written: str, region: str | None) -> None:
    try:
        read = read_phone(written, region)
    except BadContact:
        return

    assert read_phone(read, region) == read


@pytest.mark.parametrize(
    ("currency", "region"),
    [("RUB", "RU"), ("KZT", "KZ"), ("USD", "US"), ("GBP", "GB"), ("EUR", None), ("XOF", None), ("RUR", None)],
)
def test_the_region_is_guessed_from_the_currency(currency: str, region: str | None) -> None:
    programme = Programme(
        id=ProgrammeId("p"), slug="p", name=LocalText(ru="П", en="P"), currency=currency, zone="UTC", terms=Terms()
    )

    assert home_region(programme) == region


@pytest.mark.parametrize("region", ["RU", "KZ", "GB", None])
def test_the_example_beside_the_field_is_itself_understood(region: str | None) -> None:
    assert read_phone(phone_example(region), region).startswith("+")
