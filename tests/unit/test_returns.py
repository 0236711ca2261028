"""The laws of returns: however a purchase is split into them, they sum to one that returns it whole."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.engine.counters import counting, uncounting
from offers.engine.goods_back import goods_back
from offers.engine.returns import reverse, undo
from offers.model.checkout_errors import NothingToReturn, OverReturn, UnknownLine
from offers.model.ids import MemberId, ProgrammeId
from offers.model.ledger import POINTS, Account
from offers.model.member import Counters
from offers.model.programme import Terms
from offers.model.purchase import Receipt, ReceiptState
from offers.model.returns import GoodsBack, ReturnedLine
from tests.unit.receipts import NOW, dice_of, receipt_by, some_goods

SPLITS = 20_000
MOST_PARTS = 6
NUMBERS = ("total_minor", "discount_minor", "redeemed_minor", "refund_minor", "points_redeemed", "points_accrued")
SEEDS = st.integers(0, 2**32).map(dice_of)


def split(dice: Random, receipt: Receipt) -> tuple[Receipt, list[tuple[ReturnedLine, ...]]]:
    """Return a receipt in random parts, to the last one."""
    parts = []
    for _ in range(dice.randint(0, MOST_PARTS)):
        if goods := some_goods(dice, receipt):
            undoing = undo(receipt, goods)
            parts.append(undoing.lines)
            receipt = undoing.receipt
    if receipt.state is not ReceiptState.RETURNED:
        undoing = undo(receipt, None)
        parts.append(undoing.lines)
        receipt = undoing.receipt
    return receipt, parts


def test_twenty_thousand_random_splits_sum_exactly_to_one_full_return() -> None:
    dice = dice_of(2026)
    for _ in range(SPLITS):
        receipt = receipt_by(dice, most_lines=2)
        left, parts = split(dice, receipt)

        lines = [line for part in parts for line in part]
        for name in NUMBERS:
            assert all(getattr(line, name) >= 0 for line in lines)
        assert sum(line.total_minor for line in lines) == receipt.total_minor
        assert sum(line.discount_minor for line in lines) == receipt.discount_minor
        assert sum(line.redeemed_minor for line in lines) == receipt.redeemed_minor
        assert sum(line.refund_minor for line in lines) == receipt.payable_minor
        assert sum(line.points_redeemed for line in lines) == receipt.points_redeemed
        assert sum(line.points_accrued for line in lines) == receipt.points_accrued
        assert left.state is ReceiptState.RETURNED
        assert left.given_back == tuple(lot.remaining for lot in receipt.spent)


@given(SEEDS)
def test_every_line_comes_back_whole_whatever_way_its_parts_took(dice: Random) -> None:
    receipt = receipt_by(dice)

    left, _ = split(dice, receipt)

    (whole,) = {undo(receipt, None).receipt.returned}
    numbers = [[getattr(line, name) for name in NUMBERS] for line in left.returned]
    assert numbers == [[getattr(line, name) for name in NUMBERS] for line in whole]


@given(SEEDS)
def test_a_part_undoes_no_more_than_its_part(dice: Random) -> None:
    receipt = receipt_by(dice, most_lines=1)
    goods = some_goods(dice, receipt)
    if not goods:
        return

    (line,) = goods_back(receipt, goods)

    sold = receipt.lines[0]
    for undone, whole in (
        (line.discount_minor, sold.discount_minor),
        (line.redeemed_minor, sold.redeemed_minor),
        (line.refund_minor, sold.payable_minor),
        (line.points_redeemed, receipt.points_redeemed),
        (line.points_accrued, sold.points_accrued),
    ):
        assert undone == whole * line.total_minor // sold.total_minor


@given(SEEDS)
def test_points_go_back_to_the_lots_they_came_from_as_if_at_once(dice: Random) -> None:
    receipt = receipt_by(dice)
    account = Account(member_id=MemberId("m1"), programme_id=ProgrammeId("p1"), currency=POINTS)
    at_once = account
    for movement in reverse(account, undo(receipt, None), terms=Terms(), at=NOW)[: bool(receipt.points_redeemed)]:
        at_once = movement.account

    while receipt.state is not ReceiptState.RETURNED:
        undoing = undo(receipt, some_goods(dice, receipt) or None)
        for movement in reverse(account, replace(undoing, accrued=0), terms=Terms(), at=NOW):
            account = movement.account
        receipt = undoing.receipt

    assert {lot.id: (lot.remaining, lot.expires_at) for lot in account.lots} == {
        lot.id: (lot.remaining, lot.expires_at) for lot in at_once.lots
    }
    assert account.balance == at_once.balance == receipt.points_redeemed


@given(SEEDS)
def test_counters_end_where_they_began(dice: Random) -> None:
    receipt = receipt_by(dice)
    before = counting(Counters(), receipt_by(dice))
    counters = counting(before, receipt)

    while receipt.state is not ReceiptState.RETURNED:
        undoing = undo(receipt, some_goods(dice, receipt) or None)
        counters = uncounting(counters, receipt, undoing.lines, is_whole=undoing.is_whole)
        receipt = undoing.receipt

    assert (counters.purchases, counters.spend_minor) == (before.purchases, before.spend_minor)
    assert counters.categories == before.categories


@given(SEEDS)
def test_more_than_is_left_is_refused(dice: Random) -> None:
    receipt = receipt_by(dice, most_lines=1)
    if goods := some_goods(dice, receipt):
        receipt = undo(receipt, goods).receipt
    back, sold = receipt.returned[0].total_minor if receipt.returned else 0, receipt.lines[0]

    with pytest.raises(OverReturn) as refusal:
        goods_back(receipt, [GoodsBack(line=0, amount_minor=sold.total_minor - back + 1)])
    with pytest.raises(OverReturn):
        goods_back(receipt, [GoodsBack(line=0, quantity=sold.quantity + Decimal("0.001"))])
    assert refusal.value.left_minor == sold.total_minor - back


@given(SEEDS)
def test_of_a_returned_purchase_nothing_is_left(dice: Random) -> None:
    receipt, _ = split(dice, receipt_by(dice))

    with pytest.raises(NothingToReturn):
        undo(receipt, None)
    with pytest.raises(OverReturn):
        undo(receipt, [GoodsBack(line=0, amount_minor=1)])


def test_a_line_the_receipt_does_not_have_is_refused() -> None:
    receipt = receipt_by(dice_of(1), most_lines=1)

    with pytest.raises(UnknownLine):
        undo(receipt, [GoodsBack(line=1, amount_minor=1)])
    with pytest.raises(UnknownLine):
        undo(receipt, [GoodsBack(line=-1, amount_minor=1)])


def test_a_gift_comes_back_by_its_quantity() -> None:
    receipt = receipt_by(dice_of(1), most_lines=1)
    gift = replace(
        receipt.lines[0],
        quantity=Decimal(2),
        total_minor=0,
        discount_minor=0,
        redeemed_minor=0,
        payable_minor=0,
        points_accrued=5,
    )
    receipt = replace(receipt, lines=(receipt.lines[0], gift))

    one = undo(receipt, [GoodsBack(line=1, quantity=Decimal(1))])
    rest = undo(one.receipt, None)

    assert [line.points_accrued for line in one.lines] == [2]
    assert [line.points_accrued for line in rest.lines if line.line == 1] == [3]
    assert rest.receipt.state is ReceiptState.RETURNED


def test_the_last_piece_brings_whatever_amounts_left() -> None:
    """A price cut for a scratch comes first, then the thing itself: together they are what was paid."""
    receipt = receipt_by(dice_of(3), most_lines=1)
    thing = replace(
        receipt.lines[0], quantity=Decimal(1), total_minor=100, discount_minor=0, redeemed_minor=0, payable_minor=100
    )
    receipt = replace(receipt, lines=(thing,))

    cut = undo(receipt, [GoodsBack(line=0, amount_minor=30)])
    rest = undo(cut.receipt, [GoodsBack(line=0, quantity=Decimal(1))])

    assert (cut.refund_minor, rest.refund_minor) == (30, 70)
    assert rest.receipt.state is ReceiptState.RETURNED
