"""Look at a card: the nouns behind it, read together."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.card_codes import read_link_token, read_scan_code
from offers.engine.card_face import CardFace, card_face
from offers.engine.card_look import CardLook, look_of
from offers.engine.face_values import CardNouns
from offers.engine.stamps import stamp_cards
from offers.flows.find_design import EVERYBODY, find_design
from offers.flows.find_rulebook import find_rulebook
from offers.flows.find_standing import find_standing
from offers.flows.look_at_coupons import LookAtCoupons
from offers.model.card import Card, CardState
from offers.model.clock import Clock
from offers.model.coupon import Availability, Coupon
from offers.model.design import CardDesign
from offers.model.errors import ForgedCode, MalformedCode, UnknownCard
from offers.model.held_level import LevelStanding
from offers.model.ids import CardId, MemberId, ProgrammeId
from offers.model.layer import Layer, LayerScope
from offers.model.ledger import POINTS, Account
from offers.model.member import Member
from offers.model.programme import Programme
from offers.model.stamps import StampCard
from offers.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSight:
    """A card with whom and what it belongs to; `account` is None before the first point.

    `standing` is how the member stood towards the levels when somebody looked; `layers` are those for this card, for a
    segment of its member and for everybody that were not over then. Prepaid money, stamps and coupons are
    read for the designs that show them.
    """

    programme: Programme
    member: Member
    card: Card
    account: Account | None
    standing: LevelStanding
    design: CardDesign
    layers: tuple[Layer, ...] = ()
    prepaid: Account | None = None
    stamps: tuple[StampCard, ...] = ()
    coupons: tuple[tuple[Coupon, Availability], ...] = ()

    @property
    def nouns(self) -> CardNouns:
        return CardNouns(
            programme=self.programme,
            design=self.design,
            member=self.member,
            card=self.card,
            account=self.account,
            standing=self.standing,
            prepaid=self.prepaid,
            stamps=self.stamps,
            coupons=self.coupons,
        )

    def common_look(self, *, at: datetime) -> CardLook:
        """Give what all cards of the design share at an instant: the layers for everybody, and nobody's own."""
        shared = (layer for layer in self.layers if layer.scope is LayerScope.EVERYBODY)
        return look_of(self.design, shared, at=at)


@dataclass(frozen=True, slots=True)
class LookAtCard:
    """Find a card by whatever names it. Every way raises UnknownCard when there is none."""

    store: Store
    code_key: bytes
    clock: Clock

    async def by_id(self, card_id: CardId) -> CardSight:
        return await self._sight(await self.store.reading.cards.get(card_id))

    async def by_serial(self, serial: str) -> CardSight:
        return await self._sight(await self.store.reading.cards.by_serial(serial))

    async def by_member(self, member_id: MemberId) -> CardSight:
        return await self._sight(await self.store.reading.cards.of_member(member_id))

    async def by_scan_code(self, code: str, *, programme_id: ProgrammeId) -> CardSight:
        """Find the card a till scanned. Raises MalformedCode or ForgedCode too."""
        card = await self.store.reading.cards.get(read_scan_code(code, self.code_key))
        if card and card.programme_id != programme_id:
            raise UnknownCard
        return await self._sight(card)

    async def by_link(self, token: str) -> CardSight:
        """Find the card of a member's own page; a link torn or made up opens no card."""
        try:
            card_id = read_link_token(token, self.code_key)
        except (ForgedCode, MalformedCode) as error:
            raise UnknownCard from error
        return await self.by_id(card_id)

    async def together(self, sight: CardSight) -> list[CardSight]:
        """Give the card and the member's other ones that can be used, this one first."""
        cards = await self.store.reading.cards.all_of_member(sight.member.id)
        others = [card for card in cards if card.id != sight.card.id and card.state is CardState.ACTIVE]
        return [sight, *[await self._sight(card) for card in others]]

    async def under(self, sight: CardSight, design: CardDesign) -> CardSight:
        """Give the card as another design would draw it."""
        return await self._shown(replace(sight, design=design))

    async def stamps(self, sight: CardSight) -> tuple[StampCard, ...]:
        """Give the member's stamp cards as they stand now."""
        ready = await find_rulebook(self.store.reading, sight.programme)
        return stamp_cards(ready, sight.member.stamps, at=self.clock())

    async def _sight(self, card: Card | None) -> CardSight:
        if card is None:
            raise UnknownCard
        reading = self.store.reading
        programme = await reading.programmes.get(card.programme_id)
        member = await reading.members.get(card.member_id)
        if programme is None or member is None:
            raise UnknownCard
        design = await find_design(reading, programme, card.design)
        layers = await reading.layers.for_targets(programme.id, targets_of(card, member.segments), at=self.clock())
        account = await reading.accounts.find(member.id, POINTS)
        standing = await find_standing(reading, programme, member, at=self.clock())
        return await self._shown(
            CardSight(
                programme=programme,
                member=member,
                card=card,
                account=account,
                standing=standing,
                design=design,
                layers=tuple(layers),
            )
        )

    async def _shown(self, sight: CardSight) -> CardSight:
        """Read what the design shows beyond what every card has."""
        programme, member, design = sight.programme, sight.member, sight.design
        if design.wants("prepaid"):
            prepaid = await self.store.reading.accounts.find(member.id, programme.currency)
            sight = replace(sight, prepaid=prepaid)
        if design.wants("stamps"):
            sight = replace(sight, stamps=await self.stamps(sight))
        if design.wants("coupon") or design.wants("coupons"):
            seen = await LookAtCoupons(self.store, self.clock).of_member(programme.id, member.id)
            sight = replace(sight, coupons=tuple((each.coupon, each.now) for each in seen))
        return sight


def targets_of(card: Card, segments: Iterable[str]) -> list[str]:
    """Name whom a layer has to be for to lie on this card."""
    return [EVERYBODY, *(f"segment:{name}" for name in segments), f"card:{card.id}"]


def face_of(sight: CardSight, *, code_key: bytes, at: datetime) -> CardFace:
    """Put what was seen on the card's face."""
    return card_face(sight.nouns, layers=sight.layers, code_key=code_key, at=at)
