"""Takes: who took how much of what, by the key of its cause."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from offers.model.take import Take, TakeKind, TakeState
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

MAX_TAKES_PER_CAUSE = 500
_OUT = [TakeState.HELD.value, TakeState.SETTLED.value, TakeState.RETURNED.value]


class Takes(Repository):
    async def get(self, key: str) -> Take | None:
        found = await self.find([key])
        return found[0] if found else None

    async def find(self, keys: Collection[str]) -> list[Take]:
        return await self._list({"_id": {"$in": list(keys)}}, limit=MAX_TAKES_PER_CAUSE)

    async def of_cause(self, cause: str) -> list[Take]:
        return await self._list({"cause": cause}, limit=MAX_TAKES_PER_CAUSE)

    async def try_first(self, take: Take) -> bool:
        """Claim a key nobody used; False when somebody did."""
        try:
            await self._database["takes"].insert_one(_document(take), session=self._session)
        except DuplicateKeyError:
            return False
        return True

    async def try_again(self, take: Take, earlier: Take) -> bool:
        """Claim a key that was released; False when somebody else claimed it."""
        seen = {"_id": earlier.key, "state": TakeState.RELEASED.value, "attempt": earlier.attempt}
        result = await self._database["takes"].replace_one(seen, _document(take), session=self._session)
        return result.modified_count == 1

    async def hold(self, take: Take, *, until: datetime) -> bool:
        """Turn a try into a hold; False when the try is not the last one any more."""
        change = {"$set": {"state": TakeState.HELD.value, "until": until}}
        return await self._change(take, TakeState.TRYING, change)

    async def drop(self, take: Take, *, at: datetime) -> bool:
        """Give a try up; False when it is over already."""
        return await self._change(take, TakeState.TRYING, _released(at))

    async def release(self, take: Take, *, at: datetime) -> bool:
        """Mark a hold as released; False when it is not held any more. The caller gives the amount back."""
        return await self._change(take, TakeState.HELD, _released(at, refilled=take.amount))

    async def settle(self, keys: Collection[str], *, at: datetime) -> int:
        """Settle held takes; gives how many of them were still held."""
        result = await self._database["takes"].update_many(
            {"_id": {"$in": list(keys)}, "state": TakeState.HELD.value},
            {"$set": {"state": TakeState.SETTLED.value, "settled_at": at}, "$unset": {"until": ""}},
            session=self._session,
        )
        return result.modified_count

    async def renew(self, cause: str, *, until: datetime) -> int:
        """Hold on until later; gives how many takes that were."""
        result = await self._database["takes"].update_many(
            {"cause": cause, "state": TakeState.HELD.value}, {"$set": {"until": until}}, session=self._session
        )
        return result.modified_count

    async def give_back(self, take: Take, *, returned: int, refilled: int, at: datetime) -> bool:
        """Note what a settled take gave back so far; False when somebody noted something since it was read."""
        state = TakeState.RETURNED if returned >= take.amount else TakeState.SETTLED
        seen = {"_id": take.key, "state": take.state.value, "returned": take.returned, "refilled": take.refilled}
        change = {"state": state.value, "returned": returned, "refilled": refilled, "ended_at": at}
        result = await self._database["takes"].update_one(seen, {"$set": change}, session=self._session)
        return result.modified_count == 1

    async def lapsed(
        self, at: datetime, *, pocket: str | None = None, source: str | None = None, limit: int
    ) -> list[Take]:
        """Give tries and holds whose time is over: of everything, of one pocket, or of one voucher or coupon."""
        query: dict[str, Any] = {"until": {"$lte": at}}
        if pocket is not None:
            query["pocket"] = pocket
        if source is not None:
            query["source"] = source
        return await self._list(query, limit=limit)

    async def held_of(self, kind: TakeKind, source: str, *, limit: int = MAX_TAKES_PER_CAUSE) -> list[Take]:
        query = {"source": source, "state": TakeState.HELD.value, "kind": kind.value}
        return await self._list(query, limit=limit)

    async def count_held(self, kind: TakeKind, sources: Collection[str], *, at: datetime) -> dict[str, int]:
        """Count the live holds of each source that has any."""
        held = {"state": TakeState.HELD.value, "kind": kind.value, "until": {"$gt": at}}
        pipeline: list[dict[str, Any]] = [
            {"$match": {"source": {"$in": list(sources)}, **held}},
            {"$group": {"_id": "$source", "held": {"$sum": 1}}},
        ]
        cursor = await self._database["takes"].aggregate(pipeline, session=self._session)
        return {document["_id"]: document["held"] async for document in cursor}

    async def with_lapsed(self, kind: TakeKind, sources: Collection[str], *, at: datetime) -> list[str]:
        """Give those of some sources that have holds whose time is over."""
        held = {"state": TakeState.HELD.value, "kind": kind.value, "until": {"$lte": at}}
        query = {"source": {"$in": list(sources)}, **held}
        return sorted(await self._database["takes"].distinct("source", query, session=self._session))

    async def lapsed_of(self, pockets: Collection[str], at: datetime) -> dict[str, int]:
        """Sum what is held of each pocket by holds whose time is over: nobody has a claim to it any more."""
        pipeline: list[dict[str, Any]] = [
            {"$match": {"pocket": {"$in": list(pockets)}, "state": TakeState.HELD.value, "until": {"$lte": at}}},
            {"$group": {"_id": "$pocket", "amount": {"$sum": "$amount"}}},
        ]
        cursor = await self._database["takes"].aggregate(pipeline, session=self._session)
        return {document["_id"]: int(document["amount"]) async for document in cursor}

    async def out_of(self, pocket: str) -> int:
        """Sum what is out of a budget's pocket: taken and not given back to it."""
        pipeline: list[dict[str, Any]] = [
            {"$match": {"pocket": pocket, "state": {"$in": _OUT}, "kind": TakeKind.BUDGET.value}},
            {"$group": {"_id": None, "out": {"$sum": {"$subtract": ["$amount", "$refilled"]}}}},
        ]
        cursor = await self._database["takes"].aggregate(pipeline, session=self._session)
        async for document in cursor:
            return int(document["out"])
        return 0

    async def _change(self, take: Take, before: TakeState, change: dict[str, Any]) -> bool:
        result = await self._database["takes"].update_one(
            {"_id": take.key, "state": before.value, "attempt": take.attempt}, change, session=self._session
        )
        return result.modified_count == 1

    async def _list(self, query: dict[str, Any], *, limit: int) -> list[Take]:
        cursor = self._database["takes"].find(query, session=self._session).sort("_id").limit(limit)
        return [from_document(Take, {**document, "key": document["_id"]}) async for document in cursor]


def _released(at: datetime, **fields: int) -> dict[str, Any]:
    """What ends has no time left: the index of what may lapse holds what is under way alone."""
    return {"$set": {"state": TakeState.RELEASED.value, "ended_at": at, **fields}, "$unset": {"until": ""}}


def _document(take: Take) -> dict[str, Any]:
    document = to_document(take, key=take.key)
    del document["key"]
    return document
