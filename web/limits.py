"""Rate limits of one process: a token bucket per address or key, in bounded memory."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from time import monotonic

from offers.model.errors import TooManyRequests

MAX_CALLERS = 50_000


@dataclass(slots=True)
class RateLimit:
    """Allows `burst` calls at once and `per_minute` over time to each caller; the least recent caller is forgotten."""

    per_minute: float
    burst: int
    now_s: Callable[[], float] = monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def check(self, caller: str) -> None:
        """Count one call. Raises TooManyRequests with the seconds to wait."""
        now_s = self.now_s()
        left = self._left_to(caller, now_s)
        self._left.pop(caller, None)
        self._left[caller] = (left - 1 if left >= 1 else left, now_s)
        if len(self._left) > MAX_CALLERS:
            self._left.popitem(last=False)
        self._refuse_below_one(left)

    def check_only(self, caller: str) -> None:
        """Refuse like `check`, but count nothing: for limits that count failures when they happen."""
        self._refuse_below_one(self._left_to(caller, self.now_s()))

    def _left_to(self, caller: str, now_s: float) -> float:
        left, seen_s = self._left.get(caller, (float(self.burst), now_s))
        return min(float(self.burst), left + (now_s - seen_s) * self.per_minute / 60)

    def _refuse_below_one(self, left: float) -> None:
        if left < 1:
            raise TooManyRequests(retry_after_s=ceil((1 - left) * 60 / self.per_minute))
