"""Cards at Google: put there when a member asks, kept current afterwards."""

import asyncio
from dataclasses import dataclass, field

from certs.identity import GoogleIdentity
from offers.engine.card_face import CardFace
from offers.engine.card_look import CardLook
from offers.flows.look_at_card import CardSight, face_of
from offers.flows.save_to_google import SaveToGoogle
from offers.model.clock import Clock
from offers.model.google_holding import DIRECT
from offers.model.programme import Programme
from wallet.google.bodies import class_body, object_body, object_id
from wallet.google.client import GoogleWalletClient
from wallet.google.kinds import Kind
from wallet.google.outcomes import Done, Outcome, Refused
from wallet.google.save_link import save_link
from wallet.images import google_hero, google_logo
from wallet.pictures import PictureBook


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleCards:
    """Writes classes and objects of one issuer. A programme's class is written once per process and design."""

    client: GoogleWalletClient
    identity: GoogleIdentity
    issuer_id: str
    pictures: PictureBook
    save: SaveToGoogle
    public_url: str
    callback_url: str | None
    save_url: str
    code_key: bytes
    clock: Clock
    _classes: set[tuple[Programme, CardLook]] = field(default_factory=set)

    async def keep_current(self, sight: CardSight, *, attempt: int = 0, expect_new: bool = False) -> Outcome:
        """Give Google the card as it is now, and its class first when this process has not yet."""
        shared = (sight.programme, sight.common_look(at=self.clock()))
        if shared not in self._classes:
            outcome = await self._put_class(*shared, attempt)
            if not isinstance(outcome, Done):
                return outcome
        body = object_body(self._face(sight), issuer_id=self.issuer_id)
        outcome = await self.client.put(Kind.OBJECT, body, expect_new=expect_new, attempt=attempt)
        if isinstance(outcome, Refused) and outcome.code == "class_not_found":
            self._classes.discard(shared)
        return outcome

    async def add(self, sight: CardSight, *, source: str = DIRECT) -> str | Outcome:
        """Insert the card and give the link that saves it to a phone, or what keeps Google from having it."""
        outcome = await self.keep_current(sight, expect_new=not sight.card.google_saved)
        if not isinstance(outcome, Done):
            return outcome
        await self.save(sight.card.id, source=source)
        return save_link(
            identity=self.identity,
            object_ids=[object_id(self.issuer_id, self._face(sight))],
            origins=[self.public_url],
            at=self.clock(),
            save_url=self.save_url,
        )

    async def _put_class(self, programme: Programme, look: CardLook, attempt: int) -> Outcome:
        pictures = await self.pictures.of(look.colours, look.images)
        hero = await asyncio.to_thread(google_hero, pictures.palette, pictures.banner)
        logo = await asyncio.to_thread(google_logo, pictures.palette, pictures.logo)
        body = class_body(
            programme,
            look,
            issuer_id=self.issuer_id,
            logo_uri=f"{self.public_url}/images/{programme.slug}/logo-{logo.digest}.png",
            banner_uri=f"{self.public_url}/images/{programme.slug}/hero-{hero.digest}.png",
            callback_uri=self.callback_url,
        )
        outcome = await self.client.put(Kind.CLASS, body, attempt=attempt)
        if isinstance(outcome, Done):
            self._classes.add((programme, look))
        return outcome

    def _face(self, sight: CardSight) -> CardFace:
        return face_of(sight, code_key=self.code_key, at=self.clock())
