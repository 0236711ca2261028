"""Voucher codes: what the check symbol notices, what the reader forgives, and how codes are made."""

import random
import secrets
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offers.engine.voucher_codes import (
    ALPHABET,
    LENGTH,
    RANDOM_SYMBOLS,
    Reading,
    check_symbol,
    fold_foreign,
    make_codes,
    multiply,
    normalise,
    read,
    shown,
)

bodies = st.text(alphabet=ALPHABET, min_size=RANDOM_SYMBOLS, max_size=RANDOM_SYMBOLS)
codes = bodies.map(lambda body: body + check_symbol(body))


def test_the_field_has_thirty_one_powers_of_alpha() -> None:
    powers = [1]
    while (power := multiply(powers[-1], 2)) != 1:
        powers.append(power)

    assert len(set(powers)) == 31
    assert 0 not in powers


@settings(deadline=None)
@given(codes)
def test_every_single_wrong_symbol_is_noticed(code: str) -> None:
    wrong = [
        code[:place] + symbol + code[place + 1 :]
        for place in range(LENGTH)
        for symbol in ALPHABET
        if symbol != code[place]
    ]

    assert len(wrong) == LENGTH * 31
    assert {read(each) for each in wrong} == {Reading.MISTYPED}


@settings(deadline=None)
@given(codes)
def test_every_swap_of_two_different_symbols_is_noticed(code: str) -> None:
    for first, second in combinations(range(LENGTH), 2):
        swapped = list(code)
        swapped[first], swapped[second] = swapped[second], swapped[first]
        assert read("".join(swapped)) is (Reading.WHOLE if code[first] == code[second] else Reading.MISTYPED)


@settings(deadline=None)
@given(bodies, st.integers(0, LENGTH - 2), st.sampled_from(ALPHABET))
def test_twins_turned_into_other_twins_are_noticed(body: str, place: int, twin: str) -> None:
    symbols = list(body + "0")
    symbols[place] = symbols[place + 1] = twin
    free = 0 if place > 1 else LENGTH - 1
    (made_whole,) = [
        symbol for symbol in ALPHABET if read("".join([*symbols[:free], symbol, *symbols[free + 1 :]])) is Reading.WHOLE
    ]
    symbols[free] = made_whole

    for other in ALPHABET.replace(twin, ""):
        symbols[place] = symbols[place + 1] = other
        assert read("".join(symbols)) is Reading.MISTYPED


@settings(deadline=None)
@given(codes, st.randoms(use_true_random=False))
def test_case_blanks_dashes_and_look_alikes_do_not_matter(code: str, chance: random.Random) -> None:
    typed = "".join(
        chance.choice((symbol.lower(), symbol)) + chance.choice(("", " ", "-", "–", "\N{NO-BREAK SPACE}"))
        for symbol in code.replace("0", chance.choice("0Oo")).replace("1", chance.choice("1IiLl"))
    )

    assert normalise(typed) == code
    assert read(normalise(shown(code))) is Reading.WHOLE


@settings(deadline=None)
@given(codes)
def test_a_russian_keyboard_types_the_same_code(code: str) -> None:
    typed = code.translate(str.maketrans("ABEKMH0PCTXY", "АВЕКМНОРСТХУ"))

    assert normalise(typed) == code
    assert normalise(typed.lower()) == code


@pytest.mark.parametrize("text", ["", "SALE10", "7K3D-9Q2M-8P", "7K3D-9Q2M-8PCC", "7K3D9Q2M8PU", "скидка-2026"])
def test_what_is_not_shaped_like_a_code_is_foreign(text: str) -> None:
    assert read(normalise(text)) is Reading.FOREIGN


def test_made_codes_are_whole_and_different() -> None:
    made = make_codes(secrets.token_bytes, 20_000)

    assert len(set(made)) == 20_000
    assert {read(code) for code in made} == {Reading.WHOLE}
    assert all(code == code[:RANDOM_SYMBOLS] + check_symbol(code[:RANDOM_SYMBOLS]) for code in made[:500])


def test_every_symbol_comes_up_at_every_place() -> None:
    made = make_codes(random.Random(7).randbytes, 4_000)  # noqa: S311 - the same dice in every run

    for place in range(LENGTH):
        assert {code[place] for code in made} == set(ALPHABET)


@given(st.binary(min_size=7, max_size=7))
def test_all_fifty_bits_of_chance_are_in_the_code(dice: bytes) -> None:
    (code,) = make_codes(lambda _: dice, 1)
    number = int.from_bytes(dice, "big") & ((1 << 50) - 1)
    pairs = [number >> shift & 1023 for shift in (0, 10, 20, 30, 40)]

    assert code[:-1] == "".join(ALPHABET[pair >> 5] + ALPHABET[pair & 31] for pair in pairs)


def test_an_imported_code_is_one_in_either_case() -> None:
    assert fold_foreign("  Скидка-2026 ") == fold_foreign("СКИДКА-2026") == "скидка-2026"
