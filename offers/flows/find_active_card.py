"""Find the card a purchase is made with, whose it is, and by which rules."""

from offers.model.card import Card, CardState
from offers.model.card_errors import CardReplaced
from offers.model.errors import CardNotActive, UnknownCard
from offers.model.ids import CardId
from offers.model.member import Member
from offers.model.programme import Till
from offers.store.work import Work


async def find_active_card(work: Work, till: Till, card_id: CardId) -> tuple[Card, Member]:
    """Give a card of the till's programme that may be used. Raises UnknownCard, CardReplaced, CardNotActive."""
    card, member, _ = await find_card_and_rules(work, till, card_id)
    return card, member


async def find_card_and_rules(work: Work, till: Till, card_id: CardId) -> tuple[Card, Member, str]:
    """Give the digest of the programme's rules too, in the same question.

    Raises UnknownCard, CardReplaced, CardNotActive.
    """
    found = await work.cards.with_member(card_id)
    if found is None or found[0].programme_id != till.programme.id:
        raise UnknownCard
    check_active(found[0])
    return found


def check_active(card: Card) -> None:
    """Refuse a card that may not be used. Raises CardReplaced, CardNotActive."""
    if card.replaced_by is not None:
        raise CardReplaced
    if card.state is not CardState.ACTIVE:
        raise CardNotActive(state=card.state)
