"""What an offer did to a purchase: kept with the decision and with the receipt."""

from dataclasses import dataclass

from offers.model.ids import OfferId
from offers.model.offer import Lane
from offers.model.programme import LocalText


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedOffer:
    """What one offer did: `shares` by line, in the basket's order, sum to `saving_minor`, or to `points` for accrual.

    `uses` is what a budget of uses loses; `code` names the coupon or voucher that was used up.
    `is_limited`: its use takes something that others want as well.
    """

    offer_id: OfferId
    version: int
    lane: Lane
    funder: str
    saving_minor: int
    points: int
    uses: int
    shares: tuple[int, ...]
    code: str | None
    is_limited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StampChange:
    """Stamps the purchase gives towards an offer, and those that its use takes.

    `by_line`, in the basket's order, sums to `given`. `collected` is what the member has after the purchase; None until
    it is settled. `needed` are the stamps of one use.
    """

    offer_id: OfferId
    given: int
    taken: int
    by_line: tuple[int, ...] = ()
    needed: int = 0
    title: LocalText | None = None
    collected: int | None = None
