"""Amounts become minor units exactly: whatever polars does must equal what Decimal does."""

from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offers.engine.basket import line_total
from offers.model.purchase import Line
from service.importing.amounts import DecimalMark, is_ambiguous, micros, minor, product_minor, tidy, unit_minor

decimals = st.decimals(min_value=0, max_value=10**9, places=6, allow_nan=False, allow_infinity=False)


def read(text: str, mark: DecimalMark = DecimalMark.AUTO) -> Decimal | None:
    tidied = pl.DataFrame({"t": [text]}).select(tidy(pl.col("t"), mark).alias("t"))
    if tidied.select(is_ambiguous(pl.col("t"))).item():
        return Decimal("NaN")
    found = tidied.select(micros(pl.col("t"))).item()
    return None if found is None else Decimal(found) / 10**6


@pytest.mark.parametrize(("text", "number"), [
    ("1234.5", "1234.5"),
    ("1 234,50", "1234.50"),
    ("1\N{NO-BREAK SPACE}234,50", "1234.50"),
    ("1\N{NARROW NO-BREAK SPACE}234.50", "1234.50"),
    ("1'234.50", "1234.50"),
    ("1,234.50", "1234.50"),
    ("1.234,56", "1234.56"),
    ("1.234.567", "1234567"),
    ("1,234,567", "1234567"),
    ("0,125", "0.125"),
    ("12,5", "12.5"),
    ("1.234", "1.234"),
    ("−4", "-4"),
    ("+3", "3"),
    ("12.5000000", "12.5"),
])  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, number: str) -> None:
    assert read(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["1e5", "abc", "$5", "", "1,2,3", "12.5000001", "1234567890123", "1..2", "--1", "0x10"]
)
def test_what_is_no_number_is_not_guessed_at(text: str) -> None:
    assert read(text) is None


def test_a_comma_that_may_mean_two_things_is_refused_until_the_operator_says() -> None:
    told = {mark: read("1,234", mark) for mark in DecimalMark}

    assert told[DecimalMark.POINT] == 1234
    assert told[DecimalMark.COMMA] == Decimal("1.234")
    ambiguous = told[DecimalMark.AUTO]
    assert ambiguous is not None
    assert ambiguous.is_nan()


def test_a_told_mark_does_not_swallow_the_other_ones_decimals() -> None:
    assert read("0,125", DecimalMark.POINT) is None
    assert read("12,50", DecimalMark.POINT) is None
    assert read("1.234,50", DecimalMark.COMMA) == Decimal("1234.50")
    assert read("1,234.50", DecimalMark.COMMA) is None


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(decimals, decimals), min_size=1, max_size=50), st.sampled_from([0, 2, 3]))
def test_a_line_costs_what_decimal_arithmetic_says(pairs: list[tuple[Decimal, Decimal]], digits: int) -> None:
    frame = pl.DataFrame({"price": [str(price) for price, _ in pairs], "quantity": [str(many) for _, many in pairs]})

    found = frame.select(
        micros(tidy(pl.col("price"), DecimalMark.AUTO)).alias("price"),
        micros(tidy(pl.col("quantity"), DecimalMark.AUTO)).alias("quantity"),
    ).select(product_minor(pl.col("price"), pl.col("quantity"), digits))

    one = Decimal(1)
    expected = [(price * many).scaleb(digits).quantize(one, rounding=ROUND_HALF_UP) for price, many in pairs]
    assert found.to_series().to_list() == expected


@settings(deadline=None)
@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_an_imported_line_costs_what_the_till_would_ask(price_minor: int, quantity_milli: int) -> None:
    quantity = Decimal(quantity_milli).scaleb(-3)
    line = Line(sku="s", category="c", quantity=quantity, unit_price_minor=price_minor)
    frame = pl.DataFrame({"price": [price_minor * 10**4], "quantity": [quantity_milli * 1000]})

    found = frame.select(product_minor(pl.col("price"), pl.col("quantity"), 2)).item()

    assert found == line_total(line)


@settings(deadline=None)
@given(st.integers(1, 10**12), st.integers(1, 10**15))
def test_the_price_of_one_is_the_total_divided_and_rounded_once(total: int, quantity_micro: int) -> None:
    frame = pl.DataFrame({"total": [total], "quantity": [quantity_micro]})

    found = frame.select(unit_minor(pl.col("total"), pl.col("quantity"))).item()

    exact = Decimal(total) * 10**6 / Decimal(quantity_micro)
    assert found == exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)


def test_minor_units_round_half_a_unit_up() -> None:
    frame = pl.DataFrame({"micro": [4_999, 5_000, 14_999, 15_000, 1_050_000]})

    assert frame.select(minor(pl.col("micro"), 2)).to_series().to_list() == [0, 1, 1, 2, 105]
