"""Accounts and their ledger."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from offers.engine.bookkeeping import due_dates
from offers.model.ids import MemberId, ProgrammeId
from offers.model.ledger import Account, EntryKind, LedgerEntry
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

MAX_CURRENCIES = 20


class Accounts(Repository):
    async def claim(self, member_id: MemberId, programme_id: ProgrammeId, currency: str) -> Account:
        """Read the account by writing to it first, so that two transactions on one account always conflict.

        The first claim opens the account.
        """
        fresh = to_document(Account(member_id=member_id, programme_id=programme_id, currency=currency))
        del fresh["version"]
        document: Any = await self._database["accounts"].find_one_and_update(
            {"_id": _key(member_id, currency)},
            {"$inc": {"version": 1}, "$setOnInsert": fresh},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        return from_document(Account, document)

    async def keep(self, account: Account, entries: list[LedgerEntry]) -> None:
        """Append the entries and write the claimed account they lead to."""
        if entries:
            await self._database["ledger"].insert_many([to_document(entry) for entry in entries], session=self._session)
        document = to_document(account, key=_key(account.member_id, account.currency))
        document |= to_document(due_dates(account))
        await self._database["accounts"].replace_one({"_id": document["_id"]}, document, session=self._session)

    async def claim_all(
        self, holdings: Iterable[tuple[MemberId, str]], programme_id: ProgrammeId
    ) -> dict[tuple[MemberId, str], Account]:
        """Claim several accounts (member, currency), always in the same order, so that no two transactions cross."""
        return {holding: await self.claim(holding[0], programme_id, holding[1]) for holding in sorted(set(holdings))}

    async def entry(self, member_id: MemberId, currency: str, cause_key: str) -> LedgerEntry | None:
        """Find what a cause has already done to an account."""
        document = await self._database["ledger"].find_one(
            {"member_id": member_id, "currency": currency, "cause_key": cause_key}, session=self._session
        )
        return from_document(LedgerEntry, document) if document else None

    async def last_entry(self, account: Account) -> LedgerEntry:
        """Give the entry just kept. Raises LookupError when the account never had one."""
        document = await self._database["ledger"].find_one(
            {"member_id": account.member_id, "currency": account.currency, "seq": account.seq}, session=self._session
        )
        if document is None:
            raise LookupError(f"{account.member_id} has no entry {account.seq}")
        return from_document(LedgerEntry, document)

    async def currencies(self, member_id: MemberId) -> list[str]:
        """Give the currencies the member has ever held."""
        cursor = self._database["accounts"].find({"member_id": member_id}, {"currency": 1}, session=self._session)
        return sorted([document["currency"] async for document in cursor.limit(MAX_CURRENCIES)])

    async def moved(self, member_id: MemberId, currency: str, kind: EntryKind, *, since: datetime) -> int:
        """Give how many points went out of the account by entries of a kind since an instant."""
        query = {
            "member_id": member_id, "currency": currency, "kind": kind.value,
            "recorded_at": {"$gte": since}, "points": {"$lt": 0},
        }  # fmt: skip
        total: list[dict[str, Any]] = [{"$match": query}, {"$group": {"_id": None, "points": {"$sum": "$points"}}}]
        async with await self._database["ledger"].aggregate(total, session=self._session) as cursor:
            async for document in cursor:
                return -int(document["points"])
        return 0

    async def due(
        self, field: str, *, before: datetime, limit: int, programme_id: ProgrammeId | None = None
    ) -> list[Account]:
        """Give the accounts whose due date (`DueDates`) has come, the longest overdue first."""
        query: dict[str, Any] = {field: {"$type": "date", "$lte": before}}
        if programme_id is not None:
            query["programme_id"] = programme_id
        cursor = self._database["accounts"].find(query, session=self._session).sort(field).limit(limit)
        return [from_document(Account, document) async for document in cursor]

    async def find(self, member_id: MemberId, currency: str) -> Account | None:
        document = await self._database["accounts"].find_one({"_id": _key(member_id, currency)}, session=self._session)
        return from_document(Account, document) if document else None

    async def entries(self, member_id: MemberId, currency: str, *, limit: int = 1_000) -> list[LedgerEntry]:
        """Give the account's entries, oldest first."""
        cursor = self._database["ledger"].find({"member_id": member_id, "currency": currency}, session=self._session)
        return [from_document(LedgerEntry, document) async for document in cursor.sort("seq").limit(limit)]


def _key(member_id: MemberId, currency: str) -> str:
    return f"{member_id}:{currency}"
