"""How long a guesser waits: a pure function of how often it guessed."""

from datetime import datetime, timedelta
from math import ceil

from offers.model.throttle import Guesser, Penalty, Throttle

_DAY_S = 86_400

PENALTIES: dict[Guesser, Penalty] = {
    Guesser.DEVICE: Penalty(free=0, first_s=30, factor=4, most_s=_DAY_S, forget_s=_DAY_S),
    Guesser.MEMBER: Penalty(free=0, first_s=30, factor=4, most_s=_DAY_S, forget_s=_DAY_S),
    Guesser.OUTLET: Penalty(free=5, first_s=5, factor=2, most_s=900, forget_s=3_600),
}
"""An outlet serves many members: it has some guesses for nothing and never waits longer than a quarter of an hour."""


def pause_s(strikes: int, penalty: Penalty) -> int:
    """Give the pause after so many guesses."""
    beyond = strikes - penalty.free
    if beyond <= 0:
        return 0
    pause = penalty.first_s
    for _ in range(beyond - 1):
        pause *= penalty.factor
        if pause >= penalty.most_s:
            return penalty.most_s
    return min(pause, penalty.most_s)


def strike(throttle: Throttle | None, key: str, penalty: Penalty, at: datetime) -> Throttle:
    """Count one guess more."""
    forgotten = throttle is None or at - throttle.struck_at >= timedelta(seconds=penalty.forget_s)
    strikes = 1 if throttle is None or forgotten else throttle.strikes + 1
    until = at + timedelta(seconds=pause_s(strikes, penalty))
    earlier = throttle.until if throttle else until
    return Throttle(key=key, strikes=strikes, struck_at=at, until=max(until, earlier))


def wait_s(throttles: list[Throttle], at: datetime) -> int:
    """Give the whole seconds until the last of several throttles ends; 0 when none holds."""
    longest = max((throttle.until for throttle in throttles), default=at)
    return max(0, ceil((longest - at).total_seconds()))
