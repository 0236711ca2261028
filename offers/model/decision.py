"""A decision: what a purchase costs and gives, which offers did it, and why each other one did not."""

from dataclasses import dataclass

from offers.model.applied import AppliedOffer, StampChange
from offers.model.purchase import Explanation, Line, Purchase, ReceiptLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """What is priced: lines in whatever order, the points the member wants to pay with, the codes they showed."""

    lines: tuple[Line, ...]
    currency: str
    points_to_redeem: int = 0
    codes: tuple[str, ...] = ()


def basket_of(purchase: Purchase) -> Basket:
    return Basket(
        lines=purchase.lines,
        currency=purchase.currency,
        points_to_redeem=purchase.points_to_redeem,
        codes=purchase.codes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The lines' shares sum to the totals exactly.

    `discount_bp` is the rate of the level held, or the member's own, even when another discount was taken instead.
    `rulebook_digest` and `zone_rules` (the edition of the time zone data) pin what it was decided by.
    """

    total_minor: int
    discount_bp: int
    discount_minor: int
    points_redeemed: int
    redeemed_minor: int
    payable_minor: int
    points_accrued: int
    redeemable_points: int
    lines: tuple[ReceiptLine, ...]
    explain: tuple[Explanation, ...]
    offers: tuple[AppliedOffer, ...]
    stamps: tuple[StampChange, ...]
    rulebook_digest: str
    zone_rules: str

    @property
    def limited_offers(self) -> tuple[AppliedOffer, ...]:
        """The applied offers for which something has to be held: a code, or a part of a budget."""
        return tuple(offer for offer in self.offers if offer.is_limited)
