"""Arms by a salted hash of the member: the same member gets the same arm, and no list has to be kept."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from scoring.arrays import Floats

_BYTES = 8
_BITS_TOO_MANY = 11  # of 64; a float holds 53 and would round the highest places up to 1
_PLACES = 2.0**53


def place(member_id: str, *, salt: str) -> float:
    """Give the member's place in [0, 1) under a salt: even over members, independent between salts."""
    digest = blake2b(member_id.encode(), key=salt.encode()[:64], digest_size=_BYTES).digest()
    return (int.from_bytes(digest) >> _BITS_TOO_MANY) / _PLACES


def places(member_ids: Sequence[str], *, salt: str) -> Floats:
    """Give the places of many members."""
    return np.array([place(member_id, salt=salt) for member_id in member_ids], dtype=np.float64)


def is_held_out(member_id: str, *, salt: str, holdout_share: float) -> bool:
    """Say whether a member is kept out; raising the share keeps whoever was out before."""
    return place(member_id, salt=salt) < holdout_share
