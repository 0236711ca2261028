"""What the handlers of voucher codes work with."""

from dataclasses import dataclass

from aiohttp import web

from merchant.auth import Doorkeeper
from offers.flows.find_taker import FindTaker
from offers.flows.find_voucher import FindVoucher
from offers.flows.make_codes import MakeCodes
from offers.flows.redeem_voucher import RedeemVoucher
from offers.flows.return_takes import ReturnTakes
from offers.flows.revoke_voucher import RevokeVoucher
from offers.model.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherTools:
    doorkeeper: Doorkeeper
    make_codes: MakeCodes
    find_voucher: FindVoucher
    revoke_voucher: RevokeVoucher
    redeem_voucher: RedeemVoucher
    return_takes: ReturnTakes
    find_taker: FindTaker
    clock: Clock


VOUCHERS = web.AppKey("vouchers", VoucherTools)
