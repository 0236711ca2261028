"""Escrow slices: a cap cut into parts whose sum never changes, so that no order of takes can overspend it."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from offers.model.budget import Slice

_MERGED_BELOW = 20
"""The slices of a pocket become one when less than one part in so many remains (5 %)."""


def cut(cap: int, slices: int) -> tuple[int, ...]:
    """Cut a cap into parts that differ by one at most."""
    part, rest = divmod(cap, slices)
    return tuple(part + (number < rest) for number in range(slices))


def start_of(taker: str, slices: int) -> int:
    """Give the slice a taker looks at first: takers spread evenly, and one taker always begins at the same slice."""
    return int.from_bytes(hashlib.sha256(taker.encode()).digest()[:8], "big") % slices


def choose(remaining: Sequence[int], amount: int, *, start: int) -> int | None:
    """Choose the first slice from `start` on that holds the whole amount; None when no single slice does."""
    slices = len(remaining)
    order = ((start + step) % slices for step in range(slices))
    return next((number for number in order if remaining[number] >= amount), None)


def should_merge(remaining: Sequence[int], cap: int) -> bool:
    """Tell whether so little remains that probing costs more than contention."""
    return sum(remaining) * _MERGED_BELOW < cap and sum(left > 0 for left in remaining) > 1


def merged(remaining: Sequence[int]) -> tuple[int, ...]:
    """Put everything that remains into the first slice."""
    return (sum(remaining), *(0 for _ in remaining[1:]))


def resized(slices: Sequence[Slice], cap: int) -> tuple[Slice, ...]:
    """Fit a pocket to a changed cap: more goes into the first slice, less is taken from what still remains.

    What was taken stays taken: a pocket is never cut below it.
    """
    more = cap - sum(each.share for each in slices)
    if more >= 0:
        first, *others = slices
        return (replace(first, share=first.share + more, remaining=first.remaining + more), *others)
    fitted = []
    for each in slices:
        less = min(each.remaining, -more)
        more += less
        fitted.append(replace(each, share=each.share - less, remaining=each.remaining - less))
    return tuple(fitted)
