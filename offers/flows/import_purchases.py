"""Import purchases of the past: receipts without points, kept once, their members marked for a recount."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from offers.engine.new_card import new_card
from offers.model.clock import Clock
from offers.model.history import MemberKey, PastPurchase, PurchaseFate
from offers.model.ids import Chance, CheckoutId, MemberId, new_id
from offers.model.member import Member
from offers.model.programme import Outlet, Programme
from offers.model.purchase import Receipt, ReceiptOrigin
from offers.store.store import Store
from offers.store.work import Work

SOURCE = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where purchases go. `enrol`: a member nobody knows is enrolled, with one card; otherwise refused."""

    programme: Programme
    outlet: Outlet
    enrol: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPurchases:
    """One fate for each purchase, in order, and how many members were enrolled for them."""

    fates: tuple[PurchaseFate, ...]
    enrolled: int


@dataclass(frozen=True, slots=True)
class ImportPurchases:
    """Import one batch of some hundred purchases; the second time adds nothing.

    An imported purchase gives no points and tells no channel. Counters follow by `RecountMembers`, which finds the
    members by the mark left here, however this run ended.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, destination: Destination, purchases: Sequence[PastPurchase]) -> ImportedPurchases:
        return await self.store.transact(lambda work: self._keep(work, destination, purchases))

    async def _keep(self, work: Work, destination: Destination, purchases: Sequence[PastPurchase]) -> ImportedPurchases:
        digests = [body_digest(purchase) for purchase in purchases]
        orders = {(purchase.business_day, purchase.order_ref) for purchase in purchases}
        kept = await work.imports.digests(destination.outlet.id, orders)
        known, enrolled = await self._members(work, destination, _fresh(purchases, kept))
        fates, receipts = [], []
        for purchase, digest in zip(purchases, digests, strict=True):
            order = (purchase.business_day, purchase.order_ref)
            member_id = known.get(purchase.member)
            if order in kept:
                fates.append(PurchaseFate.ALREADY_THERE if kept[order] == digest else PurchaseFate.DIFFERS)
            elif member_id is None:
                fates.append(PurchaseFate.UNKNOWN_MEMBER)
            else:
                fates.append(PurchaseFate.ADDED)
                receipts.append(self._receipt(destination, purchase, member_id, digest))
                kept[order] = digest
        if receipts:
            await work.imports.add_receipts(receipts)
        return ImportedPurchases(fates=tuple(fates), enrolled=enrolled)

    async def _members(
        self, work: Work, destination: Destination, purchases: Iterable[PastPurchase]
    ) -> tuple[dict[MemberKey, MemberId], int]:
        """Find the members, and enrol the unknown when asked to; give them under every key the purchases use."""
        keys = dict.fromkeys(purchase.member for purchase in purchases)
        found = await work.imports.members(destination.programme.id, keys)
        known: dict[MemberKey, MemberId] = {name: member.id for name, member in found.items()}
        fresh: list[Member] = []
        for key in keys:
            member_id = next((known[name] for name in names_of(key) if name in known), None)
            if member_id is None and destination.enrol:
                member = self._stranger(destination.programme, key)
                member_id = member.id
                fresh.append(member)
            if member_id is not None:
                known.update(dict.fromkeys([key, *(name for name in names_of(key) if name not in known)], member_id))
        cards = [new_card(member, self.clock(), self.chance) for member in fresh]
        await work.imports.add_members(fresh, cards)
        return known, len(fresh)

    def _stranger(self, programme: Programme, key: MemberKey) -> Member:
        at = self.clock()
        return Member(
            id=MemberId(new_id(at, self.chance)),
            programme_id=programme.id,
            language=programme.default_language,
            source=SOURCE,
            enrolled_at=at,
            phone=key.phone,
            external_id=key.external_id,
            is_sample=programme.is_sample,
        )

    def _receipt(self, destination: Destination, purchase: PastPurchase, member_id: MemberId, digest: str) -> Receipt:
        total = sum(line.total_minor for line in purchase.lines)
        return Receipt(
            id=CheckoutId(new_id(purchase.at, self.chance)),
            programme_id=destination.programme.id,
            outlet_id=destination.outlet.id,
            member_id=member_id,
            card_id=None,
            order_ref=purchase.order_ref,
            business_day=purchase.business_day,
            at=purchase.at,
            recorded_at=self.clock(),
            currency=destination.programme.currency,
            total_minor=total,
            discount_minor=0,
            redeemed_minor=0,
            payable_minor=total,
            points_accrued=0,
            points_redeemed=0,
            balance=0,
            card_version=0,
            discount_bp=0,
            lines=purchase.lines,
            explain=(),
            spent=(),
            accrual_lot=None,
            body_digest=digest,
            idempotency_key=None,
            origin=ReceiptOrigin.IMPORT,
        )


def names_of(key: MemberKey) -> list[MemberKey]:
    """Give the single names in a key, the merchant's own number first."""
    names = [MemberKey(external_id=key.external_id)] if key.external_id is not None else []
    return [*names, MemberKey(phone=key.phone)] if key.phone is not None else names


def body_digest(purchase: PastPurchase) -> str:
    """Fingerprint what was bought, in whatever order the file lists it."""
    lines = sorted(f"{line.sku}\x1f{line.category}\x1f{line.quantity}\x1f{line.total_minor}" for line in purchase.lines)
    return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()


def _fresh(purchases: Sequence[PastPurchase], kept: Mapping[tuple[str, str], str]) -> list[PastPurchase]:
    return [purchase for purchase in purchases if (purchase.business_day, purchase.order_ref) not in kept]
