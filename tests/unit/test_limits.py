"""The rate limit: how many at once, how many over time, and how much memory it may take."""

import pytest

from offers.model.errors import TooManyRequests
from web.limits import MAX_CALLERS, RateLimit


class Watch:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def limit(watch: Watch) -> RateLimit:
    return RateLimit(per_minute=6, burst=3, now_s=watch)


def test_a_burst_passes_and_the_next_call_waits_its_share_of_the_minute(limit: RateLimit, watch: Watch) -> None:
    for _ in range(3):
        limit.check("a")

    with pytest.raises(TooManyRequests) as refusal:
        limit.check("a")
    assert refusal.value.retry_after_s == 10
    watch.s = 10
    limit.check("a")
    with pytest.raises(TooManyRequests):
        limit.check("a")


def test_a_refused_call_costs_nothing(limit: RateLimit, watch: Watch) -> None:
    for _ in range(3):
        limit.check("a")
    for _ in range(50):
        with pytest.raises(TooManyRequests):
            limit.check("a")

    watch.s = 10

    limit.check("a")


def test_a_long_silence_saves_up_no_more_than_a_burst(limit: RateLimit, watch: Watch) -> None:
    limit.check("a")
    watch.s = 86_400

    for _ in range(3):
        limit.check("a")

    with pytest.raises(TooManyRequests):
        limit.check("a")


def test_callers_do_not_feel_each_other(limit: RateLimit) -> None:
    for caller in ("a", "b"):
        for _ in range(3):
            limit.check(caller)


def test_looking_counts_nothing_but_sees_what_was_counted(limit: RateLimit) -> None:
    for _ in range(20):
        limit.check_only("a")
    for _ in range(3):
        limit.check("a")

    with pytest.raises(TooManyRequests):
        limit.check_only("a")


def test_memory_is_bounded_by_forgetting_whoever_called_longest_ago(limit: RateLimit) -> None:
    for _ in range(3):
        limit.check("first")
    for number in range(MAX_CALLERS):
        limit.check(str(number))

    limit.check("first")

    assert len(limit._left) == MAX_CALLERS
