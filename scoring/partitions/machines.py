"""Where partitions are worked at: here, or on other machines. The functions are the same."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from scoring.forecast.boosted import Grower, grow_here

Part = TypeVar("Part")
Shared = TypeVar("Shared")
Found = TypeVar("Found")


class Machines(Protocol):
    """Maps a function of a part, and of what all parts share, over parts; and grows trees."""

    @property
    def grow(self) -> Grower: ...

    def map(self, function: Callable[[Part, Shared], Found], parts: Iterable[Part], shared: Shared) -> Iterator[Found]:
        """Give the results in the order of the parts, which are taken as they are needed: few are in memory at once.

        What the function raises is raised here.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """This process: so many parts at a time, each in a thread, for the libraries that do the work let others run."""

    threads: int = 1

    @property
    def grow(self) -> Grower:
        return grow_here

    def map(self, function: Callable[[Part, Shared], Found], parts: Iterable[Part], shared: Shared) -> Iterator[Found]:
        if self.threads == 1:
            yield from (function(part, shared) for part in parts)
            return
        waiting: deque[Future[Found]] = deque()
        with ThreadPoolExecutor(self.threads) as pool:
            for part in parts:
                waiting.append(pool.submit(function, part, shared))
                if len(waiting) == self.threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


HERE = Here()
