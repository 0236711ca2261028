"""What the till's handlers work with."""

from dataclasses import dataclass

from aiohttp import web

from merchant.auth import Doorkeeper
from offers.flows.find_receipts import FindReceipts
from offers.flows.look_at_card import LookAtCard
from offers.flows.settle_purchase import SettlePurchase
from offers.flows.void_purchase import VoidPurchase
from offers.model.clock import Clock
from web.photos import PhotoReader


@dataclass(frozen=True, slots=True, kw_only=True)
class TillTools:
    """`code_key` checks scan codes. `photos` belongs to whoever made it: the application does not close it."""

    doorkeeper: Doorkeeper
    settle_purchase: SettlePurchase
    void_purchase: VoidPurchase
    find_receipts: FindReceipts
    look_at_card: LookAtCard
    photos: PhotoReader
    clock: Clock
    code_key: bytes


TILL = web.AppKey("till", TillTools)
