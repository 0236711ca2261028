"""What the handlers of cards work with."""

from dataclasses import dataclass

from aiohttp import web

from merchant.auth import Doorkeeper
from offers.flows.block_card import BlockCard
from offers.flows.list_cards import ListCards
from offers.flows.read_code import ReadCode
from offers.flows.reissue_card import ReissueCard


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTools:
    """`code_key` makes the link to a new card's page; `public_url` is where that stands."""

    doorkeeper: Doorkeeper
    list_cards: ListCards
    block_card: BlockCard
    reissue_card: ReissueCard
    read_code: ReadCode
    public_url: str
    code_key: bytes


CARDS = web.AppKey("cards", CardTools)
