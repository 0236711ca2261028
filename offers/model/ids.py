"""Ids: short, sortable by creation time, unguessable where they leave the house."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NewType

ProgrammeId = NewType("ProgrammeId", str)
MerchantId = NewType("MerchantId", str)
OutletId = NewType("OutletId", str)
KeyId = NewType("KeyId", str)
MemberId = NewType("MemberId", str)
CardId = NewType("CardId", str)
CheckoutId = NewType("CheckoutId", str)
LotId = NewType("LotId", str)
OfferId = NewType("OfferId", str)
QuoteId = NewType("QuoteId", str)

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 20
_CHANCE_BITS = 55

Chance = Callable[[int], bytes]
"""A source of randomness: takes a number of bytes, gives that many (`secrets.token_bytes` in production)."""


def new_id(at: datetime, chance: Chance) -> str:
    """Make an id of 20 Crockford symbols: 45 bits of milliseconds since 1970, then 55 random bits."""
    milliseconds = int(at.timestamp() * 1000)
    dice = int.from_bytes(chance(7), "big") & ((1 << _CHANCE_BITS) - 1)
    return crockford((milliseconds << _CHANCE_BITS) | dice, ID_LENGTH)


def born_at(identifier: str) -> datetime:
    """Read back the instant an id was made at, to the millisecond."""
    number = 0
    for symbol in identifier:
        number = number << 5 | CROCKFORD.index(symbol)
    return datetime.fromtimestamp((number >> _CHANCE_BITS) / 1000, UTC)


def crockford(number: int, length: int) -> str:
    """Write the lowest `5 * length` bits of a number in Crockford's base 32, lower case."""
    return "".join(CROCKFORD[(number >> shift) & 31] for shift in range(5 * (length - 1), -5, -5))
