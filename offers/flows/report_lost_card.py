"""Report a card lost: it stops working at once, and whoever proves to be its member gets a new one."""

from dataclasses import dataclass

from offers.flows.block_card import BY_MEMBER, BlockCard, Blocking
from offers.flows.reissue_card import Reissue, ReissueCard
from offers.model.card import BlockReason, Card
from offers.model.ids import CardId
from offers.model.programme import Programme

ON_THE_PAGE = "reported lost on the card's page"
PROVEN = "reported lost by the member, who proved to be the member"


@dataclass(frozen=True, slots=True)
class ReportLostCard:
    """What a member does alone, without the staff.

    The page of a card is open to whoever holds its link, and that may be who found the phone: from there a card can
    only be stopped. A new one, and letting the old one work again, is for who proved to be the member: in the bot's
    chat, by a code sent to their phone, or in front of the staff.
    """

    block_card: BlockCard
    reissue_card: ReissueCard

    async def stop(self, programme: Programme, card_id: CardId) -> Card:
        """Block the card; twice is once. Raises UnknownCard, CardReplaced, CardNotActive, Busy."""
        return await self.block_card(
            programme.id, card_id, Blocking(reason=BlockReason.LOST, by=BY_MEMBER, note=ON_THE_PAGE)
        )

    async def replace(self, programme: Programme, card_id: CardId) -> Reissue:
        """Give the proven member a new card; twice is once. Raises what `ReissueCard` raises."""
        return await self.reissue_card(programme, card_id, Blocking(reason=BlockReason.LOST, by=BY_MEMBER, note=PROVEN))

    async def found(self, programme: Programme, card_id: CardId) -> Card:
        """Let the proven member's card work again: it was found. Raises UnknownCard, CardReplaced, CardNotActive."""
        return await self.block_card.unblock(programme.id, card_id, by=BY_MEMBER)
