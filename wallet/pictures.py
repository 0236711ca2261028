"""The pictures of a programme's design, read from the store once and kept in bounded memory."""

from collections import OrderedDict
from dataclasses import dataclass, fields

from offers.flows.find_picture import FindPicture
from offers.model.design import Colours, Images
from wallet.images import Picture
from wallet.palette import Palette

MAX_DESIGNS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignPictures:
    """The colours and the kept pictures; a picture that is None is drawn from the colours."""

    palette: Palette
    icon: Picture | None
    logo: Picture | None
    banner: Picture | None
    wide_logo: Picture | None = None
    thumbnail: Picture | None = None
    artwork: Picture | None = None
    stamp: Picture | None = None
    personalisation_logo: Picture | None = None


class PictureBook:
    """Gives the pictures of a design; the least recently asked design is forgotten."""

    def __init__(self, find: FindPicture) -> None:
        self._find = find
        self._kept: OrderedDict[tuple[Colours, Images], DesignPictures] = OrderedDict()

    async def of(self, colours: Colours, images: Images) -> DesignPictures:
        """Give the pictures of a look (`CardLook.colours` and `.images`)."""
        key = (colours, images)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        pictures = DesignPictures(
            palette=Palette.parse(background=colours.background, foreground=colours.foreground, label=colours.label),
            **{each.name: await self._picture(getattr(images, each.name)) for each in fields(images)},
        )
        self._kept[key] = pictures
        if len(self._kept) > MAX_DESIGNS:
            self._kept.popitem(last=False)
        return pictures

    async def _picture(self, digest: str | None) -> Picture | None:
        payload = await self._find(digest) if digest else None
        return Picture(digest=digest, payload=payload) if digest and payload else None
