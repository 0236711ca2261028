"""Speak to a member in the language they chose."""

from dataclasses import dataclass

from offers.model.ids import MemberId
from offers.model.programme import Language
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class SpeakLanguage:
    store: Store

    async def __call__(self, member_id: MemberId, language: Language) -> None:
        await self.store.reading.members.speak(member_id, language)
