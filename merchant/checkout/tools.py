"""What the till's handlers work with."""

from dataclasses import dataclass

from aiohttp import web

from merchant.auth import Doorkeeper
from offers.flows.find_quote import FindQuote
from offers.flows.find_receipts import FindReceipts
from offers.flows.hold_quote import HoldQuote
from offers.flows.list_coupons import ListCoupons
from offers.flows.look_at_card import LookAtCard
from offers.flows.look_at_code import LookAtCode
from offers.flows.quote_purchase import QuotePurchase
from offers.flows.read_code import ReadCode
from offers.flows.release_hold import ReleaseHold
from offers.flows.return_purchase import ReturnPurchase
from offers.flows.settle_purchase import SettlePurchase
from offers.flows.settle_quote import SettleQuote
from offers.flows.void_purchase import VoidPurchase
from offers.model.clock import Clock
from web.photos import PhotoReader


@dataclass(frozen=True, slots=True, kw_only=True)
class TillTools:
    """`photos` belongs to whoever made it: the application does not close it."""

    doorkeeper: Doorkeeper
    quote_purchase: QuotePurchase
    hold_quote: HoldQuote
    release_hold: ReleaseHold
    find_quote: FindQuote
    settle_quote: SettleQuote
    settle_purchase: SettlePurchase
    return_purchase: ReturnPurchase
    void_purchase: VoidPurchase
    find_receipts: FindReceipts
    read_code: ReadCode
    look_at_code: LookAtCode
    look_at_card: LookAtCard
    list_coupons: ListCoupons
    photos: PhotoReader
    clock: Clock


TILL = web.AppKey("till", TillTools)
