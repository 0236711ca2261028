"""Sources: what takes are drawn from. Budgets, vouchers and coupons answer the same questions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from offers.model.take import Mark, Take


class Source(Protocol):
    """Every write names the take: doing it twice for one try is doing it once."""

    async def undraw(self, take: Take) -> None:
        """Give back what a try drew that never became a hold; nothing, when it drew nothing."""

    async def clear(self, take: Take) -> None:
        """Forget the mark of a try that became a hold."""

    async def put_back(self, take: Take, amount: int) -> None:
        """Give an amount back, and forget the mark; in the transaction that notes it in the take."""

    async def stale_marks(self, before: datetime, *, limit: int) -> Sequence[tuple[str, Mark]]:
        """Give marks left before an instant, with the sources they stand at."""
