"""What an import left in the store, and a naive recount to hold it against."""

import csv
from collections import Counter, defaultdict
from collections.abc import AsyncIterator

from offers.engine.counters import MAX_CATEGORIES
from offers.model.member import CategoryCount, Counters, Member
from offers.model.purchase import Receipt, ReceiptState
from offers.store.codec import from_document
from offers.store.store import Store
from service.importing.watch import Summary


async def receipts_of(store: Store) -> list[Receipt]:
    return [from_document(Receipt, document) async for document in store.database["receipts"].find()]


async def members_of(store: Store) -> list[Member]:
    return [from_document(Member, document) async for document in store.database["members"].find()]


async def naive_counters(store: Store) -> AsyncIterator[tuple[Member, Counters]]:
    """Count every member's receipts in plain Python, by another road than the store's."""
    bought: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in await receipts_of(store):
        bought[receipt.member_id].append(receipt)
    for member in await members_of(store):
        some = bought[member.id]
        settled = [receipt for receipt in some if receipt.state is ReceiptState.SETTLED]
        spend: Counter[str] = Counter()
        visits: Counter[str] = Counter()
        for receipt in settled:
            visits.update({line.category for line in receipt.lines})
            for line in receipt.lines:
                spend[line.category] += line.payable_minor
        best = sorted(spend, key=lambda category: (-spend[category], category))[:MAX_CATEGORIES]
        yield (
            member,
            Counters(
                purchases=len(settled),
                spend_minor=sum(receipt.payable_minor for receipt in settled),
                first_purchase_at=min((receipt.at for receipt in some), default=None),
                last_purchase_at=max((receipt.at for receipt in some), default=None),
                categories=tuple(
                    CategoryCount(category=name, purchases=visits[name], spend_minor=spend[name]) for name in best
                ),
            ),
        )


async def assert_counters_are_exact(store: Store) -> int:
    counted = 0
    async for member, counters in naive_counters(store):
        assert member.counters == counters, member.external_id
        counted += 1
    assert await store.database["members"].count_documents({"recount_due": {"$exists": True}}) == 0
    return counted


def rejected(summary: Summary) -> dict[int, str]:
    assert summary.rejected_path is not None
    with summary.rejected_path.open(encoding="utf-8-sig", newline="") as file:
        return {int(row["line"]): row["reason"] for row in csv.DictReader(file)}
