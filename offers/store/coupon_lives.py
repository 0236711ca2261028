"""Lives of coupons that are over, for the night shift: each with what it gave and how often it was used."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any

from offers.model.coupon import Coupon, CouponState
from offers.model.coupon_life import CouponLife
from offers.model.ids import ProgrammeId
from offers.model.personal_run import PersonalRunId
from offers.model.take import TakeKind, TakeState
from offers.store.codec import from_document
from offers.store.repository import Repository

BATCH = 2_000
_PICK = {"run_id": 1, "category": 1, "coupon_id": 1}


class CouponLives(Repository):
    """Picks tell which coupons were issued, on what and by which run; takes tell how often they were used, and when."""

    async def count(self, programme_id: ProgrammeId, *, until: datetime, without: Collection[PersonalRunId]) -> int:
        """Count what `stream` is going to walk over."""
        query = _issued(programme_id, until, without)
        return await self._database["personal_picks"].count_documents(query, session=self._session)

    async def stream(
        self, programme_id: ProgrammeId, *, until: datetime, without: Collection[PersonalRunId]
    ) -> AsyncIterator[list[CouponLife]]:
        """Give the lives that were over at an instant as they were known then, of up to 2,000 coupons at a time.

        Coupons of personal offers alone carry a level of their own. Left out are those of the runs `without`, and those
        that were revoked before their end: what their members would have done was not seen.
        """
        picks = self._database["personal_picks"]
        cursor = picks.find(_issued(programme_id, until, without), _PICK, session=self._session)
        batch: list[dict[str, Any]] = []
        async for document in cursor.sort([("member_id", 1), ("issued_at", 1)]).batch_size(BATCH):
            batch.append(document)
            if len(batch) == BATCH:
                yield await self._over(batch, until)
                batch = []
        yield await self._over(batch, until)

    async def _over(self, picks: Sequence[dict[str, Any]], until: datetime) -> list[CouponLife]:
        ids = [pick["coupon_id"] for pick in picks]
        query = {"_id": {"$in": ids}, "valid_until": {"$lte": until}}
        found = self._database["coupons"].find(query, session=self._session)
        coupons = {document["_id"]: from_document(Coupon, document) async for document in found}
        used = await self._used(ids, until)
        lives = (_life(pick, coupons.get(pick["coupon_id"]), used.get(pick["coupon_id"], 0)) for pick in picks)
        return [life for life in lives if life is not None]

    async def _used(self, coupon_ids: Sequence[str], until: datetime) -> dict[str, int]:
        """Count the uses of each coupon that were settled by then, without those given back by then."""
        settled = {"kind": TakeKind.COUPON.value, "settled_at": {"$lt": until}}
        kept = [{"state": TakeState.SETTLED.value}, {"state": TakeState.RETURNED.value, "ended_at": {"$gte": until}}]
        plan: list[dict[str, Any]] = [
            {"$match": {"source": {"$in": list(coupon_ids)}, **settled, "$or": kept}},
            {"$group": {"_id": "$source", "used": {"$sum": "$amount"}}},
        ]
        cursor = await self._database["takes"].aggregate(plan, session=self._session)
        return {row["_id"]: int(row["used"]) async for row in cursor}


def _issued(programme_id: ProgrammeId, until: datetime, without: Collection[PersonalRunId]) -> dict[str, Any]:
    query: dict[str, Any] = {"programme_id": programme_id, "issued_at": {"$type": "date", "$lt": until}}
    return query | {"coupon_id": {"$type": "string"}, "run_id": {"$nin": list(without)}}


def _life(pick: dict[str, Any], coupon: Coupon | None, used: int) -> CouponLife | None:
    if coupon is None or coupon.owner is None or coupon.benefit is None or coupon.valid_until is None:
        return None
    if coupon.state is CouponState.REVOKED and (coupon.ended_at is None or coupon.ended_at < coupon.valid_until):
        return None
    return CouponLife(
        coupon_id=coupon.id,
        member_id=coupon.owner,
        template=coupon.offer_id,
        run_id=PersonalRunId(pick["run_id"]),
        category=pick.get("category"),
        benefit=coupon.benefit,
        uses=coupon.recurrence.uses_per_period,
        begins_at=coupon.valid_from,
        ends_at=coupon.valid_until,
        used=min(used, coupon.recurrence.uses_per_period),
    )
