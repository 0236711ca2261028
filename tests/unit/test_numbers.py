"""Money, counts and rates as people of each language write them."""

import pytest

from locales.numbers import count, estimated, money, percent, tenths

_GAP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "minor", "currency", "written"),
    [
        ("ru", 123_450, "RUB", f"1{_GAP}234,50{_GAP}₽"),
        ("ru", 120_000, "RUB", f"1{_GAP}200{_GAP}₽"),
        ("en", 123_450, "RUB", f"RUB{_GAP}1,234.50"),
        ("en", 120_000, "RUB", f"RUB{_GAP}1,200"),
        ("en", -50_000, "RUB", f"-RUB{_GAP}500"),
        ("en", 123_450, "USD", "$1,234.50"),
        ("en", 123_450, "JPY", "¥123,450"),
        ("ru", 5, "KWD", f"0,005{_GAP}KWD"),
    ],
)
def test_money_is_written_as_its_readers_do(language: str, minor: int, currency: str, written: str) -> None:
    assert money(language, minor, currency) == written


def test_counts_and_rates_follow_the_language() -> None:
    assert count("ru", 1_234_567) == f"1{_GAP}234{_GAP}567"
    assert count("en", 1_234_567) == "1,234,567"
    assert percent("ru", 750) == f"7,5{_GAP}%"
    assert percent("en", 500) == "5%"


def test_an_estimate_has_no_hundredths_and_a_tenth_has_its_own_mark() -> None:
    assert [estimated(language, 5_859) for language in ("ru", "en")] == ["59\N{NO-BREAK SPACE}%", "59%"]
    assert [tenths(language, 4.92) for language in ("ru", "en")] == ["4,9", "4.9"]
