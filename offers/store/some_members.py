"""A share of members, drawn by the last symbols of their ids: those are random, while the first tell the time."""

import hashlib
import math
from typing import Any

from offers.model.ids import ID_LENGTH, crockford

_SYMBOLS = 3
_ENDINGS = 32**_SYMBOLS


def some_members(share: float, *, name: str) -> dict[str, Any]:
    """Give a condition on `member_id` that about a share of members meets, from 0 to 1; nothing for all of them.

    The same name and share mean the same members, and another name others.
    """
    endings = math.ceil(share * _ENDINGS)
    if endings >= _ENDINGS:
        return {}
    first = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") % _ENDINGS
    ending = {"$substrCP": ["$member_id", ID_LENGTH - _SYMBOLS, _SYMBOLS]}
    from_first = {"$gte": [ending, crockford(first, _SYMBOLS)]}
    before_end = {"$lt": [ending, crockford(first + endings, _SYMBOLS)]}
    both = "$and" if first + endings < _ENDINGS else "$or"  # around the last ending it goes on with the first
    return {"$expr": {both: [from_first, before_end]}}
