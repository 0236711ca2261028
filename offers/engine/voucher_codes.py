"""Voucher codes: ten random Crockford symbols and a check symbol over GF(32).

The check makes the weighted sum of all eleven symbols zero; position i from the right weighs α^i, α being a root of the
primitive x^5 + x^2 + 1. All weights differ, so every wrong symbol, every swap of two different symbols and every pair
of twins turned into other twins is noticed. That is for typing mistakes; 50 random bits are for guessers.
"""

import unicodedata
from enum import Enum
from functools import cache

from offers.model.ids import Chance

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_SYMBOLS = 10
LENGTH = RANDOM_SYMBOLS + 1
_POLYNOMIAL = 0b100101
_SYMBOL_BITS = 5
_BITS = RANDOM_SYMBOLS * _SYMBOL_BITS
_BYTES_PER_CODE = 7
_PAIR_BITS = 2 * _SYMBOL_BITS
_GROUPS = (4, 8)
_LOOK_ALIKES = str.maketrans("OILАВЕКМНОРСТХУЗ", "011ABEKMH0PCTXY3")
"""Letters taken for digits, and the Cyrillic letters a Russian keyboard has in the places of Latin ones."""

_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}


class Reading(Enum):
    """What a typed text is: a whole code, one with a mistake in it, or nothing of ours."""

    WHOLE = "whole"
    MISTYPED = "mistyped"
    FOREIGN = "foreign"


def make_codes(chance: Chance, count: int) -> list[str]:
    """Make `count` codes, as good as `chance` is. That two are alike is possible, and the caller's to notice."""
    first, second, third, fourth, fifth = _pairs()
    dice = chance(_BYTES_PER_CODE * count)
    mask = (1 << _PAIR_BITS) - 1
    codes = []
    for at in range(0, len(dice), _BYTES_PER_CODE):
        number = int.from_bytes(dice[at : at + _BYTES_PER_CODE], "big")
        one, one_check = first[number & mask]
        two, two_check = second[number >> 10 & mask]
        three, three_check = third[number >> 20 & mask]
        four, four_check = fourth[number >> 30 & mask]
        five, five_check = fifth[number >> 40 & mask]
        check = one_check ^ two_check ^ three_check ^ four_check ^ five_check
        codes.append(one + two + three + four + five + ALPHABET[check])
    return codes


def check_symbol(symbols: str) -> str:
    """Give the symbol that makes ten symbols a code."""
    return ALPHABET[_weighted(symbols + ALPHABET[0])]


def normalise(text: str) -> str:
    """Read what a person typed: case, spaces and dashes do not matter, look-alikes become what they stand for."""
    kept = (
        symbol
        for symbol in unicodedata.normalize("NFKC", text).upper()
        if unicodedata.category(symbol) not in {"Pd", "Zs", "Cc", "Cf", "Pc"}
    )
    return "".join(kept).translate(_LOOK_ALIKES)


def read(code: str) -> Reading:
    """Judge a normalised text."""
    if len(code) != LENGTH or not _VALUES.keys() >= set(code):
        return Reading.FOREIGN
    return Reading.MISTYPED if _weighted(code) else Reading.WHOLE


def shown(code: str) -> str:
    """Write a code in groups, as it is printed: `7K3D-9Q2M-8PC`."""
    first, second = _GROUPS
    return f"{code[:first]}-{code[first:second]}-{code[second:]}"


def fold_foreign(text: str) -> str:
    """Give the one spelling of an imported code: without surrounding blanks, in one case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def multiply(left: int, right: int) -> int:
    """Multiply in GF(32)."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left >> _SYMBOL_BITS:
            left ^= _POLYNOMIAL
        right >>= 1
    return product


@cache
def _weights() -> tuple[int, ...]:
    """The weights of the eleven positions from the left: α^10 … α^0."""
    powers = [1]
    while len(powers) < LENGTH:
        powers.append(multiply(powers[-1], 2))
    return tuple(reversed(powers))


def _weighted(code: str) -> int:
    total = 0
    for symbol, weight in zip(code, _weights(), strict=True):
        total ^= multiply(_VALUES[symbol], weight)
    return total


@cache
def _pairs() -> tuple[tuple[tuple[str, int], ...], ...]:
    """For each of the five pairs of positions: the two symbols of every ten bits, and what they add to the check.

    The check is linear, so a code's check is the sum of its pairs': a million codes take a second, not a minute.
    """
    weights = _weights()
    return tuple(
        tuple(
            (
                ALPHABET[bits >> _SYMBOL_BITS] + ALPHABET[bits & 31],
                multiply(bits >> _SYMBOL_BITS, weights[place]) ^ multiply(bits & 31, weights[place + 1]),
            )
            for bits in range(1 << _PAIR_BITS)
        )
        for place in range(0, RANDOM_SYMBOLS, 2)
    )
