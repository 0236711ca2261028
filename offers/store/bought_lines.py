"""Lines of receipts as MongoDB sends them: what all receipts of a batch have alike is read at once, not one by one.

A document of BSON is its length, then elements (a kind, a name, a value), then a zero (bsonspec.org). Receipts are
written by one program, so that nearly all of a batch have the same elements in the same order: each element is read of
all of them, by arrays. Whatever is otherwise is decoded by itself. (PyMongoArrow reads columns too, but gives whole
results, which for a long history do not fit into memory.)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from bson import Decimal128, decode
from bson.codec_options import CodecOptions, DatetimeConversion

from offers.model.purchase import ReceiptOrigin, ReceiptState
from offers.store.bson_walk import Walk

Places = npt.NDArray[np.int64]

WANTED: Mapping[str, Any] = dict.fromkeys(
    ("member_id", "at", "recorded_at", "origin", "state", "lines.category", "lines.quantity", "lines.payable_minor"), 1,
)  # fmt: skip
"""What to ask MongoDB for; it adds `_id`, and sends elements in the order in which they were written."""
RETURNED: Sequence[Mapping[str, Any]] = (
    {
        "$lookup": {
            "from": "receipts",
            "localField": "checkout_id",
            "foreignField": "_id",
            "pipeline": [{"$project": {"member_id": 1, "state": 1, "lines.category": 1}}],
            "as": "of",
        }
    },
    {"$project": {"at": 1, "lines.line": 1, "lines.quantity": 1, "lines.refund_minor": 1, "of": 1}},
)
"""What to ask MongoDB for of returns."""
QUANTITIES = 10_000
"""Different quantities that are remembered."""
_LOOKED_AT = 20
"""So many of a batch are decoded to learn how the others look."""
_RECEIPT = frozenset({"_id", "member_id", "at", "recorded_at", "origin", "state", "lines"})
_LINE = frozenset({"category", "quantity", "payable_minor"})
_IMPORT, _VOIDED = ReceiptOrigin.IMPORT.value, ReceiptState.VOIDED.value
_IN_MS: CodecOptions[dict[str, Any]] = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_MS)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtLines:
    """Lines that were bought, and lines that came back (their numbers below zero), in columns: an entry of each list.

    What came back is a line of its own day: a purchase is known as it was until then. `at_ms` and `known_at_ms`
    (when we heard of it) are milliseconds since 1970 in UTC.
    """

    member_ids: list[str] = field(default_factory=list)
    at_ms: list[int] = field(default_factory=list)
    known_at_ms: list[int] = field(default_factory=list)
    order_ids: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    quantities: list[float] = field(default_factory=list)
    amounts_minor: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.member_ids)

    def add(self, document: Mapping[str, Any]) -> None:
        """Add a receipt's lines, unless it was voided. An imported one was known when made: its file came later."""
        if document["state"] == _VOIDED:
            return
        known_at_ms = int(document["at" if document.get("origin") == _IMPORT else "recorded_at"])
        for line in document["lines"]:
            quantity, amount_minor = _number(line["quantity"].bid), line["payable_minor"]
            if quantity > 0 or amount_minor > 0:
                self._append(document, line["category"], known_at_ms, quantity, amount_minor)

    def add_return(self, document: Mapping[str, Any]) -> None:
        """Add what came back at once, given with its receipt as `of`: a list of one, or of none where it is gone."""
        for receipt in document["of"]:
            told = {"_id": receipt["_id"], "member_id": receipt["member_id"], "at": document["at"]}
            for line in document["lines"]:
                quantity, refund_minor = _number(line["quantity"].bid), line["refund_minor"]
                if receipt["state"] != _VOIDED and (quantity > 0 or refund_minor > 0):
                    category = receipt["lines"][line["line"]]["category"]
                    self._append(told, category, int(document["at"]), -quantity, -refund_minor)

    def _append(
        self, document: Mapping[str, Any], category: str, known_at_ms: int, quantity: float, amount_minor: int
    ) -> None:
        self.member_ids.append(document["member_id"])
        self.at_ms.append(int(document["at"]))
        self.known_at_ms.append(known_at_ms)
        self.order_ids.append(document["_id"])
        self.categories.append(category)
        self.quantities.append(quantity)
        self.amounts_minor.append(amount_minor)


def read_lines(raw: bytes) -> tuple[int, BoughtLines]:
    """Read a batch of receipts, asked for by WANTED, one document after another; gives how many they are, too."""
    starts, found = _starts(raw), BoughtLines()
    looks = _looks(_decoded(raw, islice(starts, _LOOKED_AT)))
    if looks is None:
        strange = starts
    else:
        alike = _alike(Walk.over(raw, starts), *looks, found)
        strange = [start for start, one in zip(starts, alike, strict=True) if not one]
    for document in _decoded(raw, iter(strange)):
        found.add(document)
    return len(starts), found


def read_returns(raw: bytes) -> BoughtLines:
    """Read a batch of returns, each with its receipt as RETURNED asks for them."""
    found = BoughtLines()
    for document in _decoded(raw, iter(_starts(raw))):
        found.add_return(document)
    return found


def _starts(raw: bytes) -> list[int]:
    found, start = list[int](), 0
    while start < len(raw):
        found.append(start)
        start += int.from_bytes(raw[start : start + 4], "little")
    return found


def _decoded(raw: bytes, starts: Iterator[int]) -> Iterator[dict[str, Any]]:
    for start in starts:
        yield decode(raw[start : start + int.from_bytes(raw[start : start + 4], "little")], _IN_MS)


def _looks(documents: Iterator[dict[str, Any]]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Give the names of a usual receipt and of its lines, in their order; None where there is no usual one."""
    for each in documents:
        if each.keys() == _RECEIPT and each["lines"] and each["lines"][0].keys() == _LINE:
            return tuple(each), tuple(each["lines"][0])
    return None


def _alike(walk: Walk, names: tuple[str, ...], of_line: tuple[str, ...], found: BoughtLines) -> list[bool]:
    """Add the lines of all receipts that look alike; gives which they are."""
    seen: dict[str, Any] = {}
    for name in names:
        match name:
            case "at" | "recorded_at":
                seen[name] = walk.instant(name)
            case "lines":
                seen[name] = _lines(walk, of_line)
            case _:
                seen[name] = walk.text(name)
    walk.end()
    known = np.where(walk.is_word(seen["origin"], _IMPORT), seen["at"], seen["recorded_at"])
    _add(walk, seen, known, walk.alike & ~walk.is_word(seen["state"], _VOIDED), found)
    usual: list[bool] = walk.alike.tolist()
    return usual


def _lines(walk: Walk, names: tuple[str, ...]) -> tuple[Places, dict[str, Any]]:
    """Read the lines: the first of every receipt, the second of those that have one, and so on."""
    walk.array("lines")
    owners, told = list[Places](), dict[str, list[Any]]({name: [] for name in names})
    number = 0
    while (left := walk.unended()).size:
        some = walk.some(left)
        some.document(str(number))
        for name in names:
            match name:
                case "category":
                    told[name].append(some.text(name))
                case "quantity":
                    told[name].append(some.decimal(name))
                case _:
                    told[name].append(some.whole(name))
        some.end()
        walk.go_on(left, some)
        owners.append(left)
        number += 1
    walk.end()
    nothing = np.zeros(0, dtype=np.int64)
    whole = {name: np.concatenate([*each, nothing.reshape(0, *each[0].shape[1:]) if each else nothing])
             for name, each in told.items()}  # fmt: skip
    return np.concatenate([*owners, nothing]), whole


def _add(walk: Walk, seen: dict[str, Any], known: Places, usual: npt.NDArray[np.bool_], found: BoughtLines) -> None:
    owner, told = seen["lines"]
    kept = np.flatnonzero(usual[owner])
    kept = kept[np.argsort(owner[kept], kind="stable")]
    quantities = [_number(each) for each in walk.pieces(told["quantity"][kept])]
    amounts = told["payable_minor"][kept]
    some = (np.array(quantities, dtype=np.float64) > 0) | (amounts > 0)
    kept, amounts = kept[some], amounts[some]
    owner = owner[kept]
    found.member_ids.extend(walk.words(seen["member_id"][owner]))
    found.order_ids.extend(walk.words(seen["_id"][owner]))
    found.categories.extend(walk.words(told["category"][kept]))
    found.at_ms.extend(seen["at"][owner].tolist())
    found.known_at_ms.extend(known[owner].tolist())
    found.quantities.extend(each for each, one in zip(quantities, some.tolist(), strict=True) if one)
    found.amounts_minor.extend(amounts.tolist())


@lru_cache(maxsize=QUANTITIES)
def _number(bid: bytes) -> float:
    """Read a decimal from its bytes. Most quantities are a few numbers, and a decoder by type takes twice as long."""
    return float(Decimal128.from_bid(bid).to_decimal())
