"""Conversations with people who are not members yet."""

from offers.model.conversation import Conversation
from offers.model.ids import ProgrammeId
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository


class Conversations(Repository):
    async def find(self, programme_id: ProgrammeId, telegram_id: int) -> Conversation | None:
        document = await self._database["conversations"].find_one(
            {"_id": _key(programme_id, telegram_id)}, session=self._session
        )
        return from_document(Conversation, document) if document else None

    async def keep(self, conversation: Conversation) -> None:
        """Write the conversation as it now is."""
        key = _key(conversation.programme_id, conversation.telegram_id)
        await self._database["conversations"].replace_one(
            {"_id": key}, to_document(conversation, key=key), upsert=True, session=self._session
        )

    async def forget(self, programme_id: ProgrammeId, telegram_id: int) -> None:
        await self._database["conversations"].delete_one(
            {"_id": _key(programme_id, telegram_id)}, session=self._session
        )


def _key(programme_id: ProgrammeId, telegram_id: int) -> str:
    return f"{programme_id}:{telegram_id}"
