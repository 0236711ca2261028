"""Sharing an integer among lines by largest remainder, so that the shares always sum to the whole."""

from collections.abc import Sequence


def share_out(amount: int, weights: Sequence[int]) -> list[int]:
    """Split `amount` in proportion to non-negative weights; ties go to the earlier line.

    The shares sum to `amount` exactly and none exceeds its weight when `amount` is at most their sum.
    """
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    shares = [amount * weight // whole for weight in weights]
    if odd := amount - sum(shares):
        remainders = [amount * weight % whole for weight in weights]
        for index in sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)[:odd]:
            shares[index] += 1
    return shares
