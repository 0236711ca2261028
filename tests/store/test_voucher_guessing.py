"""Whoever mistypes a voucher code loses nothing; whoever guesses one is held back."""

import asyncio
import secrets
from datetime import timedelta

import pytest

from offers.engine.throttling import PENALTIES, strike
from offers.engine.voucher_codes import Reading, make_codes, read
from offers.model.ids import ProgrammeId
from offers.model.limit_errors import (
    UnknownVoucher,
    VoucherThrottled,
    VoucherTypo,
)
from offers.model.throttle import Guesser, Throttle
from offers.store.store import Store
from tests.clock import SettableClock
from tests.voucher_shop import WHO, codes, imported, mistyped, redeem


async def test_a_typing_mistake_costs_nothing(store: Store, clock: SettableClock) -> None:
    code, *_ = await codes(store, clock)
    for _ in range(20):
        with pytest.raises(VoucherTypo):
            await redeem(store, clock, mistyped(code), guessers=WHO)
    with pytest.raises(VoucherTypo):
        await redeem(store, clock, "SALE", guessers=WHO)

    await redeem(store, clock, code, guessers=WHO)

    assert await store.database["throttles"].count_documents({}) == 0


async def test_a_made_up_code_with_the_right_check_symbol_is_punished_at_once_and_ever_harder(
    store: Store, clock: SettableClock
) -> None:
    code, *_ = await codes(store, clock)
    pauses = []
    for guess in make_codes(secrets.token_bytes, 3):
        with pytest.raises(UnknownVoucher):
            await redeem(store, clock, guess, guessers=WHO)
        with pytest.raises(VoucherThrottled) as held_back:
            await redeem(store, clock, code, guessers=WHO)
        pauses.append(held_back.value.retry_after_s)
        clock.move(timedelta(seconds=pauses[-1]))

    await redeem(store, clock, code, guessers=WHO)

    assert pauses == [30, 120, 480]


@pytest.mark.parametrize("kind", [Guesser.DEVICE, Guesser.MEMBER])
async def test_a_guesser_is_known_by_device_and_by_member(store: Store, clock: SettableClock, kind: Guesser) -> None:
    code, *_ = await codes(store, clock)
    (guess,) = make_codes(secrets.token_bytes, 1)
    with pytest.raises(UnknownVoucher):
        await redeem(store, clock, guess, guessers=WHO)
    others = {Guesser.DEVICE: "d2", Guesser.MEMBER: "m2", Guesser.OUTLET: "o1"}

    with pytest.raises(VoucherThrottled):
        await redeem(store, clock, code, guessers={**others, kind: WHO[kind]})

    await redeem(store, clock, code, guessers=others)  # the outlet serves its other members on


async def test_an_outlet_where_many_codes_are_guessed_is_slowed_down(store: Store, clock: SettableClock) -> None:
    code, *_ = await codes(store, clock)
    for number, guess in enumerate(make_codes(secrets.token_bytes, 6)):
        with pytest.raises(UnknownVoucher):
            await redeem(store, clock, guess, guessers={Guesser.DEVICE: f"x{number}", Guesser.OUTLET: "o1"})

    with pytest.raises(VoucherThrottled) as held_back:
        await redeem(store, clock, code, guessers={Guesser.DEVICE: "honest", Guesser.OUTLET: "o1"})

    assert held_back.value.retry_after_s == 5
    await redeem(store, clock, code, guessers={Guesser.DEVICE: "honest", Guesser.OUTLET: "o2"})


@pytest.mark.parametrize("kind", list(Guesser))
async def test_the_database_counts_guesses_as_the_engine_does(
    store: Store, clock: SettableClock, kind: Guesser
) -> None:
    expected: Throttle | None = None
    penalty = PENALTIES[kind]
    for seconds in (
        0,
        1,
        5,
        40,
        2,
        penalty.forget_s,
        3,
        3,
        3,
        3,
        3,
        3,
        3,
        3,
        3,
        3,
        3,
        3,
        3,
        3,
        3,
        penalty.forget_s - 1,
    ):
        clock.move(timedelta(seconds=seconds))
        expected = strike(expected, "k", penalty, clock())

        kept = await store.reading.throttles.strike("k", penalty, at=clock())

        assert kept == expected


async def test_guesses_at_once_are_all_counted(store: Store, clock: SettableClock) -> None:
    penalty = PENALTIES[Guesser.DEVICE]

    await asyncio.gather(*(store.reading.throttles.strike("k", penalty, at=clock()) for _ in range(30)))

    (throttle,) = await store.reading.throttles.find(["k"])
    assert throttle.strikes == 30


async def test_guessing_imported_codes_is_punished_too(store: Store, clock: SettableClock) -> None:
    await imported(store, clock, ["SALE10"])

    with pytest.raises(UnknownVoucher):
        await redeem(store, clock, "SALE11", guessers=WHO)
    with pytest.raises(VoucherThrottled):
        await redeem(store, clock, "SALE10", guessers=WHO)


async def test_a_code_of_another_programme_is_unknown(store: Store, clock: SettableClock) -> None:
    code, *_ = await codes(store, clock, programme_id=ProgrammeId("p2"))

    assert read(code) is Reading.WHOLE
    with pytest.raises(UnknownVoucher):
        await redeem(store, clock, code)
