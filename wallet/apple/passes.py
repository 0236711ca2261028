"""Passes, signed when a phone asks and kept by version, so that a hundred devices cost one signature."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from offers.engine.card_codes import link_token
from offers.engine.card_look import state_key
from offers.engine.new_card import page_of
from offers.flows.look_at_card import CardSight, face_of
from offers.model.clock import Clock
from wallet.apple.face import PassOrigin, pass_content
from wallet.apple.fields import STYLES
from wallet.apple.package import build_pass
from wallet.apple.signer import PassSigner
from wallet.images import AppleExtras, apple_images
from wallet.pictures import PictureBook

CACHE_LIMIT_BYTES = 64 * 1024 * 1024
FRESH_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Kept:
    payload: bytes
    made_at: datetime


class PassMaker:
    """Makes the .pkpass of a card as it is now.

    A version's pass is kept for ten minutes: points run out without a new version, so no longer.
    """

    def __init__(
        self, *, signer: PassSigner, pictures: PictureBook, public_url: str, code_key: bytes, clock: Clock
    ) -> None:
        self.pass_type = signer.identity.pass_type_identifier
        self._signer = signer
        self._pictures = pictures
        self._public_url = public_url.rstrip("/")
        self._code_key = code_key
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._kept_bytes = 0

    async def make(self, sight: CardSight) -> bytes:
        at = self._clock()
        key = state_key(sight.programme, sight.design, sight.card, sight.layers, at=at)
        kept = self._kept.get(key)
        if kept and at - kept.made_at < FRESH_FOR:
            self._kept.move_to_end(key)
            return kept.payload
        payload = await self._sign(sight, at)
        self._keep(key, _Kept(payload, at))
        return payload

    async def preview(self, sight: CardSight, *, at: datetime) -> bytes:
        """Make the pass as it will be at an instant. It has a serial of its own, and asks nobody for news."""
        return await self._sign(sight, at, is_preview=True)

    def now(self) -> datetime:
        return self._clock()

    def sign_token(self, token: str) -> bytes:
        """Sign a personalisation token, detached, under the certificate of the passes."""
        return self._signer.sign(token.encode(), at=self._clock())

    async def _sign(self, sight: CardSight, at: datetime, *, is_preview: bool = False) -> bytes:
        face = face_of(sight, code_key=self._code_key, at=at)
        origin = PassOrigin(
            pass_type=self.pass_type,
            team=self._signer.identity.team_identifier,
            web_service_url=f"{self._public_url}/apple",
            card_url=f"{self._public_url}/c/{link_token(page_of(sight.card), self._code_key)}",
            is_replaced=sight.card.replaced_by is not None,
        )
        content = pass_content(face, sight.card.apple_token, origin)
        document = _alone(content.document) if is_preview else content.document
        pictures = await self._pictures.of(face.look.colours, face.look.images)
        # The first pass of a design draws its images, half a second of work that must not hold up the others.
        extras = AppleExtras(
            has_strip=STYLES[face.kind] != "generic",
            is_poster=face.design.is_poster,
            personalises="personalization.json" in content.attachments,
            thumbnail=pictures.thumbnail,
            artwork=pictures.artwork,
            wide_logo=pictures.wide_logo,
            personalisation_logo=pictures.personalisation_logo,
        )
        images = await asyncio.to_thread(
            apple_images, pictures.palette, pictures.icon, pictures.logo, pictures.banner, extras
        )
        return build_pass(
            document,
            images=images,
            signer=self._signer,
            at=self._clock(),
            translations=content.translations,
            attachments=content.attachments,
        )

    def _keep(self, key: str, kept: _Kept) -> None:
        if before := self._kept.pop(key, None):
            self._kept_bytes -= len(before.payload)
        self._kept[key] = kept
        self._kept_bytes += len(kept.payload)
        while self._kept_bytes > CACHE_LIMIT_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._kept_bytes -= len(oldest.payload)


def _alone(document: dict[str, Any]) -> dict[str, Any]:
    """Take away what ties a pass to the service: an added preview must not pass for the member's card."""
    kept = {name: value for name, value in document.items() if name not in {"webServiceURL", "authenticationToken"}}
    return {**kept, "serialNumber": f"preview-{document['serialNumber']}"}
