"""Rows of a transactions file made into clean lines, and a reason for every row that cannot be one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from offers.model.purchase import MAX_TOTAL_MINOR
from service.importing.amounts import (
    DecimalMark,
    is_ambiguous,
    is_exact,
    micros,
    minor,
    product_minor,
    tidy,
    unit_minor,
)
from service.importing.bad_rows import Reason
from service.importing.columns import Layout
from service.importing.fields import is_damaged, is_too_long, taken, with_phones
from service.importing.instants import with_instants

FIELDS = ("member", "phone", "at", "order_ref", "sku", "category", "quantity", "amount", "price", "status")
TEXTS = ("member", "phone", "order_ref", "sku", "category", "status")
NUMBERS = ("quantity", "amount", "price")
CLOCK_SKEW = timedelta(days=1)
NO_CATEGORY = "other"
_CANCELLED = r"(?i)^(cancel|void|refund|return|annul|отмен|возвра|аннулир)"
_CANCELLED_ORDER = r"^[Cc]\d"

LINE_SCHEMA: dict[str, pl.DataType] = {
    "line": pl.UInt64(),
    "member": pl.String(),
    "phone": pl.String(),
    "day": pl.Date(),
    "order_ref": pl.String(),
    "at": pl.Datetime("ms", "UTC"),
    "sku": pl.String(),
    "category": pl.String(),
    "quantity_micro": pl.Int64(),
    "unit_minor": pl.Int64(),
    "total_minor": pl.Int64(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRules:
    """How rows are read: local times are of `zone`, business days of `outlet_zone`, amounts have `digits` decimals."""

    layout: Layout
    zone: str
    outlet_zone: str
    digits: int
    region: str | None
    mark: DecimalMark
    now: datetime


def clean_purchases(rows: pl.DataFrame, rules: PurchaseRules) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the good lines (LINE_SCHEMA) and the bad ones (`line`, `reason`); of several reasons the first is told."""
    frame = taken(rows, rules.layout, FIELDS, as_they_are=("at",))
    texts = TEXTS if frame.schema["at"] != pl.String else (*TEXTS, "at")
    frame = frame.with_columns(
        damaged=is_damaged(texts), too_long=is_too_long(texts), at_missing=pl.col("at").is_null()
    )
    frame = with_phones(with_instants(frame, "at", rules.zone), rules.region)
    frame = frame.with_columns(tidy(pl.col(name), rules.mark) for name in NUMBERS)
    frame = frame.with_columns(micros(pl.col(name)).alias(f"{name}_micro") for name in NUMBERS)
    frame = frame.with_columns(
        pl.when(pl.col("quantity").is_null()).then(10**6).otherwise(pl.col("quantity_micro")).alias("quantity_micro")
    )
    judged = frame.with_columns(_reason(rules).alias("reason")).with_columns(_line_total(rules.digits).alias("total"))
    judged = judged.with_columns(pl.coalesce("reason", _reason_of_total()).alias("reason"))
    good = judged.filter(pl.col("reason").is_null()).with_columns(total_minor=pl.col("total").cast(pl.Int64))
    return _lines(good, rules), judged.filter(pl.col("reason").is_not_null()).select("line", "reason")


def _reason(rules: PurchaseRules) -> pl.Expr:
    amount, price, quantity = pl.col("amount_micro"), pl.col("price_micro"), pl.col("quantity_micro")
    no_amount, no_price = pl.col("amount").is_null(), pl.col("price").is_null()
    negative = (quantity < 0) | (amount < 0) | (no_amount & (price < 0))
    far = pl.lit(rules.now.astimezone(UTC) + CLOCK_SKEW).cast(pl.Datetime("ms", "UTC"))
    first = pl.lit(datetime(1970, 1, 1, tzinfo=UTC)).cast(pl.Datetime("ms", "UTC"))
    checks = [
        (pl.col("damaged"), Reason.BAD_ENCODING),
        (pl.col("too_long"), Reason.TEXT_TOO_LONG),
        (pl.col("phone_is_bad") & pl.col("member").is_null(), Reason.BAD_PHONE),
        (pl.col("member").is_null() & pl.col("phone").is_null(), Reason.MEMBER_MISSING),
        (pl.col("at_missing"), Reason.AT_MISSING),
        (pl.col("at_is_bad"), Reason.BAD_AT),
        (pl.col("at_in_gap"), Reason.AT_IN_GAP),
        (pl.col("at") > far, Reason.AT_IN_FUTURE),
        (pl.col("at") < first, Reason.AT_TOO_OLD),
        (pl.col("status").str.contains(_CANCELLED), Reason.CANCELLED),
        (negative & pl.col("order_ref").str.contains(_CANCELLED_ORDER), Reason.CANCELLED),
        (negative, Reason.RETURNED),
        (pl.any_horizontal(is_ambiguous(pl.col(name)) for name in NUMBERS), Reason.AMBIGUOUS_NUMBER),
        (quantity.is_null() | (quantity == 0) | (quantity > 10**15), Reason.BAD_QUANTITY),
        (no_amount & no_price, Reason.AMOUNT_MISSING),
        (~no_amount & amount.is_null(), Reason.BAD_AMOUNT),
        (no_amount & price.is_null(), Reason.BAD_AMOUNT),
        (~no_amount & ~is_exact(amount, rules.digits), Reason.AMOUNT_NOT_EXACT),
    ]
    return pl.coalesce(pl.when(check).then(pl.lit(reason.value)) for check, reason in checks)


def _line_total(digits: int) -> pl.Expr:
    of_amount = minor(pl.col("amount_micro"), digits).cast(pl.Int128)
    of_price = product_minor(pl.col("price_micro"), pl.col("quantity_micro"), digits)
    return pl.when(pl.col("reason").is_null()).then(pl.coalesce(of_amount, of_price))


def _reason_of_total() -> pl.Expr:
    zero = pl.when(pl.col("total") == 0).then(pl.lit(Reason.ZERO_AMOUNT.value))
    large = pl.when(pl.col("total") > MAX_TOTAL_MINOR).then(pl.lit(Reason.AMOUNT_TOO_LARGE.value))
    return pl.coalesce(zero, large)


def _lines(good: pl.DataFrame, rules: PurchaseRules) -> pl.DataFrame:
    of_total = unit_minor(pl.col("total_minor"), pl.col("quantity_micro")).cast(pl.Int64)
    of_price = minor(pl.col("price_micro"), rules.digits)
    return good.with_columns(
        pl.col("at").dt.convert_time_zone(rules.outlet_zone).dt.date().alias("day"),
        pl.coalesce(pl.when(pl.col("amount").is_null()).then(of_price), of_total).alias("unit_minor"),
        pl.col("sku").fill_null(""),
        pl.col("category").fill_null(NO_CATEGORY),
    ).select(pl.col(name).cast(dtype) for name, dtype in LINE_SCHEMA.items())
