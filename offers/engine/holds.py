"""Holds: points and stamps kept for one purchase. They move nothing; outlived they count for nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from offers.engine.lots import available
from offers.model.checkout_errors import TooManyHolds
from offers.model.errors import NotEnoughPoints
from offers.model.ids import OfferId
from offers.model.ledger import Account, Hold
from offers.model.member import StampCount

MAX_HOLDS = 20
"""As many purchases of one member may hold points at a time."""


def held(account: Account, at: datetime) -> int:
    """Points that live holds keep."""
    return sum(hold.points for hold in account.holds if hold.until > at)


def free(account: Account, at: datetime) -> int:
    """Points that may be spent at an instant and that no live hold keeps."""
    return max(0, available(account, at) - held(account, at))


def hold(account: Account, asked: Hold, at: datetime) -> Account:
    """Keep points; the same key again renews. Raises NotEnoughPoints, TooManyHolds."""
    account = release(account, asked.key, at)
    if asked.points > (left := free(account, at)):
        raise NotEnoughPoints(asked=asked.points, available=left)
    if len(account.holds) >= MAX_HOLDS:
        raise TooManyHolds(limit=MAX_HOLDS)
    return replace(account, holds=(*account.holds, asked)) if asked.points or asked.stamps else account


def free_stamps(counts: Iterable[StampCount], account: Account | None, at: datetime) -> dict[OfferId, int]:
    """Give a member's stamps that no live hold keeps, by offer."""
    left = {count.offer_id: count.stamps for count in counts}
    for hold in account.holds if account else ():
        for kept in hold.stamps if hold.until > at else ():
            left[kept.offer_id] = max(0, left.get(kept.offer_id, 0) - kept.stamps)
    return left


def release(account: Account, key: str, at: datetime) -> Account:
    """Drop the hold of a key, and those whose time is over."""
    return replace(account, holds=tuple(each for each in account.holds if each.key != key and each.until > at))
