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
    remainders = sorted(range(len(weights)), key=lambda index: (-(amount * weights[index] % whole), index))
    for index in remainders[: amount - sum(shares)]:
        shares[index] += 1
    return shares
