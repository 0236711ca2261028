"""Lines scattered over a file come together to purchases; lines without an order are purchases of their own."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from offers.model.history import MemberKey
from offers.model.purchase import MAX_TOTAL_MINOR
from service.importing.bad_rows import Reason
from service.importing.clean_purchases import LINE_SCHEMA
from service.importing.orders import MAX_ORDER_LINES, Order, orders_of, slices_of
from service.importing.spill import Spill

AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def line(number: int, **cells: Any) -> dict[str, Any]:
    whole = {
        "line": number,
        "member": "c1",
        "phone": None,
        "day": date(2026, 3, 1),
        "order_ref": "A1",
        "at": AT,
        "sku": f"s{number}",
        "category": "coffee",
        "quantity_micro": 1_500_000,
        "unit_minor": 200,
        "total_minor": 300,
    }
    return {**whole, **cells}


def frame(*lines: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(lines, schema=LINE_SCHEMA)


def orders(*lines: dict[str, Any]) -> list[Order]:
    grouped, bad = orders_of(frame(*lines))
    assert bad.height == 0
    return [order for some in slices_of(grouped) for order in some]


def reasons(*lines: dict[str, Any]) -> dict[int, str]:
    _, bad = orders_of(frame(*lines))
    return dict(bad.iter_rows())


def test_lines_of_one_order_and_day_are_one_purchase_at_its_first_instant() -> None:
    later = datetime(2026, 3, 1, 10, 5, tzinfo=UTC)

    (order,) = orders(line(5, at=later, sku="b"), line(2, sku="a"))

    assert list(order.lines) == [2, 5]
    assert (order.purchase.at, order.purchase.business_day) == (AT, "2026-03-01")
    assert [(each.sku, str(each.quantity), each.payable_minor) for each in order.purchase.lines] == [
        ("a", "1.5", 300),
        ("b", "1.5", 300),
    ]


def test_the_same_reference_on_another_day_is_another_purchase() -> None:
    assert len(orders(line(2), line(3, day=date(2026, 3, 2)))) == 2


def test_a_member_named_by_number_on_one_line_and_phone_on_another_is_one_member() -> None:
    (order,) = orders(line(2), line(3, member=None, phone="+79123456789"), line(4, phone="+79123456789"))

    assert order.purchase.member == MemberKey(external_id="c1", phone="+79123456789")


@pytest.mark.parametrize("other", [{"member": "c2"}, {"phone": "+79123456780"}])
def test_an_order_of_two_members_is_refused_whole(other: dict[str, str]) -> None:
    refused = reasons(line(2, phone="+79123456789"), line(3, **other), line(4, order_ref="A2"))

    assert refused == {2: Reason.TWO_MEMBERS.value, 3: Reason.TWO_MEMBERS.value}


def test_an_order_too_long_or_too_large_is_refused() -> None:
    long = reasons(*(line(number) for number in range(MAX_ORDER_LINES + 1)))
    large = reasons(line(2, total_minor=MAX_TOTAL_MINOR), line(3, total_minor=1))

    assert set(long.values()) == {Reason.ORDER_TOO_LONG.value}
    assert len(long) == MAX_ORDER_LINES + 1
    assert large == {2: Reason.ORDER_TOO_LARGE.value, 3: Reason.ORDER_TOO_LARGE.value}
    assert orders(*(line(number) for number in range(MAX_ORDER_LINES)))


def test_lines_without_an_order_are_told_apart_even_when_they_say_the_same() -> None:
    alone = [line(number, order_ref=None, sku="same") for number in (2, 3, 4)]
    other = line(5, order_ref=None, sku="other")

    first = [order.purchase.order_ref for order in orders(*alone, other)]
    again = [order.purchase.order_ref for order in orders(*alone, other)]
    more = [order.purchase.order_ref for order in orders(*alone, other, line(6, order_ref=None, sku="same"))]

    assert len(set(first)) == 4
    assert first == again
    assert set(first) < set(more)


def test_a_reference_made_of_content_never_changes_between_versions() -> None:
    (order,) = orders(line(2, order_ref=None, sku="same"))

    assert order.purchase.order_ref == "~9f777f633ff295dd67a8a70e-0"


def test_slices_are_small_enough_for_a_transaction() -> None:
    many = [line(number, order_ref=f"A{number}") for number in range(1_201)]
    long = [line(number, order_ref=f"B{number // 3_000}") for number in range(12_000)]

    sizes = [len(some) for some in slices_of(orders_of(frame(*many))[0])]
    lines = [sum(len(order.lines) for order in some) for some in slices_of(orders_of(frame(*long))[0])]

    assert sizes == [500, 500, 201]
    assert lines == [9_000, 3_000]


def test_scattered_lines_come_back_whole_from_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.importing.spill.LINES_IN_PART", 100)
    monkeypatch.setattr("service.importing.spill.LINES_IN_MEMORY", 70)
    lines = [line(n, order_ref=None if n % 5 == 0 else f"A{n % 40}", sku=f"s{n % 3}") for n in range(1_000)]
    lines.sort(key=lambda each: each["line"] * 619 % 1_000)
    spill = Spill(tmp_path, likely_lines=len(lines))
    for start in range(0, len(lines), 30):
        spill.add(frame(*lines[start : start + 30]))

    parts = [order for part in spill.parts() for some in slices_of(orders_of(part)[0]) for order in some]

    whole = orders(*lines)
    assert {order.purchase.order_ref: list(order.lines) for order in parts} == {
        order.purchase.order_ref: list(order.lines) for order in whole
    }
    assert len(parts) == len(whole)
    assert list(tmp_path.iterdir()) == []
