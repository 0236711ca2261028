"""What is limited, in HTTP: the statuses and English texts of refused coupons, codes and budgets."""

from http import HTTPStatus

from offers.model import limit_errors as errors
from offers.model.errors import OfferError

STATUS: dict[type[OfferError], HTTPStatus] = {
    errors.UnknownBudget: HTTPStatus.NOT_FOUND,
    errors.BudgetExhausted: HTTPStatus.CONFLICT,
    errors.HoldLapsed: HTTPStatus.CONFLICT,
    errors.NothingTaken: HTTPStatus.NOT_FOUND,
    errors.UnknownCoupon: HTTPStatus.NOT_FOUND,
    errors.CouponNotAvailable: HTTPStatus.CONFLICT,
    errors.CouponOfAnother: HTTPStatus.CONFLICT,
    errors.GrantKeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.VoucherTypo: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownVoucher: HTTPStatus.NOT_FOUND,
    errors.VoucherNotActive: HTTPStatus.CONFLICT,
    errors.VoucherMemberLimit: HTTPStatus.CONFLICT,
    errors.VoucherThrottled: HTTPStatus.TOO_MANY_REQUESTS,
    errors.CodeOfNoOffer: HTTPStatus.CONFLICT,
    errors.BatchMismatch: HTTPStatus.UNPROCESSABLE_ENTITY,
}

TEXTS: dict[str, str] = {
    "unknown_budget": "No such budget in this programme.",
    "budget_exhausted": "The budget does not hold that much any more.",
    "hold_lapsed": "What was held for this purchase was released in the meantime. Ask for it again.",
    "nothing_taken": "Nothing was used under this number.",
    "unknown_coupon": "No such coupon in this programme.",
    "coupon_not_available": "This coupon cannot be used now.",
    "coupon_of_another": "This coupon belongs to another member.",
    "grant_mismatch": "This grant key was already used for another coupon of the member.",
    "voucher_typo": "There is a typing mistake in the code. Check it and type it again.",
    "unknown_voucher": "No such code in this programme.",
    "voucher_not_active": "This code cannot be used now.",
    "voucher_member_limit": "The member has used this code as often as is allowed.",
    "voucher_throttled": "Too many unknown codes from here. Try again in {retry_after_s} s.",
    "code_of_no_offer": "The offer of this code is not on any more.",
    "batch_mismatch": "This Idempotency-Key was already used for another batch of codes.",
}
