"""Issuances: how far each walk over the members is, and the pages it walks by."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pymongo.errors import BulkWriteError

from offers.model.card import Card
from offers.model.ids import MemberId, ProgrammeId
from offers.model.issuance import Issuance, IssueWish
from offers.store.codec import from_document, to_document
from offers.store.races import as_lost_race
from offers.store.repository import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A member as far as an issuance needs to know: their cards of the design, and whether Google holds one."""

    member_id: MemberId
    is_merged: bool
    has_one: bool
    at_google: bool


class Issuances(Repository):
    async def find(self, programme_id: ProgrammeId, wish: IssueWish) -> Issuance | None:
        """Give the last walk for this wish, ended or not."""
        key = _key(programme_id, wish)
        document = await self._database["issuances"].find_one({"_id": key}, session=self._session)
        return from_document(Issuance, document) if document else None

    async def keep(self, issuance: Issuance) -> None:
        document = to_document(issuance, key=_key(issuance.programme_id, issuance.wish))
        await self._database["issuances"].replace_one(
            {"_id": document["_id"]}, document, upsert=True, session=self._session
        )

    async def count(self, programme_id: ProgrammeId, wish: IssueWish) -> int:
        """Give how many members there are to look at."""
        return int(await self._database["members"].count_documents(_whom(programme_id, wish), session=self._session))

    async def page(self, programme_id: ProgrammeId, wish: IssueWish, *, after: MemberId, limit: int) -> list[Candidate]:
        """Give the next members in the order of their ids."""
        query = {**_whom(programme_id, wish), "_id": {"$gt": after}}
        cursor = self._database["members"].find(query, {"merged_into": 1}, session=self._session)
        members = await cursor.sort("_id").limit(limit).to_list()
        ids = [member["_id"] for member in members]
        wanted = {"member_id": 1, "design": 1, "google_saved": 1}
        cards = self._database["cards"].find(
            {"member_id": {"$in": ids}, "replaced_by": None}, wanted, session=self._session
        )
        holders, google = set[str](), set[str]()
        async for card in cards:
            if card.get("design", wish.design) == wish.design:
                holders.add(card["member_id"])
            if card.get("google_saved"):
                google.add(card["member_id"])
        return [
            Candidate(
                member_id=member["_id"],
                is_merged=member.get("merged_into") is not None,
                has_one=member["_id"] in holders,
                at_google=member["_id"] in google,
            )
            for member in members
        ]

    async def issue(self, cards: Sequence[Card]) -> None:
        """Keep new cards. Raises DuplicateKeyError when somebody issued one of them meanwhile."""
        if cards:
            try:
                await self._database["cards"].insert_many([to_document(card) for card in cards], session=self._session)
            except BulkWriteError as error:
                raise as_lost_race(error) from error


def _whom(programme_id: ProgrammeId, wish: IssueWish) -> dict[str, Any]:
    query: dict[str, Any] = {"programme_id": programme_id}
    if wish.segment is not None:
        query["segments"] = wish.segment
    if wish.source is not None:
        query["source"] = {"$regex": f"^{re.escape(wish.source)}"}
    return query


def _key(programme_id: ProgrammeId, wish: IssueWish) -> str:
    return f"{programme_id}:{wish.design}:{wish.segment or ''}:{wish.source or ''}"
