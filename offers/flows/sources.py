"""Which repository a take was drawn from."""

from offers.model.take import TakeKind
from offers.store.sources import Source
from offers.store.work import Work


def source_of(work: Work, kind: TakeKind) -> Source:
    match kind:
        case TakeKind.BUDGET:
            return work.budgets
        case TakeKind.VOUCHER:
            return work.vouchers
        case TakeKind.COUPON:
            return work.coupons
