"""Hold a conversation with somebody who is not a member yet: language, source and consents, until they join."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from offers.engine.arrivals import Start
from offers.model.clock import Clock
from offers.model.conversation import Agreement, Conversation
from offers.model.ids import ProgrammeId
from offers.model.programme import Language
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class HoldConversation:
    """Each call writes the conversation as it now is; the same call twice changes nothing more."""

    store: Store
    clock: Clock

    async def speak(self, programme_id: ProgrammeId, telegram_id: int, language: Language) -> Conversation:
        """Go on in a language. What was agreed to in another one stays agreed."""
        conversation = await self._begun(programme_id, telegram_id, language)
        return await self._keep(replace(conversation, language=language))

    async def come_from(
        self, programme_id: ProgrammeId, telegram_id: int, language: Language, start: Start
    ) -> Conversation:
        """Note where the person came from and who brought them; the first of each stays."""
        conversation = await self._begun(programme_id, telegram_id, language)
        source, code = conversation.source or start.source, conversation.code or start.code
        return await self._keep(replace(conversation, source=source, code=code))

    async def agree(
        self, programme_id: ProgrammeId, telegram_id: int, language: Language, agreements: Sequence[Agreement]
    ) -> Conversation:
        """Note the consents just given, in the place of earlier ones."""
        conversation = await self._begun(programme_id, telegram_id, language)
        return await self._keep(replace(conversation, language=language, agreements=tuple(agreements)))

    async def end(self, programme_id: ProgrammeId, telegram_id: int) -> None:
        await self.store.reading.conversations.forget(programme_id, telegram_id)

    async def _begun(self, programme_id: ProgrammeId, telegram_id: int, language: Language) -> Conversation:
        known = await self.store.reading.conversations.find(programme_id, telegram_id)
        return known or Conversation(
            programme_id=programme_id, telegram_id=telegram_id, language=language, updated_at=self.clock()
        )

    async def _keep(self, conversation: Conversation) -> Conversation:
        conversation = replace(conversation, updated_at=self.clock())
        await self.store.reading.conversations.keep(conversation)
        return conversation
