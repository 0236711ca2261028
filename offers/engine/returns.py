"""Undoing a receipt, whole or in part: which points go where, and what is left of the receipt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.allocation import share_out
from offers.engine.goods_back import gathered, goods_back, is_whole
from offers.engine.lots import Movement, give_back, take_back
from offers.engine.refills import Returned
from offers.model.ledger import Account
from offers.model.programme import Terms
from offers.model.purchase import Receipt, ReceiptState
from offers.model.returns import GoodsBack, ReturnedLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """What is undone by line; the points it means for each lot of the redemption, and for the accrual.

    `receipt` is as it stands afterwards.
    """

    receipt: Receipt
    lines: tuple[ReturnedLine, ...]
    shares: tuple[int, ...]
    accrued: int

    @property
    def refund_minor(self) -> int:
        return sum(line.refund_minor for line in self.lines)

    @property
    def is_whole(self) -> bool:
        return self.receipt.state is ReceiptState.RETURNED

    def returned(self) -> Returned:
        """Say how much of the purchase came back by now."""
        returned = sum(line.total_minor for line in self.receipt.returned)
        return Returned(returned_minor=returned, total_minor=self.receipt.total_minor, is_whole=self.is_whole)


def undo(receipt: Receipt, goods: Sequence[GoodsBack] | None) -> Undoing:
    """Undo goods of a receipt, or with None everything that is left. Raises UnknownLine, OverReturn, NothingToReturn.

    Returned points are shared among the lots they came from in proportion to what each still misses.
    """
    lines = goods_back(receipt, goods)
    before = receipt.given_back or (0,) * len(receipt.spent)
    missing = [lot.remaining - back for lot, back in zip(receipt.spent, before, strict=True)]
    shares = share_out(sum(line.points_redeemed for line in lines), missing)
    given_back = tuple(back + share for back, share in zip(before, shares, strict=True))
    left = replace(receipt, returned=gathered(receipt, lines), given_back=given_back)
    return Undoing(
        receipt=replace(left, state=ReceiptState.RETURNED) if is_whole(left) else left,
        lines=lines,
        shares=tuple(shares),
        accrued=sum(line.points_accrued for line in lines),
    )


def reverse(account: Account, undoing: Undoing, *, terms: Terms, at: datetime) -> list[Movement]:
    """Move the points: redeemed ones to their lots, accrued ones out, both as far as the terms let them."""
    movements, receipt = [], undoing.receipt
    back = [replace(lot, remaining=share) for lot, share in zip(receipt.spent, undoing.shares, strict=True) if share]
    if back:
        movements.append(give_back(account, back, at=at, grace_days=terms.restore_grace_days))
        account = movements[-1].account
    if undoing.accrued and receipt.accrual_lot:
        movements.append(take_back(account, receipt.accrual_lot, undoing.accrued, policy=terms.return_policy, at=at))
    return [movement for movement in movements if movement.points]


def points_moved(movements: Sequence[Movement]) -> tuple[int, int]:
    """Give how many points came in and how many went out."""
    points = [movement.points for movement in movements]
    return sum(number for number in points if number > 0), -sum(number for number in points if number < 0)
