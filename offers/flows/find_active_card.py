"""Find the card a purchase is made with, and whose it is."""

from offers.model.card import Card, CardState
from offers.model.card_errors import CardReplaced
from offers.model.errors import CardNotActive, UnknownCard
from offers.model.ids import CardId
from offers.model.member import Member
from offers.model.programme import Till
from offers.store.work import Work


async def find_active_card(work: Work, till: Till, card_id: CardId) -> tuple[Card, Member]:
    """Give a card of the till's programme that may be used. Raises UnknownCard, CardReplaced, CardNotActive."""
    found = await work.cards.with_member(card_id)
    if found is None or found[0].programme_id != till.programme.id:
        raise UnknownCard
    card, member = found
    check_active(card)
    return card, member


def check_active(card: Card) -> None:
    """Refuse a card that may not be used. Raises CardReplaced, CardNotActive."""
    if card.replaced_by is not None:
        raise CardReplaced
    if card.state is not CardState.ACTIVE:
        raise CardNotActive(state=card.state)
