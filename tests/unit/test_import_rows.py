"""Every row of a transactions file becomes a line or gets the one reason why not."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from service.importing.amounts import DecimalMark
from service.importing.bad_rows import TEXTS, Reason, text_of
from tests.import_files import clean_file, write

HEADER = "member,phone,at,order_ref,sku,category,quantity,amount,price,status"
GOOD = {
    "member": "c1",
    "at": "2026-03-01 10:00",
    "order_ref": "A1",
    "sku": "latte",
    "category": "coffee",
    "quantity": "2",
    "price": "250.50",
}
BAD: list[tuple[dict[str, str], Reason]] = [
    ({"sku": "лат\N{REPLACEMENT CHARACTER}е"}, Reason.BAD_ENCODING),
    ({"sku": "x" * 101}, Reason.TEXT_TOO_LONG),
    ({"at": "x" * 101}, Reason.TEXT_TOO_LONG),
    ({"member": " "}, Reason.MEMBER_MISSING),
    ({"member": "", "phone": "+7 12"}, Reason.BAD_PHONE),
    ({"at": ""}, Reason.AT_MISSING),
    ({"at": "03/01/2026 10:00"}, Reason.BAD_AT),
    ({"at": "2026-02-30"}, Reason.BAD_AT),
    ({"at": "1772355600"}, Reason.BAD_AT),
    ({"at": "2011-03-27 02:30"}, Reason.AT_IN_GAP),
    ({"at": "2026-03-13"}, Reason.AT_IN_FUTURE),
    ({"at": "1969-12-31 23:59"}, Reason.AT_TOO_OLD),
    ({"quantity": "0"}, Reason.BAD_QUANTITY),
    ({"quantity": "two"}, Reason.BAD_QUANTITY),
    ({"quantity": "10000000000"}, Reason.BAD_QUANTITY),
    ({"price": ""}, Reason.AMOUNT_MISSING),
    ({"price": "ten"}, Reason.BAD_AMOUNT),
    ({"amount": "ten"}, Reason.BAD_AMOUNT),
    ({"price": "1,250"}, Reason.AMBIGUOUS_NUMBER),
    ({"quantity": "1,250"}, Reason.AMBIGUOUS_NUMBER),
    ({"amount": "10.005"}, Reason.AMOUNT_NOT_EXACT),
    ({"amount": "10000000000.01"}, Reason.AMOUNT_TOO_LARGE),
    ({"price": "999999999999", "quantity": "999999999"}, Reason.AMOUNT_TOO_LARGE),
    ({"price": "0"}, Reason.ZERO_AMOUNT),
    ({"price": "0.001", "quantity": "1"}, Reason.ZERO_AMOUNT),
    ({"quantity": "-1"}, Reason.RETURNED),
    ({"amount": "-5"}, Reason.RETURNED),
    ({"price": "-5"}, Reason.RETURNED),
    ({"quantity": "-1", "order_ref": "C489449"}, Reason.CANCELLED),
    ({"status": "Cancelled"}, Reason.CANCELLED),
    ({"status": "Отменён"}, Reason.CANCELLED),
    ({"status": "возврат"}, Reason.CANCELLED),
]


def row(**cells: str) -> str:
    chosen = {**GOOD, **cells}
    return ",".join(f'"{chosen.get(name, "")}"' for name in HEADER.split(","))


@pytest.mark.parametrize(("cells", "reason"), BAD, ids=[f"{reason}-{n}" for n, (_, reason) in enumerate(BAD)])
def test_a_bad_row_is_refused_with_its_reason_and_the_others_are_kept(
    tmp_path: Path, cells: dict[str, str], reason: Reason
) -> None:
    path = write(tmp_path, "\n".join([HEADER, row(), row(**cells), row(order_ref="A2")]) + "\n")

    lines, reasons = clean_file(path)

    assert reasons == {3: reason.value}
    assert [line["order_ref"] for line in lines] == ["A1", "A2"]


def test_every_reason_a_row_alone_can_have_is_provoked_here() -> None:
    of_files = {Reason.WRONG_FIELD_COUNT, Reason.NOT_AN_OBJECT}
    of_orders = {Reason.TWO_MEMBERS, Reason.ORDER_TOO_LONG, Reason.ORDER_TOO_LARGE}
    of_store = {Reason.ORDER_DIFFERS, Reason.UNKNOWN_MEMBER, Reason.CONTACT_TAKEN, Reason.DUPLICATE_MEMBER}
    of_members = {Reason.BAD_LANGUAGE, Reason.BAD_BIRTHDAY, Reason.BAD_CONSENT}

    assert {reason for _, reason in BAD} == set(Reason) - of_files - of_orders - of_store - of_members


def test_every_reason_has_its_text_in_both_languages() -> None:
    assert set(TEXTS) == set(Reason)
    assert all(text_of(reason, "ru") != text_of(reason, "en") for reason in Reason)


def test_a_good_row_becomes_a_line_in_minor_units_on_the_outlets_day(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEADER}\n{row(at='2026-02-28T22:30:00Z', phone='8 912 345-67-89')}\n")

    (line,), reasons = clean_file(path)

    assert not reasons
    assert line["day"] == date(2026, 3, 1)  # half past one at night in Moscow
    assert line["at"] == datetime(2026, 2, 28, 22, 30, tzinfo=UTC)
    assert (line["quantity_micro"], line["unit_minor"], line["total_minor"]) == (2_000_000, 25_050, 50_100)
    assert line["phone"] == "+79123456789"


def test_the_amount_of_a_line_outranks_the_price_and_tells_the_price_of_one(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEADER}\n{row(amount='100.00', quantity='3')}\n")

    (line,), _ = clean_file(path)

    assert (line["total_minor"], line["unit_minor"]) == (10_000, 3_333)


def test_a_row_without_quantity_sku_and_category_is_one_of_something_else(tmp_path: Path) -> None:
    (line,), _ = clean_file(write(tmp_path, f"{HEADER}\n{row(quantity='', sku='', category='')}\n"))

    assert (line["quantity_micro"], line["sku"], line["category"]) == (1_000_000, "", "other")


def test_times_with_and_without_an_offset_may_be_mixed(tmp_path: Path) -> None:
    written = {
        "2026-03-01T10:00:00+05:00": 5,
        "2026-03-01 10:00:00.5 -0330": 13,
        "2026-03-01 10:00:00Z": 10,
        "2026-03-01 10:00": 7,
        "01.03.2026 10:00": 7,
        "1.3.2026, 10:00:59": 7,
        "2026-03-01": -3,
    }
    path = write(tmp_path, "\n".join([HEADER, *(row(at=text) for text in written)]) + "\n")

    lines, reasons = clean_file(path)

    assert not reasons
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    assert [(line["at"] - midnight).total_seconds() // 3600 for line in lines] == list(written.values())


def test_the_hour_the_clocks_skip_is_refused_and_the_hour_they_repeat_is_its_first(tmp_path: Path) -> None:
    times = ["2025-03-30 02:30", "2025-03-30T02:30+01:00", "2025-10-26 02:30", "2025-03-30 03:00"]
    path = write(tmp_path, "\n".join([HEADER, *(row(at=text) for text in times)]) + "\n")

    lines, reasons = clean_file(path, zone="Europe/Berlin")

    assert reasons == {2: Reason.AT_IN_GAP.value}
    assert [line["at"].strftime("%d %H:%M") for line in lines] == ["30 01:30", "26 00:30", "30 01:00"]


def test_typed_columns_of_parquet_are_read_without_a_float_in_between(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "customer_id": [13085.0, 7.0],
            "ts": [datetime(2026, 3, 1, 10, 0), datetime(2011, 3, 27, 2, 30)],  # noqa: DTZ001 - files have local times
            "qty": [3, 1],
            "price": [0.1, 2.0],
        }
    )
    frame.write_parquet(tmp_path / "file.parquet")

    lines, reasons = clean_file(tmp_path / "file.parquet")

    assert reasons == {2: Reason.AT_IN_GAP.value}
    assert (lines[0]["member"], lines[0]["total_minor"]) == ("13085", 30)


def test_aware_times_of_parquet_keep_their_instant(tmp_path: Path) -> None:
    at = pl.Series("at", [datetime(2026, 3, 1, 10, 0, tzinfo=UTC)]).dt.convert_time_zone("Asia/Tokyo")
    pl.DataFrame([pl.Series("member", ["c"]), at, pl.Series("amount", ["1"])]).write_parquet(tmp_path / "f")

    (line,), _ = clean_file(tmp_path / "f", zone="America/New_York")

    assert line["at"] == datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def test_the_told_decimal_mark_reads_what_alone_would_be_ambiguous(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEADER}\n{row(price='1,250', quantity='1')}\n")

    as_point, _ = clean_file(path, mark=DecimalMark.POINT)
    as_comma, _ = clean_file(path, mark=DecimalMark.COMMA)

    assert (as_point[0]["total_minor"], as_comma[0]["total_minor"]) == (125_000, 125)


def test_an_apostrophe_that_defused_a_rejected_row_is_taken_off_again(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEADER}\n{row(member=chr(39) + '@c1', sku=chr(39) + '=1+1')}\n")

    (line,), _ = clean_file(path)

    assert (line["member"], line["sku"]) == ("@c1", "=1+1")
