"""Everything that is kept on a member, document by document, for the member to take along."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from bson import ObjectId

from offers.model.ids import MemberId
from offers.model.member import Member
from offers.store.repository import Repository
from offers.store.scores import Scores, row_key

MAX_MERGED = 100
_MAX_OF = 100_000
_SECRETS = frozenset({"apple_token", "push_token", "enrolment_key", "claim", "fence", "body_digest", "marks"})
"""What lets somebody in or only serves the machine: it says nothing about a person."""
_CARRIED_OUT: dict[str, Any] = {"issued_at": {"$type": "date"}}


class Exports(Repository):
    async def merged_into(self, member_id: MemberId) -> list[MemberId]:
        """Give whoever turned out to be this member: their records speak of the same person."""
        cursor = self._database["members"].find({"merged_into": member_id}, {"_id": 1}, session=self._session)
        return [MemberId(document["_id"]) async for document in cursor.limit(MAX_MERGED)]

    async def sections(self, member: Member, others: Sequence[MemberId]) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Tell every document with the section it belongs to, section after section."""
        ids = [member.id, *others]
        serials: list[str] = []
        for section, collection, query in _plan(member, ids):
            async for document in self._find(collection, query):
                if section == "cards":
                    serials.append(document["serial"])
                yield section, plain(document)
        async for document in self._find("devices", {"serial": {"$in": serials}}):
            yield "phones", plain(document)
        async for document in self._find("scores", {"_id": {"$in": await self._score_keys(member, ids)}}):
            yield "scores", plain(document)
        async for document in self._find("referrals", {"inviter_id": {"$in": ids}}):
            brought = plain(document)
            brought.pop("id")  # whom they brought is another person's business
            yield "brought", brought

    async def _score_keys(self, member: Member, ids: Sequence[MemberId]) -> list[str]:
        """Name the rows that speak of the member in the run that is published."""
        head = await Scores(self._database, self._session).published(member.programme_id)
        return [row_key(head.run_id, each) for each in ids] if head else []

    async def _find(self, collection: str, query: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        cursor = self._database[collection].find(query, session=self._session).sort("_id").limit(_MAX_OF)
        async for document in cursor:
            yield document


def plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give a document as its member may read it: `id` for `_id`, and no secrets at any depth."""
    told = {("id" if name == "_id" else name): _plain(value) for name, value in document.items()}
    return {name: value for name, value in told.items() if name not in _SECRETS}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, ObjectId):
        return str(value)
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _plan(member: Member, ids: Sequence[MemberId]) -> list[tuple[str, str, dict[str, Any]]]:
    of_member = {"member_id": {"$in": list(ids)}}
    plan: list[tuple[str, str, dict[str, Any]]] = [
        ("member", "members", {"_id": {"$in": list(ids)}}),
        ("consents", "consents", of_member),
        ("cards", "cards", of_member),
        ("accounts", "accounts", of_member),
        ("movements", "ledger", of_member),
        ("purchases", "receipts", of_member),
        ("returns", "returns", of_member),
        ("coupons", "coupons", {"owner": {"$in": list(ids)}}),
        ("adjustments", "adjustments", of_member),
        ("referral", "referrals", {"_id": {"$in": list(ids)}}),
        ("merges", "merges", {"survivor_id": {"$in": list(ids)}}),
        ("messages", "deliveries", of_member),
        ("exposures", "exposures", of_member),
        ("personal_offers", "personal_picks", of_member | _CARRIED_OUT | {"programme_id": member.programme_id}),
    ]
    if member.telegram_id is not None:
        plan.append(("conversation", "conversations", {"_id": f"{member.programme_id}:{member.telegram_id}"}))
    return plan
