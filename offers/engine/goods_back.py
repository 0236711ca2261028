"""Returns by cumulative targets: after R of T came back, of every share B as much is undone as ⌊B·R/T⌋ says.

What one return undoes is the difference to what the returns before it undid, so however a purchase is split into
returns, they sum to the whole exactly, and none of them undoes less than nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from offers.engine.allocation import share_out
from offers.model.checkout_errors import NothingToReturn, OverReturn, UnknownLine
from offers.model.purchase import Receipt, ReceiptLine, ReceiptState
from offers.model.returns import GoodsBack, ReturnedLine


def goods_back(receipt: Receipt, goods: Sequence[GoodsBack] | None) -> tuple[ReturnedLine, ...]:
    """Work out what a return undoes, line by line; None returns everything that is left.

    Raises UnknownLine, OverReturn, NothingToReturn.
    """
    if goods is None:
        goods = everything_left(receipt)
    if not goods:
        raise NothingToReturn
    points = share_out(receipt.points_redeemed, [line.redeemed_minor for line in receipt.lines])
    undone = []
    for asked in goods:
        if not 0 <= asked.line < len(receipt.lines):
            raise UnknownLine(line=asked.line)
        before = returned_so_far(receipt, asked.line)
        now = _target(receipt.lines[asked.line], points[asked.line], _grown(receipt.lines[asked.line], before, asked))
        undone.append(_difference(now, before))
    return tuple(undone)


def everything_left(receipt: Receipt) -> tuple[GoodsBack, ...]:
    """Ask for all that did not come back yet."""
    left = []
    for index, line in enumerate(receipt.lines):
        before = returned_so_far(receipt, index)
        if not _is_complete(line, before):
            quantity, amount = line.quantity - before.quantity, line.total_minor - before.total_minor
            left.append(GoodsBack(line=index, quantity=quantity or None, amount_minor=amount))
    return tuple(left)


def returned_so_far(receipt: Receipt, index: int) -> ReturnedLine:
    return next((line for line in receipt.returned if line.line == index), _nothing(index))


def gathered(receipt: Receipt, undone: Sequence[ReturnedLine]) -> tuple[ReturnedLine, ...]:
    """Add a return to those before it, in the order of the lines."""
    so_far = {line.line: line for line in receipt.returned}
    for line in undone:
        so_far[line.line] = _sum(so_far.get(line.line, _nothing(line.line)), line)
    return tuple(so_far[index] for index in sorted(so_far))


def is_whole(receipt: Receipt) -> bool:
    """Tell whether everything came back."""
    return all(_is_complete(line, returned_so_far(receipt, index)) for index, line in enumerate(receipt.lines))


def net_minor(receipt: Receipt) -> int:
    """Give what was paid and not paid back: what a purchase counts for."""
    if receipt.state is ReceiptState.VOIDED:
        return 0
    return receipt.payable_minor - sum(line.refund_minor for line in receipt.returned)


def _grown(line: ReceiptLine, before: ReturnedLine, asked: GoodsBack) -> ReturnedLine:
    """Add what is asked for to what came back before; only quantity and total are set. Raises OverReturn."""
    quantity = before.quantity + (asked.quantity or 0)
    if asked.amount_minor is not None:
        total = before.total_minor + asked.amount_minor
    elif quantity == line.quantity:
        total = line.total_minor
    else:
        total = before.total_minor + _worth(line, quantity) - _worth(line, before.quantity)
    is_more = quantity > line.quantity or total > line.total_minor or _is_complete(line, before)
    if is_more:
        left = f"{line.quantity - before.quantity:f}"
        raise OverReturn(line=before.line, quantity_left=left, left_minor=line.total_minor - before.total_minor)
    return replace(_nothing(before.line), quantity=quantity, total_minor=total)


def _target(line: ReceiptLine, points: int, grown: ReturnedLine) -> ReturnedLine:
    """Give what has to be undone by then. A line without a price is measured by its quantity."""
    part, whole = grown.total_minor, line.total_minor
    if not whole:
        part, whole = _millionths(grown.quantity), _millionths(line.quantity)
    return replace(
        grown,
        discount_minor=line.discount_minor * part // whole,
        redeemed_minor=line.redeemed_minor * part // whole,
        refund_minor=line.payable_minor * part // whole,
        points_redeemed=points * part // whole,
        points_accrued=line.points_accrued * part // whole,
    )


def _worth(line: ReceiptLine, quantity: Decimal) -> int:
    return line.total_minor * _millionths(quantity) // _millionths(line.quantity)


def _is_complete(line: ReceiptLine, back: ReturnedLine) -> bool:
    return back.total_minor == line.total_minor if line.total_minor else back.quantity == line.quantity


def _nothing(index: int) -> ReturnedLine:
    return ReturnedLine(
        line=index,
        quantity=Decimal(0),
        total_minor=0,
        discount_minor=0,
        redeemed_minor=0,
        refund_minor=0,
        points_redeemed=0,
        points_accrued=0,
    )


def _sum(first: ReturnedLine, second: ReturnedLine, sign: int = 1) -> ReturnedLine:
    return ReturnedLine(
        line=first.line,
        quantity=first.quantity + sign * second.quantity,
        total_minor=first.total_minor + sign * second.total_minor,
        discount_minor=first.discount_minor + sign * second.discount_minor,
        redeemed_minor=first.redeemed_minor + sign * second.redeemed_minor,
        refund_minor=first.refund_minor + sign * second.refund_minor,
        points_redeemed=first.points_redeemed + sign * second.points_redeemed,
        points_accrued=first.points_accrued + sign * second.points_accrued,
    )


def _difference(now: ReturnedLine, before: ReturnedLine) -> ReturnedLine:
    return _sum(now, before, -1)


def _millionths(quantity: Decimal) -> int:
    return int(quantity.scaleb(6))
