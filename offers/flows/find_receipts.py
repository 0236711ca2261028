"""Find receipts: the till's "what happened?" after a timeout, and a member's last purchases."""

from collections.abc import Collection
from dataclasses import dataclass

from offers.model.ids import CheckoutId, MemberId
from offers.model.programme import Till
from offers.model.purchase import Receipt
from offers.model.returns import Return
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class FindReceipts:
    store: Store

    async def of_order(self, till: Till, order_ref: str) -> list[Receipt]:
        """Give the outlet's receipts of an order reference, newest first; empty means it was never settled."""
        return await self.store.reading.receipts.by_order_ref(till.outlet.id, order_ref)

    async def returns_of(self, receipts: Collection[Receipt]) -> dict[CheckoutId, list[Return]]:
        """Give what came back of each receipt, oldest first."""
        came_back: dict[CheckoutId, list[Return]] = {receipt.id: [] for receipt in receipts}
        for each in await self.store.reading.returns.of_checkouts(came_back):
            came_back[each.checkout_id].append(each)
        return came_back

    async def of_member(self, member_id: MemberId, *, limit: int = 10) -> list[Receipt]:
        return await self.store.reading.receipts.last_of(member_id, limit=limit)
