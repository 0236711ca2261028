"""Holds: points kept for one purchase. They move nothing; an outlived hold counts for nothing, removed or not."""

from dataclasses import replace
from datetime import datetime

from offers.engine.lots import available
from offers.model.checkout_errors import TooManyHolds
from offers.model.errors import NotEnoughPoints
from offers.model.ledger import Account, Hold

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
    return replace(account, holds=(*account.holds, asked)) if asked.points else account


def release(account: Account, key: str, at: datetime) -> Account:
    """Drop the hold of a key, and those whose time is over."""
    return replace(account, holds=tuple(each for each in account.holds if each.key != key and each.until > at))
