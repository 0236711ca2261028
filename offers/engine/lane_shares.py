"""How a batch is shared out between priorities: the urgent first, and a stated part kept for those behind."""

from collections.abc import Sequence
from typing import Final

KEPT_FOR_BANNERS: Final = 0.2
KEPT_FOR_BULK: Final = 0.1
_KEPT: Final = (0.0, KEPT_FOR_BANNERS, KEPT_FOR_BULK)


def allot(waiting: Sequence[int], limit: int) -> list[int]:
    """Say how many of each priority a batch of `limit` takes, `waiting` being counted in the order of priorities.

    A fifth of a batch is kept for banners and a tenth for bulk work while they wait, at least one item each where the
    batch has room for all; what a priority does not need goes to the most urgent that waits.
    """
    taken = [0] * len(waiting)
    room = limit
    for place in reversed(range(1, len(waiting))):
        kept = min(waiting[place], max(1, int(limit * _KEPT[place])))
        if room - kept >= min(1, sum(waiting[:place])):
            taken[place] = kept
            room -= kept
    for place, count in enumerate(waiting):
        more = min(count - taken[place], room)
        taken[place] += more
        room -= more
    return taken
