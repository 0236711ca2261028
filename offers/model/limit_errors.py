"""Errors of what is limited: budgets, coupons, voucher codes."""

from offers.model.errors import OfferError


class UnknownBudget(OfferError):
    code = "unknown_budget"

    def __init__(self) -> None:
        super().__init__("no such budget in this programme")


class BudgetExhausted(OfferError):
    code = "budget_exhausted"

    def __init__(self, *, budget: str, measure: str, asked: int, left: int) -> None:
        super().__init__(f"budget {budget}: asked for {asked}, {left} {measure} left")
        self.budget = budget
        self.measure = measure
        self.asked = asked
        self.left = left


class HoldLapsed(OfferError):
    code = "hold_lapsed"

    def __init__(self) -> None:
        super().__init__("what was held was released in the meantime: ask for it again")


class NothingTaken(OfferError):
    code = "nothing_taken"

    def __init__(self) -> None:
        super().__init__("nothing was taken under this key")


class UnknownCoupon(OfferError):
    code = "unknown_coupon"

    def __init__(self) -> None:
        super().__init__("no such coupon in this programme")


class CouponNotAvailable(OfferError):
    code = "coupon_not_available"

    def __init__(self, *, state: str, again_at: str | None) -> None:
        super().__init__(f"the coupon is {state}" + (f" until {again_at}" if again_at else ""))
        self.state = state
        self.again_at = again_at


class CouponOfAnother(OfferError):
    code = "coupon_of_another"

    def __init__(self) -> None:
        super().__init__("the coupon is bound to another member")


class GrantKeyReused(OfferError):
    code = "grant_mismatch"

    def __init__(self, *, earlier_coupon_id: str) -> None:
        super().__init__("this grant key was already used for another coupon of the member")
        self.earlier_coupon_id = earlier_coupon_id


class VoucherTypo(OfferError):
    code = "voucher_typo"

    def __init__(self) -> None:
        super().__init__("the code has a typing mistake in it")
        self.field = "/code"


class UnknownVoucher(OfferError):
    code = "unknown_voucher"

    def __init__(self) -> None:
        super().__init__("no such voucher code in this programme")
        self.field = "/code"


class VoucherNotActive(OfferError):
    code = "voucher_not_active"

    def __init__(self, *, state: str) -> None:
        super().__init__(f"the voucher code is {state}")
        self.state = state


class VoucherMemberLimit(OfferError):
    code = "voucher_member_limit"

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"a member may use this code {limit} times at most")
        self.limit = limit


class VoucherThrottled(OfferError):
    code = "voucher_throttled"

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(f"too many unknown codes from here; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class CodeOfNoOffer(OfferError):
    code = "code_of_no_offer"

    def __init__(self, *, offer: str) -> None:
        super().__init__("the offer of this code is not on any more")
        self.offer = offer
        self.field = "/coupon_codes"


class BatchMismatch(OfferError):
    code = "batch_mismatch"

    def __init__(self, *, earlier_batch_id: str) -> None:
        super().__init__("this Idempotency-Key already made another batch of codes")
        self.earlier_batch_id = earlier_batch_id
