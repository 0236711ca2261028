"""How long a guesser waits."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from offers.engine.throttling import PENALTIES, pause_s, strike, wait_s
from offers.model.throttle import Guesser, Throttle

AT = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)


@given(st.sampled_from(list(Guesser)), st.integers(1, 10_000))
def test_a_pause_never_shrinks_and_never_passes_its_limit(kind: Guesser, strikes: int) -> None:
    penalty = PENALTIES[kind]

    assert 0 <= pause_s(strikes, penalty) <= pause_s(strikes + 1, penalty) <= penalty.most_s


def test_a_device_waits_from_its_first_guess_on_and_an_outlet_only_after_a_few() -> None:
    device, outlet = PENALTIES[Guesser.DEVICE], PENALTIES[Guesser.OUTLET]

    assert [pause_s(strikes, device) for strikes in range(1, 8)] == [30, 120, 480, 1_920, 7_680, 30_720, 86_400]
    assert [pause_s(strikes, outlet) for strikes in (1, 5, 6, 7, 20)] == [0, 0, 5, 10, 900]


def test_guesses_are_forgotten_after_their_time() -> None:
    penalty = PENALTIES[Guesser.MEMBER]
    first = strike(None, "m", penalty, AT)
    second = strike(first, "m", penalty, AT + timedelta(hours=1))

    later = strike(second, "m", penalty, AT + timedelta(hours=1, seconds=penalty.forget_s))

    assert (first.strikes, second.strikes, later.strikes) == (1, 2, 1)


def test_the_longest_of_several_throttles_counts() -> None:
    throttles = [
        Throttle(key=str(wait), strikes=1, struck_at=AT, until=AT + timedelta(seconds=wait)) for wait in (0.2, 7.1, -5)
    ]

    assert wait_s(throttles, AT) == 8
    assert wait_s([], AT) == 0
