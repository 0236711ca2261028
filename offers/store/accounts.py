"""Accounts and their ledger."""

from typing import Any

from pymongo import ReturnDocument

from offers.model.ids import MemberId, ProgrammeId
from offers.model.ledger import Account, LedgerEntry
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository


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
        await self._database["accounts"].replace_one({"_id": document["_id"]}, document, session=self._session)

    async def find(self, member_id: MemberId, currency: str) -> Account | None:
        document = await self._database["accounts"].find_one({"_id": _key(member_id, currency)}, session=self._session)
        return from_document(Account, document) if document else None

    async def entries(self, member_id: MemberId, currency: str, *, limit: int = 1_000) -> list[LedgerEntry]:
        """Give the account's entries, oldest first."""
        cursor = self._database["ledger"].find({"member_id": member_id, "currency": currency}, session=self._session)
        return [from_document(LedgerEntry, document) async for document in cursor.sort("seq").limit(limit)]


def _key(member_id: MemberId, currency: str) -> str:
    return f"{member_id}:{currency}"
