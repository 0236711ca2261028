"""Composes what Google is to have of a card: its class, its object, and the member's coupons as linked offers."""

from dataclasses import dataclass, field

from offers.engine.card_face import CardFace
from offers.engine.card_look import CardLook
from offers.engine.rotating_codes import rotating_key
from offers.flows.list_coupons import ListCoupons
from offers.flows.look_at_card import CardSight, face_of
from offers.model.clock import Clock
from offers.model.design import MAIN_DESIGN, CardDesign
from offers.model.programme import Programme
from wallet.google.bodies import ObjectSubject, object_body
from wallet.google.class_bodies import Addresses, ClassSubject, class_body
from wallet.google.coupons import LINKED, LinkedCoupon, linked_coupon
from wallet.google.kinds import Kind, Resource, class_kind, object_kind
from wallet.google.pictures import GooglePictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """Reads, and asks nobody over the network. The same card at the same instant is the same resource.

    `rotates` puts rotating codes on cards; `restricts` lets a card be saved by the Google account of its member's
    e-mail alone, where the member told one and the design allows no sharing.
    """

    issuer_id: str
    pictures: GooglePictures
    list_coupons: ListCoupons
    public_url: str
    callback_url: str | None
    rotates: bool
    restricts: bool = False
    code_key: bytes = field(repr=False)
    clock: Clock

    def face(self, sight: CardSight) -> CardFace:
        return face_of(sight, code_key=self.code_key, at=self.clock())

    def common(self, programme: Programme, design: CardDesign, look: CardLook) -> Resource:
        """Compose the class: what all cards of a design show now."""
        return self._class(ClassSubject(programme=programme, design=design, look=look))

    def parent(self, sight: CardSight) -> Resource:
        """Compose the class of a card."""
        return self.common(sight.programme, sight.design, sight.common_look(at=self.clock()))

    async def coupons(self, sight: CardSight) -> list[LinkedCoupon]:
        """Give the coupons to link to a card, those that are over too: a member's own loyalty card shows them."""
        if sight.card.design != MAIN_DESIGN or class_kind(sight.design.kind) is not Kind.CLASS:
            return []
        at = self.clock()
        look = sight.common_look(at=at)
        return [
            linked_coupon(sight.nouns, each.coupon, each.now, look=look, code_key=self.code_key, at=at)
            for each in await self.list_coupons(sight.programme, sight.member.id)
        ]

    def coupon(self, linked: LinkedCoupon) -> tuple[Resource, Resource]:
        """Compose a coupon as its offer class and its offer object."""
        body = object_body(linked.object, issuer_id=self.issuer_id)
        return self._class(linked.parent), Resource(kind=Kind.OFFER_OBJECT, body=body)

    async def card(self, sight: CardSight, *, notify: bool = False) -> Resource:
        """Compose a card's object. The offers it links to must be at Google first."""
        face, card = self.face(sight), sight.card
        common = sight.common_look(at=self.clock())
        differs = (face.look.images.banner, face.look.colours) != (common.images.banner, common.colours)
        live = [each for each in await self.coupons(sight) if each.is_live][:LINKED]
        subject = ObjectSubject(
            face=face,
            common=common,
            issued_at=card.issued_at,
            banner=self.pictures.hero(face.look) if differs else None,
            rotating_key=rotating_key(card.id, card.code_generation, self.code_key) if self.rotates else None,
            save_email=self._save_email(sight),
            linked_offers=tuple(f"{self.issuer_id}.{each.face.serial}" for each in live),
        )
        body = object_body(subject, issuer_id=self.issuer_id, notify=notify)
        return Resource(kind=object_kind(face.kind), body=body)

    def _save_email(self, sight: CardSight) -> str | None:
        personal = sight.member.personal
        return personal.email if self.restricts and personal and not sight.design.sharing_allowed else None

    def _class(self, subject: ClassSubject) -> Resource:
        addresses = Addresses(
            logo=self.pictures.logo(subject.look),
            banner=self.pictures.hero(subject.look),
            wide_logo=self.pictures.wide_logo(subject.look),
            home=f"{self.public_url}/join/{subject.programme.slug}",
            callback=self.callback_url,
        )
        body = class_body(subject, issuer_id=self.issuer_id, addresses=addresses)
        return Resource(kind=class_kind(subject.design.kind), body=body)
