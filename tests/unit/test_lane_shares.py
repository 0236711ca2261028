"""How a batch is shared out: the urgent first, nobody starved."""

from hypothesis import given
from hypothesis import strategies as st

from offers.engine.lane_shares import allot

COUNTS = st.lists(st.integers(0, 1000), min_size=3, max_size=3)


@given(COUNTS, st.integers(1, 500))
def test_a_batch_is_as_full_as_it_can_be_and_no_fuller(waiting: list[int], limit: int) -> None:
    taken = allot(waiting, limit)

    assert sum(taken) == min(limit, sum(waiting))
    assert all(0 <= got <= there for got, there in zip(taken, waiting, strict=True))


@given(COUNTS, st.integers(3, 500))
def test_whoever_waits_gets_something_of_a_batch_of_three(waiting: list[int], limit: int) -> None:
    taken = allot(waiting, limit)

    assert all(got > 0 for got, there in zip(taken, waiting, strict=True) if there)


def test_the_urgent_take_all_but_what_is_kept() -> None:
    assert allot([100, 100, 100], 40) == [28, 8, 4]
    assert allot([100, 0, 100], 40) == [36, 0, 4]
    assert allot([5, 0, 100], 40) == [5, 0, 35]
    assert allot([0, 0, 100], 40) == [0, 0, 40]


def test_a_batch_of_one_goes_to_the_most_urgent() -> None:
    assert allot([1, 1, 1], 1) == [1, 0, 0]
    assert allot([0, 1, 1], 1) == [0, 1, 0]
