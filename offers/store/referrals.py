"""Referrals: one for each member who was brought, for ever."""

from datetime import datetime

from offers.model.ids import MemberId, ProgrammeId
from offers.model.referral import Referral, ReferralState
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

MAX_SHOWN = 200


class Referrals(Repository):
    async def of_invited(self, member_id: MemberId) -> Referral | None:
        """Give the referral by which a member came."""
        document = await self._database["referrals"].find_one({"_id": member_id}, session=self._session)
        return from_document(Referral, document) if document else None

    async def keep(self, referral: Referral) -> None:
        """Write a referral as it now is."""
        await self._database["referrals"].replace_one(
            {"_id": referral.id}, to_document(referral), upsert=True, session=self._session
        )

    async def of_inviter(self, programme_id: ProgrammeId, inviter_id: MemberId) -> list[Referral]:
        """Give whom a member brought, the last first; of too many the last."""
        query = {"programme_id": programme_id, "inviter_id": inviter_id}
        cursor = self._database["referrals"].find(query, session=self._session)
        return [from_document(Referral, document) async for document in cursor.sort("noted_at", -1).limit(MAX_SHOWN)]

    async def rewarded(self, inviter_id: MemberId, *, since: datetime) -> int:
        """Count the rewards an inviter had since an instant, those taken back left out."""
        query = {
            "inviter_id": inviter_id,
            "state": ReferralState.REWARDED.value,
            "rewarded_at": {"$gte": since},
        }
        return await self._database["referrals"].count_documents(query, session=self._session)

    async def bring(self, merged_id: MemberId, survivor_id: MemberId) -> None:
        """Let a survivor have brought whom the merged member brought: the cap counts them as one."""
        await self._database["referrals"].update_many(
            {"inviter_id": merged_id}, {"$set": {"inviter_id": survivor_id}}, session=self._session
        )
