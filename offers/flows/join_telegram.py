"""Join a Telegram account to the member of a card, by the link the card's page shows."""

from dataclasses import dataclass

from offers.engine.card_codes import read_link_token
from offers.model.card import Card
from offers.model.errors import UnknownCard
from offers.model.ids import MemberId, ProgrammeId
from offers.model.member import Member
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The account now speaks for the member. `left` is the account that did so before."""

    member_id: MemberId
    is_new: bool
    left: int | None = None


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """The card has another Telegram account: nothing was changed, ask the person first."""


@dataclass(frozen=True, slots=True)
class HasAnotherCard:
    """The Telegram account is another member's: nothing was changed."""


Joining = Joined | ToConfirm | HasAnotherCard


@dataclass(frozen=True, slots=True)
class JoinTelegram:
    """Whoever holds the link holds the card. Raises MalformedCode, ForgedCode or UnknownCard for what is no link."""

    store: Store
    code_key: bytes

    async def __call__(
        self, programme_id: ProgrammeId, telegram_id: int, token: str, *, confirmed: bool = False
    ) -> Joining:
        card_id = read_link_token(token, self.code_key)
        card = await self.store.reading.cards.get(card_id)
        if card is None or card.programme_id != programme_id:
            raise UnknownCard
        return await self.store.transact(lambda work: self._join(work, card, telegram_id, confirmed=confirmed))

    async def _join(self, work: Work, card: Card, telegram_id: int, *, confirmed: bool) -> Joining:
        member = await work.members.get(card.member_id)
        if member is None:
            raise UnknownCard
        if member.telegram_id == telegram_id:
            return Joined(member_id=member.id, is_new=False)
        if await work.members.by_telegram(card.programme_id, telegram_id):
            return HasAnotherCard()
        if member.telegram_id is not None and not confirmed:
            return ToConfirm()
        return await self._tie(work, member, telegram_id)

    async def _tie(self, work: Work, member: Member, telegram_id: int) -> Joined:
        await work.members.reach_by_telegram(member.id, telegram_id)
        await work.conversations.forget(member.programme_id, telegram_id)
        return Joined(member_id=member.id, is_new=True, left=member.telegram_id)
