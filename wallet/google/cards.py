"""Cards at Google: put there when a member asks, kept current afterwards."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from certs.identity import GoogleIdentity
from offers.flows.keep_shown import KeepShown
from offers.flows.look_at_card import CardSight
from offers.flows.remember_offers import RememberOffers
from offers.flows.save_to_google import SaveToGoogle
from offers.model.clock import Clock
from offers.model.google_holding import DIRECT
from offers.model.google_offer import GoogleOffer
from wallet.google.classes import BEING_TOLD, GoogleClasses
from wallet.google.client import Change, GoogleWalletClient
from wallet.google.composer import Composer
from wallet.google.coupons import LinkedCoupon
from wallet.google.kinds import Resource
from wallet.google.messages import CardMessages, coupon_said
from wallet.google.outcomes import Done, Outcome, Refused, RetryLater
from wallet.google.save_link import SavedCard, save_link
from wallet.google.veil import veiled

PATIENCE_S: Final = 5.0
"""How long a member who asks for a card waits while another process tells Google of what the card needs."""
_LOOK_AGAIN_S: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleCards:
    """Puts classes, coupons and new cards of one issuer there; what changes of a card later is for `CardUpdates`."""

    client: GoogleWalletClient
    classes: GoogleClasses
    shown: KeepShown
    composer: Composer
    identity: GoogleIdentity
    save: SaveToGoogle
    offers: RememberOffers
    messages: CardMessages
    origin: str
    save_url: str
    clock: Clock

    async def keep_current(self, sight: CardSight, *, attempt: int = 0, expect_new: bool = False) -> Outcome:
        """Give Google the card as it is now, and before it what it needs there."""
        outcome = await self.prepare(sight, attempt=attempt)
        if outcome is not None:
            return outcome
        card = await self.composer.card(sight)
        outcome = await self.client.put(card.kind, card.body, expect_new=expect_new, attempt=attempt)
        await self.forget_class_if_missing(card, outcome)
        if isinstance(outcome, Done):
            shown = (await self.shown.of([sight]))[sight.card.id]
            await self.shown.told([replace(shown, body=veiled(card.body), version=sight.card.version)], answers=False)
        return outcome

    async def prepare(self, sight: CardSight, *, attempt: int = 0) -> Outcome | None:
        """Put the card's class and its member's coupons there, as far as Google has them not; None: all is ready."""
        outcome = await self.put_class(self.composer.parent(sight), attempt=attempt)
        if not isinstance(outcome, Done):
            return outcome
        return await self._put_coupons(sight, attempt)

    async def put_class(self, resource: Resource, *, attempt: int = 0) -> Outcome:
        """Have a class there as it now is; all processes together send a change of it once."""
        return await self.classes.ready(resource, attempt=attempt)

    async def forget_class_if_missing(self, card: Resource, outcome: Outcome) -> None:
        """Have the class written again when Google says that it is not there."""
        if isinstance(outcome, Refused) and outcome.code == "class_not_found":
            await self.classes.forget(str(card.body["classId"]))

    async def add(self, sights: Sequence[CardSight], *, source: str = DIRECT) -> str | Outcome:
        """Insert the cards of one member and give the link that saves them, or what keeps Google from having them.

        Raises SaveLinkTooLong for more cards than a link can name.
        """
        saved = []
        for sight in sights:
            outcome = await self._hand_over(sight)
            if not isinstance(outcome, Done):
                return outcome
            await self.save(sight.card.id, source=source)
            card = await self.composer.card(sight)
            saved.append(SavedCard(kind=card.kind, id=card.id))
        return save_link(
            identity=self.identity, cards=saved, origins=[self.origin], at=self.clock(), save_url=self.save_url
        )

    async def _hand_over(self, sight: CardSight) -> Outcome:
        """Insert a card for somebody who waits for it."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_S
        while True:
            outcome = await self.keep_current(sight, expect_new=not sight.card.google_saved)
            is_being_told = isinstance(outcome, RetryLater) and outcome.reason == BEING_TOLD
            if not is_being_told or loop.time() > deadline:
                return outcome
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def _put_coupons(self, sight: CardSight, attempt: int) -> Outcome | None:
        """Send the coupons that changed since Google had them last; one that was over before it ever had it is left."""
        coupons = await self.composer.coupons(sight)
        known = await self.offers.of_member(sight.member.id) if coupons else {}
        for each in coupons:
            parent, offer = self.composer.coupon(each)
            if known.get(each.coupon.id) == offer.digest or not (each.is_live or each.coupon.id in known):
                continue
            outcome = await self.put_class(parent, attempt=attempt)
            if isinstance(outcome, Done):
                outcome = await self._put_coupon(each, offer, is_new=each.coupon.id not in known, attempt=attempt)
            if isinstance(outcome, Done) and each.coupon.id not in known and sight.card.google_saved:
                outcome = await self._tell_of(each, sight, attempt)
            if not isinstance(outcome, Done):
                await self.forget_class_if_missing(offer, outcome)
                return outcome
            kept = GoogleOffer(id=each.coupon.id, member_id=sight.member.id, digest=offer.digest)
            await self.offers.keep(kept)
        return None

    async def _put_coupon(self, coupon: LinkedCoupon, offer: Resource, *, is_new: bool, attempt: int) -> Outcome:
        if coupon.is_live:
            return await self.client.put(offer.kind, offer.body, expect_new=is_new, attempt=attempt)
        # What is over shows no code any more; a PATCH keeps what it is not told to take away.
        part = {**offer.body, "barcode": None}
        return await self.client.change(Change(kind=offer.kind, resource_id=offer.id, part=part), attempt=attempt)

    async def _tell_of(self, coupon: LinkedCoupon, sight: CardSight, attempt: int) -> Outcome:
        """Say on the card that a coupon came; a refusal costs the words and not the coupon."""
        card = await self.composer.card(sight)
        said = coupon_said(
            coupon.coupon, coupon.face.expires_at, zone=sight.programme.zone, first=sight.member.language
        )
        outcome = await self.messages.say(sight.card.id, card, said, attempt=attempt)
        return outcome if isinstance(outcome, RetryLater) else Done(body={})
