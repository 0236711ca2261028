"""Installing the API of cards, with its tools."""

from aiohttp import web

from merchant.auth import Doorkeeper
from merchant.cards.install import install
from merchant.cards.tools import CardTools
from offers.flows.block_card import BlockCard
from offers.flows.know_key import KnowKey
from offers.flows.list_cards import ListCards
from offers.flows.read_code import ReadCode
from offers.flows.reissue_card import ReissueCard
from offers.model.clock import Clock
from offers.model.ids import Chance
from offers.store.store import Store
from service.house import House
from service.now import chance, now


def install_cards(app: web.Application, house: House) -> None:
    settings = house.settings
    install(
        app,
        card_tools(
            house.store,
            clock=now,
            chance=chance,
            code_key=house.code_key,
            public_url=settings.web.public_url,
            reissues_per_day=settings.cards.reissues_per_day,
        ),
    )


def card_tools(
    store: Store, *, clock: Clock, chance: Chance, code_key: bytes, public_url: str, reissues_per_day: int
) -> CardTools:
    return CardTools(
        doorkeeper=Doorkeeper(know_key=KnowKey(store)),
        list_cards=ListCards(store),
        block_card=BlockCard(store, clock),
        reissue_card=ReissueCard(store, clock, chance, reissues_per_day),
        read_code=ReadCode(store, code_key, clock),
        public_url=public_url,
        code_key=code_key,
    )
