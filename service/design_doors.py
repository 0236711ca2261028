"""Installing the API of looks: designs, pictures, layers, previews and the log of phones."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from aiohttp import web

from bot.card import card_of_face
from bot.picture import draw_card
from merchant.auth import Doorkeeper
from merchant.designs.install import install
from merchant.designs.tools import DesignTools
from offers.flows.find_picture import FindPicture
from offers.flows.keep_design import KeepDesign
from offers.flows.keep_picture import KeepPicture
from offers.flows.know_key import KnowKey
from offers.flows.look_at_card import CardSight, LookAtCard, face_of
from offers.flows.look_at_designs import LookAtDesigns
from offers.flows.put_layer import ChangeLayer, EndLayer, PutLayer
from offers.flows.read_device_logs import DeviceLogs
from offers.model.clock import Clock
from offers.model.ids import Chance
from offers.model.programme import Language
from offers.store.store import Store
from service.house import House
from service.now import chance, now
from wallet.apple.passes import PassMaker
from wallet.images import accept_picture


def install_designs(app: web.Application, house: House) -> None:
    passes = house.apple.tools.passes if house.apple else None
    install(app, design_tools(house.store, clock=now, chance=chance, code_key=house.code_key, passes=passes))


def design_tools(
    store: Store, *, clock: Clock, chance: Chance, code_key: bytes, passes: PassMaker | None
) -> DesignTools:
    find_picture = FindPicture(store)

    async def make_pass(sight: CardSight, at: datetime) -> bytes:
        if passes is None:
            raise RuntimeError("asked for a pass where Apple is not configured")
        return await passes.preview(sight, at=at)

    return DesignTools(
        look_at=LookAtDesigns(store, clock),
        doorkeeper=Doorkeeper(know_key=KnowKey(store)),
        keep_design=KeepDesign(store, clock),
        keep_picture=KeepPicture(store),
        find_picture=find_picture,
        put_layer=PutLayer(store, clock, chance),
        change_layer=ChangeLayer(store, clock),
        end_layer=EndLayer(store, clock),
        logs=DeviceLogs(store, clock),
        look_as_of=lambda at: LookAtCard(store, code_key, lambda: at),
        accept=accept_picture,
        draw=_drawing(find_picture, code_key),
        make_pass=make_pass if passes else None,
        clock=clock,
        code_key=code_key,
    )


def _drawing(find_picture: FindPicture, code_key: bytes) -> Callable[[CardSight, Language, datetime], Awaitable[bytes]]:
    """Draw as the bot does, beside the loop: one picture for every kind of card."""

    async def draw(sight: CardSight, language: Language, at: datetime) -> bytes:
        face = replace(face_of(sight, code_key=code_key, at=at), language=language)
        images = face.look.images
        logo, banner = [await find_picture(digest) if digest else None for digest in (images.logo, images.banner)]
        return await asyncio.to_thread(draw_card, card_of_face(face, code_key=code_key), logo=logo, banner=banner)

    return draw
