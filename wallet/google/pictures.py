"""Pictures for Google: addresses that say what is drawn, so that any look of any time can be fetched and kept."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from offers.engine.card_look import CardLook
from offers.model.design import Colours, Images
from wallet.images import Picture, google_hero, google_logo, google_wide_logo
from wallet.pictures import PictureBook

DRAWING: Final = "1"
"""Rises when the same colours and pictures are drawn otherwise: Google keeps a picture by its address."""
DRAWN: Final = "drawn"
MAC_LENGTH: Final = 16
YEAR_S: Final = 31_536_000
PATH: Final = (
    f"/google/pictures/{DRAWING}-{{kind:hero|logo|wide}}-{{colours:[0-9a-f]{{18}}}}"
    f"-{{source:[0-9a-f]{{64}}|{DRAWN}}}-{{mac:[0-9a-f]{{{MAC_LENGTH}}}}}.png"
)
DRAWINGS: Final[dict[str, tuple[str, Callable[..., Picture]]]] = {
    "hero": ("banner", google_hero),
    "logo": ("logo", google_logo),
    "wide": ("wide_logo", google_wide_logo),
}
"""By kind: the slot of the design that it is drawn from, and what draws it."""
routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True, kw_only=True)
class GooglePictures:
    """Addresses carry a mac under `key`: only what we put on a card is drawn for whoever asks."""

    book: PictureBook
    public_url: str
    key: bytes = field(repr=False)

    def hero(self, look: CardLook) -> str:
        """Give the address of a look's banner, 1032x336."""
        return self._address("hero", look.colours, look.images.banner)

    def logo(self, look: CardLook) -> str:
        """Give the address of a look's logo, 660x660."""
        return self._address("logo", look.colours, look.images.logo)

    def wide_logo(self, look: CardLook) -> str | None:
        """Give the address of a look's wide logo, 1280x400; None when it has none: then Google shows the logo."""
        return self._address("wide", look.colours, look.images.wide_logo) if look.images.wide_logo else None

    async def draw(self, kind: str, colours: str, source: str, mac: str) -> Picture | None:
        """Draw what an address says; None when it is none of ours, or its picture is not kept."""
        if not hmac.compare_digest(self._mac(kind, colours, source), mac):
            return None
        slot, draw = DRAWINGS[kind]
        digest = None if source == DRAWN else source
        kept = await self.book.of(_colours(colours), Images(**{slot: digest}))
        picture: Picture | None = getattr(kept, slot)
        if picture is None and (digest is not None or kind == "wide"):
            return None
        return await asyncio.to_thread(draw, kept.palette, picture)

    def _address(self, kind: str, colours: Colours, digest: str | None) -> str:
        written = f"{colours.background}{colours.foreground}{colours.label}".replace("#", "").lower()
        source = digest or DRAWN
        mac = self._mac(kind, written, source)
        return f"{self.public_url}/google/pictures/{DRAWING}-{kind}-{written}-{source}-{mac}.png"

    def _mac(self, kind: str, colours: str, source: str) -> str:
        signed = f"google-picture.{DRAWING}.{kind}.{colours}.{source}".encode()
        return hmac.digest(self.key, signed, hashlib.sha256).hex()[:MAC_LENGTH]


PICTURES = web.AppKey("google_pictures", GooglePictures)


@routes.get(PATH)
async def picture(request: web.Request) -> web.Response:
    """Answer a picture; the address names its content, so it may be kept for ever."""
    said = request.match_info
    drawn = await request.app[PICTURES].draw(said["kind"], said["colours"], said["source"], said["mac"])
    if drawn is None:
        raise web.HTTPNotFound
    headers = {"Cache-Control": f"public, max-age={YEAR_S}, immutable", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=drawn.payload, content_type="image/png", headers=headers)


def _colours(written: str) -> Colours:
    background, foreground, label = (f"#{written[start : start + 6]}" for start in (0, 6, 12))
    return Colours(background=background, foreground=foreground, label=label)
