"""Lines put together to purchases: by business day and order, or each alone when it has no order."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import polars as pl

from offers.engine.past_lines import past_line
from offers.model.history import MemberKey, PastPurchase
from offers.model.purchase import MAX_TOTAL_MINOR, ReceiptLine
from service.importing.amounts import MICRO, MICRO_DIGITS
from service.importing.bad_rows import Reason
from service.importing.spill import content_key

MAX_ORDER_LINES = 5_000
PURCHASES_AT_ONCE = 500
LINES_AT_ONCE = 10_000
_CELLS = ("line", "sku", "category", "quantity_micro", "unit_minor", "total_minor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A purchase, and the numbers of the lines it was made of."""

    purchase: PastPurchase
    lines: Sequence[int]


def orders_of(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put lines together: one row for each order by day, its lines as lists.

    The second answer are the lines (`line`, `reason`) of orders that cannot be.
    """
    lines = _with_own_refs(lines.sort("line"))
    grouped = (
        lines.group_by("day", "order_ref", maintain_order=True)
        .agg(
            pl.col("member").drop_nulls().first(),
            pl.col("phone").drop_nulls().first(),
            pl.col("member").drop_nulls().n_unique().alias("members"),
            pl.col("phone").drop_nulls().n_unique().alias("phones"),
            pl.col("at").min(),
            pl.col("total_minor").cast(pl.Int128).sum().alias("whole_minor"),
            *(pl.col(name).alias(f"{name}s") for name in _CELLS),
        )
        .sort("day", maintain_order=True)
        .with_columns(
            pl.coalesce(
                _when((pl.col("members") > 1) | (pl.col("phones") > 1), Reason.TWO_MEMBERS),
                _when(pl.col("lines").list.len() > MAX_ORDER_LINES, Reason.ORDER_TOO_LONG),
                _when(pl.col("whole_minor") > MAX_TOTAL_MINOR, Reason.ORDER_TOO_LARGE),
            ).alias("reason")
        )
    )
    bad = grouped.filter(pl.col("reason").is_not_null()).select("day", "order_ref", "reason")
    good = grouped.filter(pl.col("reason").is_null()).drop("reason", "members", "phones", "whole_minor")
    return good, lines.join(bad, on=("day", "order_ref")).select("line", "reason")


def slices_of(grouped: pl.DataFrame) -> Iterator[list[Order]]:
    """Give the orders in slices, each small enough for one transaction."""
    orders: list[Order] = []
    lines = 0
    for row in grouped.iter_rows(named=True):
        if orders and (len(orders) == PURCHASES_AT_ONCE or lines + len(row["lines"]) > LINES_AT_ONCE):
            yield orders
            orders, lines = [], 0
        orders.append(_order(row))
        lines += len(row["lines"])
    if orders:
        yield orders


def _order(row: dict[str, Any]) -> Order:
    cells = zip(*(row[f"{name}s"] for name in _CELLS[1:]), strict=True)
    purchase = PastPurchase(
        member=MemberKey(external_id=row["member"], phone=row["phone"]),
        order_ref=row["order_ref"],
        business_day=row["day"].isoformat(),
        at=row["at"],
        lines=tuple(_line(*cell) for cell in cells),
    )
    return Order(purchase=purchase, lines=row["lines"])


@lru_cache(maxsize=65_536)
def _line(sku: str, category: str, quantity_micro: int, unit_minor: int, total_minor: int) -> ReceiptLine:
    """Make a line; the same line of many orders is made once."""
    return past_line(
        sku=sku,
        category=category,
        quantity=_quantity(quantity_micro),
        unit_price_minor=unit_minor,
        total_minor=total_minor,
    )


@lru_cache(maxsize=4_096)
def _quantity(micro: int) -> Decimal:
    whole, rest = divmod(micro, MICRO)
    return Decimal(micro).scaleb(-MICRO_DIGITS).normalize() if rest else Decimal(whole)


def _with_own_refs(lines: pl.DataFrame) -> pl.DataFrame:
    """Give a line without an order a reference made of its content; equal lines are told apart by counting them.

    The same file gives the same references for ever, so a second run finds the first one's receipts.
    """
    if not lines.get_column("order_ref").null_count():
        return lines
    alone = lines.filter(pl.col("order_ref").is_null()).with_columns(content_key().alias("content"))
    alone = alone.with_columns(pl.int_range(pl.len()).over("content").alias("number"))
    pairs = alone.select("content", "number").iter_rows()
    refs = [f"~{hashlib.sha256(content.encode()).hexdigest()[:24]}-{number}" for content, number in pairs]
    named = alone.with_columns(pl.Series("order_ref", refs, dtype=pl.String)).select(lines.columns)
    return pl.concat([lines.filter(pl.col("order_ref").is_not_null()), named])


def _when(check: pl.Expr, reason: Reason) -> pl.Expr:
    return pl.when(check).then(pl.lit(reason.value))
