"""What the handlers of coupons work with."""

from dataclasses import dataclass

from aiohttp import web

from merchant.auth import Doorkeeper
from offers.flows.activate_coupon import ActivateCoupon
from offers.flows.find_taker import FindTaker
from offers.flows.grant_coupon import GrantCoupon
from offers.flows.look_at_coupons import LookAtCoupons
from offers.flows.redeem_coupon import RedeemCoupon
from offers.flows.return_takes import ReturnTakes
from offers.flows.revoke_coupon import RevokeCoupon


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponTools:
    doorkeeper: Doorkeeper
    grant_coupon: GrantCoupon
    activate_coupon: ActivateCoupon
    revoke_coupon: RevokeCoupon
    look_at_coupons: LookAtCoupons
    redeem_coupon: RedeemCoupon
    return_takes: ReturnTakes
    find_taker: FindTaker


COUPONS = web.AppKey("coupons", CouponTools)
