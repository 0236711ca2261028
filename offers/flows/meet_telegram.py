"""Meet a person who writes in Telegram: the member behind the account, or what they said so far."""

from dataclasses import dataclass, replace

from offers.model.conversation import Conversation
from offers.model.ids import ProgrammeId
from offers.model.member import Member
from offers.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    """Who a Telegram account is to the programme; both are None for a stranger."""

    member: Member | None
    conversation: Conversation | None


@dataclass(frozen=True, slots=True)
class MeetTelegram:
    """Whoever writes can be written to, so a closed channel of a member opens again."""

    store: Store

    async def __call__(self, programme_id: ProgrammeId, telegram_id: int) -> Acquaintance:
        reading = self.store.reading
        member = await reading.members.by_telegram(programme_id, telegram_id)
        if member is None:
            conversation = await reading.conversations.find(programme_id, telegram_id)
            return Acquaintance(member=None, conversation=conversation)
        if not member.telegram_open:
            await reading.members.open_telegram(programme_id, telegram_id, is_open=True)
            member = replace(member, telegram_open=True)
        return Acquaintance(member=member, conversation=None)
