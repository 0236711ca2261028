"""Receipts made up by dice, for the laws of returns: every share within its line, any number of lots behind them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from offers.engine.allocation import share_out
from offers.engine.goods_back import returned_so_far
from offers.model.ids import CheckoutId, LotId, MemberId, OutletId, ProgrammeId
from offers.model.ledger import Lot
from offers.model.purchase import Receipt, ReceiptLine
from offers.model.returns import GoodsBack

NOW = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)


def dice_of(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a law has to be tried in the same ways every time


def receipt_by(dice: Random, *, most_lines: int = 4) -> Receipt:
    lines = tuple(_line(dice) for _ in range(dice.randint(1, most_lines)))
    redeemed_minor = sum(line.redeemed_minor for line in lines)
    points = dice.randint(0, redeemed_minor)
    return Receipt(
        id=CheckoutId("c1"),
        programme_id=ProgrammeId("p1"),
        outlet_id=OutletId("o1"),
        member_id=MemberId("m1"),
        card_id=None,
        order_ref="A-1",
        business_day="2026-03-11",
        at=NOW,
        recorded_at=NOW,
        currency="RUB",
        total_minor=sum(line.total_minor for line in lines),
        discount_minor=sum(line.discount_minor for line in lines),
        redeemed_minor=redeemed_minor,
        payable_minor=sum(line.payable_minor for line in lines),
        points_accrued=sum(line.points_accrued for line in lines),
        points_redeemed=points,
        balance=0,
        card_version=1,
        discount_bp=0,
        lines=lines,
        explain=(),
        spent=_lots(dice, points),
        accrual_lot=LotId("c1"),
        body_digest="d",
        idempotency_key=None,
    )


def some_goods(dice: Random, receipt: Receipt) -> tuple[GoodsBack, ...]:
    """Ask for a part of what is left, by quantity, by amount or by both; nothing when no line was chosen."""
    asked = []
    for index, line in enumerate(receipt.lines):
        back = returned_so_far(receipt, index)
        left_minor = line.total_minor - back.total_minor
        left_milli = int((line.quantity - back.quantity) * 1_000)
        if left_minor <= 0 or dice.random() < 0.3:
            continue
        quantity = Decimal(dice.randint(1, left_milli)).scaleb(-3) if left_milli > 0 else None
        amount: int | None = dice.randint(1, left_minor)
        if quantity is None or _is_ahead(back.total_minor, back.quantity, line):
            quantity = None
        elif dice.random() < 0.5:
            amount = None
        asked.append(GoodsBack(line=index, quantity=quantity, amount_minor=amount))
    return tuple(asked)


def _is_ahead(returned_minor: int, quantity: Decimal, line: ReceiptLine) -> bool:
    """Once amounts ran ahead of quantities, another quantity may be worth more than is left."""
    return returned_minor > line.total_minor * quantity / line.quantity


def _line(dice: Random) -> ReceiptLine:
    total = dice.choice([dice.randint(1, 20), dice.randint(1, 100_000)])
    discount = dice.randint(0, total)
    redeemed = dice.randint(0, total - discount)
    by_weight = Decimal(dice.randint(1, 5_000)).scaleb(-3)
    return ReceiptLine(
        sku="s",
        category="c",
        quantity=by_weight if dice.random() < 0.3 else Decimal(dice.choice([1, 2, 3, 10])),
        unit_price_minor=total,
        total_minor=total,
        discount_minor=discount,
        redeemed_minor=redeemed,
        payable_minor=total - discount - redeemed,
        points_accrued=dice.randint(0, total),
    )


def _lots(dice: Random, points: int) -> tuple[Lot, ...]:
    shares = share_out(points, [dice.randint(1, 9) for _ in range(dice.randint(1, 4))])
    return tuple(
        Lot(
            id=LotId(f"lot{number}"),
            issued=share,
            remaining=share,
            active_from=NOW - timedelta(days=9),
            expires_at=NOW + timedelta(days=dice.randint(1, 300)),
            funder="m1",
        )
        for number, share in enumerate(shares)
        if share
    )
