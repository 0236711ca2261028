"""Pricing a basket: level discount, then points as tender, then accrual; one explanation for every candidate.

Pure: (terms, spend so far, spendable points, purchase) → Decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from offers.engine.allocation import share_out
from offers.engine.levels import level_of
from offers.model.errors import AmountOutOfRange, NotEnoughPoints, TooManyPointsForPurchase, WrongCurrency
from offers.model.programme import BASIS_POINTS, DiscountLevel, Programme, Terms
from offers.model.purchase import MAX_TOTAL_MINOR, ExplainCode, Explanation, Line, Purchase, ReceiptLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a purchase costs and gives; the lines' shares sum to the totals exactly."""

    total_minor: int
    discount_bp: int
    discount_minor: int
    points_redeemed: int
    redeemed_minor: int
    payable_minor: int
    points_accrued: int
    redeemable_points: int
    lines: tuple[ReceiptLine, ...]
    explain: tuple[Explanation, ...]


def price(programme: Programme, purchase: Purchase, *, spend_minor: int, points_available: int) -> Decision:
    """Decide a purchase.

    Raises WrongCurrency, AmountOutOfRange, NotEnoughPoints, TooManyPointsForPurchase.
    """
    terms = programme.terms
    if purchase.currency != programme.currency:
        raise WrongCurrency(given=purchase.currency, expected=programme.currency)
    order = in_pricing_order(purchase.lines)
    lines = [purchase.lines[place] for place in order]
    totals = [line_total(line) for line in lines]
    total = sum(totals)
    if not 0 < total <= MAX_TOTAL_MINOR:
        raise AmountOutOfRange(limit_minor=MAX_TOTAL_MINOR)
    level = level_of(terms, spend_minor)
    discount_bp = level.discount_bp if level else 0
    discounts = share_out(total * discount_bp // BASIS_POINTS, totals)
    discounted = [line - discount for line, discount in zip(totals, discounts, strict=True)]
    redeemable = redeemable_points(terms, sum(discounted), points_available)
    _check_redemption(purchase.points_to_redeem, points_available, redeemable)
    redemptions = share_out(purchase.points_to_redeem * terms.point_value_minor, discounted)
    payables = [line - redeemed for line, redeemed in zip(discounted, redemptions, strict=True)]
    accrued = sum(payables) * terms.accrual_bp // BASIS_POINTS // terms.point_value_minor
    shares = zip(lines, totals, discounts, redemptions, share_out(accrued, payables), strict=True)
    priced = dict(zip(order, (_receipt_line(*share) for share in shares), strict=True))
    return Decision(
        total_minor=total,
        discount_bp=discount_bp,
        discount_minor=sum(discounts),
        points_redeemed=purchase.points_to_redeem,
        redeemed_minor=sum(redemptions),
        payable_minor=sum(payables),
        points_accrued=accrued,
        redeemable_points=redeemable,
        lines=tuple(priced[place] for place in range(len(priced))),
        explain=(
            *_explain_levels(terms, level, spend_minor, sum(discounts)),
            _explain_redemption(purchase.points_to_redeem, sum(redemptions), redeemable),
            _explain_accrual(terms, accrued),
        ),
    )


def in_pricing_order(lines: Sequence[Line]) -> list[int]:
    """Give the places of the lines in the order they are priced in: what the till lists first gains nothing by it."""
    return sorted(
        range(len(lines)),
        key=lambda place: (
            lines[place].sku, lines[place].category, lines[place].unit_price_minor, lines[place].quantity
        ),
    )  # fmt: skip


def redeemable_points(terms: Terms, discounted_minor: int, points_available: int) -> int:
    """Give how many points a purchase may take: the terms' share of the price, but no more than there are."""
    allowed_minor = discounted_minor * terms.redemption_limit_bp // BASIS_POINTS
    return min(points_available, allowed_minor // terms.point_value_minor)


def line_total(line: Line) -> int:
    """Give quantity × price in minor units, half a unit rounded up."""
    return int((line.quantity * line.unit_price_minor).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _check_redemption(asked: int, points_available: int, redeemable: int) -> None:
    if asked > points_available:
        raise NotEnoughPoints(asked=asked, available=points_available)
    if asked > redeemable:
        raise TooManyPointsForPurchase(asked=asked, allowed=redeemable)


def _receipt_line(line: Line, total: int, discount: int, redeemed: int, accrued: int) -> ReceiptLine:
    return ReceiptLine(
        sku=line.sku,
        category=line.category,
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
        total_minor=total,
        discount_minor=discount,
        redeemed_minor=redeemed,
        payable_minor=total - discount - redeemed,
        points_accrued=accrued,
    )


def _explain_levels(
    terms: Terms, reached: DiscountLevel | None, spend_minor: int, discount_minor: int
) -> list[Explanation]:
    """Give one line for every level: the one that applied, those outdone by it, those not reached."""
    if not terms.levels:
        return [Explanation(code=ExplainCode.NO_LEVELS, applied=False, facts={})]
    lines = []
    for level in terms.levels:
        facts: dict[str, int | str] = {
            "level_ru": level.name.ru,
            "level_en": level.name.en,
            "discount_bp": level.discount_bp,
        }
        if level == reached:
            code, facts["discount_minor"] = ExplainCode.LEVEL_APPLIED, discount_minor
        elif level.spend_threshold_minor > spend_minor:
            code, facts["missing_minor"] = (
                ExplainCode.LEVEL_NOT_REACHED,
                level.spend_threshold_minor - spend_minor,
            )
        else:
            code = ExplainCode.LEVEL_OUTDONE
        lines.append(Explanation(code=code, applied=level == reached, facts=facts))
    return lines


def _explain_redemption(asked: int, redeemed_minor: int, redeemable: int) -> Explanation:
    if asked:
        facts: dict[str, int | str] = {"points": asked, "redeemed_minor": redeemed_minor}
        return Explanation(code=ExplainCode.POINTS_REDEEMED, applied=True, facts=facts)
    return Explanation(code=ExplainCode.POINTS_NOT_ASKED, applied=False, facts={"redeemable": redeemable})


def _explain_accrual(terms: Terms, accrued: int) -> Explanation:
    facts: dict[str, int | str] = {"points": accrued, "accrual_bp": terms.accrual_bp}
    if accrued:
        return Explanation(code=ExplainCode.POINTS_ACCRUED, applied=True, facts=facts)
    return Explanation(code=ExplainCode.NOTHING_TO_ACCRUE, applied=False, facts=facts)
