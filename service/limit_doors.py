"""Installing the APIs of offers, and of the vouchers, coupons and budgets that limit them, with their tools."""

from aiohttp import web

from merchant.auth import Doorkeeper
from merchant.budgets.install import install as install_budgets
from merchant.budgets.tools import BudgetTools
from merchant.coupons.install import install as install_coupons
from merchant.coupons.tools import CouponTools
from merchant.offers.install import install as install_offers
from merchant.offers.tools import OfferTools
from merchant.programme.install import install as install_programme
from merchant.programme.tools import ProgrammeTools
from merchant.vouchers.install import install as install_vouchers
from merchant.vouchers.tools import VoucherTools
from offers.flows.activate_coupon import ActivateCoupon
from offers.flows.change_offers import ChangeOffers
from offers.flows.change_terms import ChangeTerms
from offers.flows.find_programme import FindProgramme
from offers.flows.find_taker import FindTaker
from offers.flows.find_voucher import FindVoucher
from offers.flows.grant_coupon import GrantCoupon
from offers.flows.look_at_budgets import LookAtBudgets
from offers.flows.look_at_coupons import LookAtCoupons
from offers.flows.look_at_offers import LookAtOffers
from offers.flows.make_codes import MakeCodes
from offers.flows.read_code import ReadCode
from offers.flows.redeem_coupon import RedeemCoupon
from offers.flows.redeem_voucher import RedeemVoucher
from offers.flows.return_takes import ReturnTakes
from offers.flows.revoke_coupon import RevokeCoupon
from offers.flows.revoke_voucher import RevokeVoucher
from offers.flows.set_budget import SetBudget
from offers.flows.try_offers import TryOffers
from offers.model.clock import Clock
from offers.model.ids import Chance
from offers.store.store import Store


def install_limits(
    app: web.Application, store: Store, *, doorkeeper: Doorkeeper, clock: Clock, chance: Chance, code_key: bytes
) -> None:
    find_taker = FindTaker(ReadCode(store, code_key, clock))
    return_takes = ReturnTakes(store, clock)
    install_vouchers(
        app,
        VoucherTools(
            doorkeeper=doorkeeper,
            make_codes=MakeCodes(store, clock, chance),
            find_voucher=FindVoucher(store, clock),
            revoke_voucher=RevokeVoucher(store, clock),
            redeem_voucher=RedeemVoucher(store, clock),
            return_takes=return_takes,
            find_taker=find_taker,
            clock=clock,
        ),
    )
    install_coupons(
        app,
        CouponTools(
            doorkeeper=doorkeeper,
            grant_coupon=GrantCoupon(store, clock, chance),
            activate_coupon=ActivateCoupon(store, clock),
            revoke_coupon=RevokeCoupon(store, clock),
            look_at_coupons=LookAtCoupons(store, clock),
            redeem_coupon=RedeemCoupon(store, clock),
            return_takes=return_takes,
            find_taker=find_taker,
        ),
    )
    install_budgets(
        app,
        BudgetTools(
            doorkeeper=doorkeeper,
            set_budget=SetBudget(store, clock, chance),
            look_at_budgets=LookAtBudgets(store, clock),
        ),
    )
    _install_rules(app, store, doorkeeper=doorkeeper, clock=clock, code_key=code_key)


def _install_rules(
    app: web.Application, store: Store, *, doorkeeper: Doorkeeper, clock: Clock, code_key: bytes
) -> None:
    install_programme(
        app,
        ProgrammeTools(
            doorkeeper=doorkeeper, find_programme=FindProgramme(store), change_terms=ChangeTerms(store, clock)
        ),
    )
    install_offers(
        app,
        OfferTools(
            doorkeeper=doorkeeper,
            change_offers=ChangeOffers(store, clock),
            look_at_offers=LookAtOffers(store),
            try_offers=TryOffers(store, clock),
            clock=clock,
            code_key=code_key,
        ),
    )
