"""Find receipts: the till's "what happened?" after a timeout, a member's last purchases, and any one by its number."""

from collections.abc import Collection
from dataclasses import dataclass

from offers.model.errors import UnknownCheckout
from offers.model.ids import CheckoutId, MemberId, OutletId, ProgrammeId
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

    async def of_member(
        self, member_id: MemberId, *, before: CheckoutId | None = None, limit: int = 10
    ) -> list[Receipt]:
        """Give a member's receipts, newest first; `before` is the last one seen. Raises UnknownCheckout."""
        last = await self.one_of_member(member_id, before) if before is not None else None
        return await self.store.reading.receipts.last_of(member_id, before=last, limit=limit)

    async def one_of_member(self, member_id: MemberId, checkout_id: CheckoutId) -> Receipt:
        """Give any receipt that is kept, if it is the member's. Raises UnknownCheckout."""
        member = await self.store.reading.members.get(member_id)
        if member is None:
            raise UnknownCheckout
        receipt = await self.one(member.programme_id, checkout_id)
        if receipt.member_id != member_id:
            raise UnknownCheckout
        return receipt

    async def one(
        self, programme_id: ProgrammeId, checkout_id: CheckoutId, *, outlet_id: OutletId | None = None
    ) -> Receipt:
        """Give any receipt that is kept, of an outlet if one is named. Raises UnknownCheckout."""
        receipt = await self.store.reading.receipts.of_programme(programme_id, checkout_id)
        if receipt is None or outlet_id not in {None, receipt.outlet_id}:
            raise UnknownCheckout
        return receipt
