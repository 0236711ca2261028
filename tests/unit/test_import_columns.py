"""Columns are recognised by usual names, told by the operator, or refused with what was found and what to say."""

import pytest

from service.importing.columns import MEMBER_GUESSES, PURCHASE_GUESSES, Column, Layout, Told, lay_out, read_pairs
from service.importing.errors import CannotImport

NEEDED = [("member", "phone"), ("at",), ("amount", "price")]


def layout(*columns: str, mapped: dict[str, str] | None = None, constants: dict[str, str] | None = None) -> Layout:
    return lay_out(columns, PURCHASE_GUESSES, mapped=mapped or {}, constants=constants or {}, needed=NEEDED)


@pytest.mark.parametrize("columns", [
    ("invoice", "stock", "desc", "qty", "ts", "price", "customer_id", "country"),
    ("InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"),
    ("Номер чека", "Артикул", "Кол-во", "Дата и время", "Цена", "Код клиента"),
])  # fmt: skip
def test_usual_names_are_recognised(columns: tuple[str, ...]) -> None:
    found = layout(*columns)

    wanted = ("order_ref", "sku", "quantity", "at", "price", "member")
    assert all(found.column(field) in columns for field in wanted)
    assert found.column("amount") is None


def test_of_two_likely_columns_the_likelier_name_wins() -> None:
    assert layout("member", "date", "timestamp", "amount").column("at") == "timestamp"


def test_the_operators_word_outranks_a_guess_and_a_column_may_serve_twice() -> None:
    found = layout("customer", "buyer", "ts", "stock", "price", mapped={"member": "buyer", "category": "stock"})

    assert found.fields["member"] == Column("buyer")
    assert (found.column("sku"), found.column("category")) == ("stock", "stock")


def test_a_constant_stands_for_a_column() -> None:
    found = layout("customer", "ts", "price", constants={"category": "coffee"})

    assert found.fields["category"] == Told("coffee")
    assert (found.value("category"), found.column("category")) == ("coffee", None)


def test_a_missing_column_is_named_with_the_columns_found_and_the_remedy() -> None:
    with pytest.raises(CannotImport) as refusal:
        layout("customer", "price", "moment")

    assert str(refusal.value) == (
        "No column was recognised as at. Columns found: customer, price, moment. Name it: --map at=COLUMN"
    )
    assert "СТОЛБЕЦ" in refusal.value.text("ru")


def test_a_mapping_to_nothing_is_refused() -> None:
    with pytest.raises(CannotImport, match=r"no column called buyer \(for member\)\. Columns found: customer"):
        layout("customer", "ts", "price", mapped={"member": "buyer"})
    with pytest.raises(CannotImport, match="no field called customer"):
        layout("customer", "ts", "price", mapped={"customer": "customer"})
    with pytest.raises(CannotImport, match="no field called colour"):
        layout("customer", "ts", "price", constants={"colour": "red"})


def test_pairs_are_read_at_the_first_equals_sign() -> None:
    assert read_pairs(["category=a=b", " at = ts "], option="--map") == {"category": "a=b", "at": "ts"}
    for wrong in ("at", "=ts", "at="):
        with pytest.raises(CannotImport, match="write it as field=value"):
            read_pairs([wrong], option="--map")


def test_no_name_is_guessed_for_two_fields() -> None:
    for guesses in (PURCHASE_GUESSES, MEMBER_GUESSES):
        names = [name for field in guesses.values() for name in field]
        assert len(names) == len(set(names))
