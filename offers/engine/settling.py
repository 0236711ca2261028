"""Carrying a decision out: which points move, and the receipt that says so."""

from dataclasses import dataclass
from datetime import datetime

from offers.engine.bookkeeping import new_lot
from offers.engine.lots import Movement, accrue, after, available, spend
from offers.model.card import Card
from offers.model.decision import Decision
from offers.model.ids import CheckoutId, LotId
from offers.model.ledger import Account
from offers.model.member import Member
from offers.model.programme import Till
from offers.model.purchase import Purchase, Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """One purchase on its way to a receipt, everything it needs in hand.

    `account` is caught up, and holds nothing for this purchase any more.
    """

    till: Till
    purchase: Purchase
    card: Card
    member: Member
    account: Account
    decision: Decision

    def carry_out(self, checkout_id: CheckoutId, at: datetime) -> tuple[Receipt, list[Movement]]:
        spent = self._spend(at)
        movements = [spent] if spent else []
        accrued = self._accrue(after(self.account, movements), checkout_id, at)
        if accrued:
            movements.append(accrued)
        balance = available(after(self.account, movements), at)
        receipt = self._receipt(checkout_id, spent=spent, accrued=accrued, balance=balance, at=at)
        return receipt, movements

    def _spend(self, at: datetime) -> Movement | None:
        if not (points := self.decision.points_redeemed):
            return None
        order = self.till.programme.terms.spending_order
        return spend(self.account, points, at, order=order, funder=self.till.outlet.merchant_id)

    def _accrue(self, account: Account, checkout_id: CheckoutId, at: datetime) -> Movement | None:
        if not (points := self.decision.points_accrued):
            return None
        outlet, programme = self.till.outlet, self.till.programme
        lot = new_lot(
            programme, LotId(checkout_id), points, at=self.purchase.at, recorded_at=at, funder=outlet.merchant_id
        )
        return accrue(account, lot, at=at)

    def _receipt(
        self, checkout_id: CheckoutId, *, spent: Movement | None, accrued: Movement | None, balance: int, at: datetime
    ) -> Receipt:
        purchase, decision = self.purchase, self.decision
        return Receipt(
            id=checkout_id,
            programme_id=self.till.programme.id,
            outlet_id=self.till.outlet.id,
            member_id=self.member.id,
            card_id=self.card.id,
            order_ref=purchase.order_ref,
            business_day=purchase.business_day,
            at=purchase.at,
            recorded_at=at,
            currency=purchase.currency,
            total_minor=decision.total_minor,
            discount_minor=decision.discount_minor,
            redeemed_minor=decision.redeemed_minor,
            payable_minor=decision.payable_minor,
            points_accrued=decision.points_accrued,
            points_redeemed=decision.points_redeemed,
            balance=balance,
            card_version=self.card.version,
            discount_bp=decision.discount_bp,
            lines=decision.lines,
            explain=decision.explain,
            spent=spent.shares if spent else (),
            accrual_lot=accrued.edges[0].lot_id if accrued else None,
            body_digest=purchase.body_digest,
            idempotency_key=purchase.idempotency_key,
            quote_id=purchase.quote_id,
            offers=decision.offers,
            stamps=decision.stamps,
            rulebook_digest=decision.rulebook_digest,
            zone_rules=decision.zone_rules,
        )
