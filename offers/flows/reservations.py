"""Reservations: the one way in which coupons, voucher codes and budgets take part in a purchase."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from offers.engine.refills import Returned
from offers.model.applied import AppliedOffer
from offers.model.ids import MemberId
from offers.model.programme import Till
from offers.model.purchase import Receipt
from offers.model.quote import quote_cause
from offers.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a decision uses up: its offers, for whom and where, under the key of their cause."""

    cause: str
    till: Till
    member_id: MemberId
    offers: tuple[AppliedOffer, ...]


class Reservations(Protocol):
    """Keeps limited things. Everything goes by the cause and may be said twice: the second time changes nothing.

    What is held comes back by itself when its time is over; then `settle` raises HoldLapsed.
    """

    async def hold(self, wanted: Wanted, *, until: datetime) -> None:
        """Hold everything or nothing, before any account is claimed; hold longer what is held already.

        Raises an OfferError when something is not there to be had.
        """

    async def release(self, cause: str) -> None:
        """Give back what is held and was not settled."""

    async def settle(self, work: Work, cause: str, *, at: datetime) -> None:
        """Take what is held for good, in the transaction of the receipt. Raises HoldLapsed."""

    async def give_back(self, work: Work, cause: str, returned: Returned, *, at: datetime) -> None:
        """Note how much of the purchase came back by now; what that refills is each limit's own policy."""


def cause_of(receipt: Receipt) -> str | None:
    """Give the cause under which a receipt took things; only what was quoted took any."""
    return None if receipt.quote_id is None else quote_cause(receipt.quote_id)
