"""Lives of coupons that are over, for the night shift: each with what it gave and how often it was used."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from offers.model.coupon import Coupon, CouponState
from offers.model.coupon_life import CouponGiven, CouponLife
from offers.model.personal_run import PersonalRunId
from offers.model.purchase import ReceiptState
from offers.model.take import TakeKind, TakeState
from offers.store.codec import from_document
from offers.store.repository import Repository
from offers.store.some_members import some_members

BATCH = 2_000
_PICK = {"run_id": 1, "category": 1, "coupon_id": 1, "issued_at": 1}
_CODE = "coupon:"
"""How a receipt names the coupon that an offer used up."""


class CouponLives(Repository):
    """Picks tell which coupons were issued, on what and by which run; takes tell how often they were used, and when."""

    async def is_over(self, run_id: PersonalRunId, *, until: datetime) -> bool:
        """Say whether the life of a run's first coupon was over at an instant: those of the same day are with it."""
        pick = await self._database["personal_picks"].find_one(_of_run(run_id), _PICK, session=self._session)
        if pick is None:
            return False
        query = {"_id": pick["coupon_id"], "valid_until": {"$lte": until}}
        return await self._database["coupons"].count_documents(query, limit=1, session=self._session) > 0

    async def of_run(
        self, run_id: PersonalRunId, *, until: datetime, share: float = 1.0
    ) -> AsyncIterator[list[CouponLife]]:
        """Give the lives of a run that were over at an instant as they were known then, up to 2,000 at a time.

        Left out are those that were revoked before their end: what their members would have done was not seen. A
        `share` below 1 gives those of about so many members, chosen by chance, the same ones each time.
        """
        query = _of_run(run_id) | some_members(share, name=run_id)
        cursor = self._database["personal_picks"].find(query, _PICK, session=self._session).sort("member_id")
        batch: list[dict[str, Any]] = []
        async for document in cursor.batch_size(BATCH):
            batch.append(document)
            if len(batch) == BATCH:
                yield await self._over(batch, until)
                batch = []
        yield await self._over(batch, until)

    async def given(self, picks: Sequence[str], *, until: datetime) -> list[CouponGiven]:
        """Give what uses of the coupons of at most 2,000 picks, by their keys, took off purchases known at an instant.

        What came back later was given all the same, as the money of a purchase counts before returns. Raises ValueError
        for more.
        """
        if len(picks) > BATCH:
            message = f"at most {BATCH} picks are asked for at once, not {len(picks)}"
            raise ValueError(message)
        query = {"_id": {"$in": list(picks)}, "coupon_id": {"$type": "string"}, "issued_at": {"$lt": until}}
        cursor = self._database["personal_picks"].find(query, _PICK, session=self._session)
        found = [document async for document in cursor]
        return await self._taken_off(found, until) if found else []

    async def _taken_off(self, picks: Sequence[dict[str, Any]], until: datetime) -> list[CouponGiven]:
        runs = {f"{_CODE}{pick['coupon_id']}": PersonalRunId(pick["run_id"]) for pick in picks}
        query = {"_id": {"$in": [pick["coupon_id"] for pick in picks]}}
        coupons = [row async for row in self._database["coupons"].find(query, {"owner": 1}, session=self._session)]
        used: dict[str, Any] = {
            "member_id": {"$in": sorted({row["owner"] for row in coupons if row["owner"]})},
            "at": {"$gte": min(pick["issued_at"] for pick in picks)},
            "recorded_at": {"$lt": until},
            "offers.code": {"$in": list(runs)},
            "state": {"$ne": ReceiptState.VOIDED.value},
        }
        wanted = {"member_id": 1, "at": 1, "offers.code": 1, "offers.saving_minor": 1}
        return [
            CouponGiven(
                run_id=runs[offer["code"]], member_id=row["member_id"], at=row["at"], given_minor=offer["saving_minor"]
            )
            async for row in self._database["receipts"].find(used, wanted, session=self._session)
            for offer in row["offers"]
            if offer["code"] in runs
        ]

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


def _of_run(run_id: PersonalRunId) -> dict[str, Any]:
    return {"run_id": run_id, "coupon_id": {"$type": "string"}}


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
