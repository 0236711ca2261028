"""Where partitions are worked at: here, one after another, or on other machines. The functions are the same."""

from collections.abc import Callable, Iterable, Iterator
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
    """This process: a loop over the parts."""

    @property
    def grow(self) -> Grower:
        return grow_here

    def map(self, function: Callable[[Part, Shared], Found], parts: Iterable[Part], shared: Shared) -> Iterator[Found]:
        return (function(part, shared) for part in parts)


HERE = Here()
