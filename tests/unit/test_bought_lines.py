"""Lines of receipts read a batch at a time: the same as each receipt decoded by itself, however receipts look."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import bson
from bson import Decimal128
from bson.codec_options import CodecOptions, DatetimeConversion
from hypothesis import given
from hypothesis import strategies as st

from offers.store.bought_lines import BoughtLines, read_lines

IN_MS: CodecOptions[dict[str, Any]] = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_MS)
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)

quantities = st.decimals(0, 100, places=3).map(Decimal128)
lines = st.fixed_dictionaries(
    {
        "category": st.text(max_size=12),
        "quantity": quantities,
        "payable_minor": st.integers(0, 5) | st.integers(0, 2**40),
    }
)
instants = st.integers(0, 10**6).map(lambda minutes: BEGAN + timedelta(minutes=minutes))
receipts = st.fixed_dictionaries(
    {
        "_id": st.text(min_size=1, max_size=20),
        "member_id": st.text(max_size=20),
        "at": instants,
        "recorded_at": instants,
        "lines": st.lists(lines, max_size=12),
        "state": st.sampled_from(["settled", "voided", "returned"]),
    },
    optional={
        "origin": st.sampled_from(["till", "import", "imports"]),
        "more": st.lists(st.integers(0, 9), max_size=2),
    },
)


def one_by_one(documents: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    found = BoughtLines()
    for each in documents:
        document: dict[str, Any] = bson.decode(bson.encode(each), IN_MS)
        found.add(document)
    return rows(found)


def rows(found: BoughtLines) -> list[tuple[Any, ...]]:
    columns = (found.member_ids, found.at_ms, found.known_at_ms, found.order_ids, found.categories, found.quantities,
               found.amounts_minor)  # fmt: skip
    return list(zip(*columns, strict=True))


@given(st.lists(receipts, max_size=30), st.booleans())
def test_a_batch_says_what_its_receipts_say_one_by_one(documents: list[dict[str, Any]], alike: bool) -> None:  # noqa: FBT001 - drawn
    if alike:
        documents = [{"origin": "till", **{name: each[name] for name in each if name != "more"}} for each in documents]

    count, found = read_lines(b"".join(bson.encode(each) for each in documents))

    assert count == len(documents)
    assert sorted(rows(found)) == sorted(one_by_one(documents))


def test_lines_of_receipts_that_look_alike_come_in_their_order() -> None:
    line = {"category": "tea", "quantity": Decimal128(Decimal(2)), "payable_minor": 500}
    documents = [
        {
            "_id": f"p{number}",
            "member_id": "m",
            "at": BEGAN,
            "recorded_at": BEGAN + timedelta(days=1),
            "lines": [{**line, "category": f"c{place}"} for place in range(number + 1)],
            "origin": "import" if number == 2 else "till",
            "state": "settled",
        }
        for number in range(4)
    ]

    _, found = read_lines(b"".join(bson.encode(each) for each in documents))

    assert rows(found) == one_by_one(documents)
    assert [found.known_at_ms[place] == found.at_ms[place] for place in range(10)] == [False] * 3 + [True] * 3 + [
        False
    ] * 4


def test_no_receipts_are_no_lines() -> None:
    count, found = read_lines(b"")

    assert (count, len(found)) == (0, 0)
