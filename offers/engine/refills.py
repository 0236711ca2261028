"""What of a take comes back when its purchase is returned, whole or in parts."""

from dataclasses import dataclass

from offers.model.take import Refill, Take


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """How much of a purchase was returned so far: a sum of all its returns, so that saying it twice is saying it once.

    `is_whole` decides where the purchase was worth nothing.
    """

    returned_minor: int
    total_minor: int
    is_whole: bool = False


def refill_target(take: Take, returned: Returned) -> tuple[int, int]:
    """Give what the take has returned by now, and what of it its source gets back; neither ever falls.

    Cumulative targets, rounded down, the whole at the end: any split of a purchase into returns sums to the same.
    """
    if returned.is_whole or returned.returned_minor >= returned.total_minor:
        target = take.amount
    else:
        target = take.amount * returned.returned_minor // returned.total_minor
    target = max(target, take.returned)
    match take.refill:
        case Refill.NEVER:
            refilled = 0
        case Refill.FULL_RETURN_ONLY:
            refilled = take.amount if target == take.amount else 0
        case Refill.ALWAYS:
            refilled = target
    return target, max(refilled, take.refilled)
