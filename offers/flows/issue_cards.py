"""Issue a card of a design to many members: each once, page by page, and on from where it stopped."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from offers.engine.new_card import new_card_for
from offers.flows.card_updates import update_item
from offers.model.card import Card
from offers.model.clock import Clock
from offers.model.design import MAIN_DESIGN
from offers.model.design_errors import UnknownDesign
from offers.model.ids import Chance
from offers.model.issuance import AtGoogle, Issuance, IssueWish, Skipped
from offers.model.message import OutboxItem, Priority
from offers.model.programme import Programme
from offers.model.shown import Wallet
from offers.store.issuances import Candidate
from offers.store.store import Store
from offers.store.work import Work

PAGE = 500


@dataclass(frozen=True, slots=True)
class IssueCards:
    """Give every member asked for one card of the design; who has one keeps it.

    A page's cards, what Google shall be told of them, and how far the walk is are kept together, so a walk that was
    broken off goes on after its last page, and two walks at once issue nothing twice. Once a walk has ended, asking
    again looks at everybody anew: there may be new members. Raises UnknownDesign, Busy.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def begin(self, programme: Programme, wish: IssueWish) -> Issuance:
        """Give the walk to go on with, or a new one; nothing is kept yet."""
        if wish.design != MAIN_DESIGN and await self.store.reading.designs.get(programme.id, wish.design) is None:
            raise UnknownDesign(design=wish.design)
        known = await self.store.reading.issuances.find(programme.id, wish)
        if known is not None and known.ended_at is None:
            return replace(known, wish=wish)
        return Issuance(programme_id=programme.id, wish=wish, begun_at=self.clock())

    async def count(self, issuance: Issuance) -> int:
        """Give how many members the whole walk looks at, those it has looked at included."""
        return await self.store.reading.issuances.count(issuance.programme_id, issuance.wish)

    async def walk(self, issuance: Issuance) -> AsyncIterator[Issuance]:
        """Issue page after page; gives how it stands after each, and at last that it has ended."""
        while issuance.ended_at is None:
            issuance = await self.store.transact(lambda work, before=issuance: self._page(work, before))  # type: ignore[misc] # the default binds the loop's issuance
            yield issuance

    async def rehearse(self, issuance: Issuance) -> AsyncIterator[Issuance]:
        """Walk like `walk` and keep nothing: what would be issued, skipped and why."""
        issuances = self.store.reading.issuances
        while issuance.ended_at is None:
            page = await issuances.page(issuance.programme_id, issuance.wish, after=issuance.after, limit=PAGE)
            chosen = [each for each in page if _why_not(each) is None]
            issuance = self._after(issuance, page, issued=len(chosen), google=_for_google(chosen, issuance.wish))
            yield issuance

    async def _page(self, work: Work, issuance: Issuance) -> Issuance:
        wish = issuance.wish
        page = await work.issuances.page(issuance.programme_id, wish, after=issuance.after, limit=PAGE)
        at = self.clock()
        chosen = [each for each in page if _why_not(each) is None]
        cards = [
            new_card_for(issuance.programme_id, each.member_id, at, self.chance, design=wish.design) for each in chosen
        ]
        await work.issuances.issue(cards)
        asked = [card for each, card in zip(chosen, cards, strict=True) if _goes_to_google(each, wish)]
        await work.outbox.put([_google_item(card) for card in asked])
        after = self._after(issuance, page, issued=len(cards), google=len(asked))
        await work.issuances.keep(after)
        return after

    def _after(self, issuance: Issuance, page: list[Candidate], *, issued: int, google: int) -> Issuance:
        skipped = Counter(issuance.skipped) + Counter(why for each in page if (why := _why_not(each)))
        return replace(
            issuance,
            after=page[-1].member_id if page else issuance.after,
            issued=issuance.issued + issued,
            google=issuance.google + google,
            skipped=dict(skipped),
            ended_at=None if len(page) == PAGE else self.clock(),
        )


def _why_not(candidate: Candidate) -> Skipped | None:
    if candidate.is_merged:
        return Skipped.MERGED
    return Skipped.HAS_ONE if candidate.has_one else None


def _goes_to_google(candidate: Candidate, wish: IssueWish) -> bool:
    if wish.at_google is AtGoogle.HOLDERS:
        return candidate.at_google
    return wish.at_google is AtGoogle.EVERYBODY


def _for_google(chosen: list[Candidate], wish: IssueWish) -> int:
    return sum(_goes_to_google(each, wish) for each in chosen)


def _google_item(card: Card) -> OutboxItem:
    """Ask for the card's object at Google, behind balances and banners."""
    return update_item(
        card, Wallet.GOOGLE, priority=Priority.BULK, interval_s=0.0, at=card.issued_at, due_at=card.issued_at
    )
