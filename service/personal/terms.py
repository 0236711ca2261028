"""A template and its members as the decision takes them: arrays of purchases and baskets, levels as shares."""

from collections.abc import Sequence

import numpy as np

from offers.model.exposure import arm_of
from offers.model.personal import GiftLevel, Template, shares_bp, sizes_of
from offers.model.programme import BASIS_POINTS, Programme
from offers.model.scores import ScoreRun
from scoring.arrays import Floats
from scoring.coupons.shares import use_shares
from scoring.decisions.bounds import Bounds
from scoring.decisions.push import Audience, PushTerms
from service.personal.audience import Hopeful, touched_share


def terms_of(template: Template, programme: Programme, run_id: str, *, budget_minor: int) -> PushTerms:
    """Give the terms of one push. Who is held out depends on the template alone."""
    rails, levels = template.guardrails, template.levels
    return PushTerms(
        discounts=tuple(share / BASIS_POINTS for share in shares_bp(levels, programme.terms)),
        margin_share=rails.margin_bp / BASIS_POINTS,
        uses=template.uses,
        budget_minor=float(budget_minor),
        bounds=Bounds(
            deepest=min(rails.deepest_bp, rails.margin_bp - rails.margin_floor_bp) / BASIS_POINTS,
            widest_spread=rails.widest_spread_bp / BASIS_POINTS,
        ),
        explore_share=template.explore_bp / BASIS_POINTS,
        holdout_share=template.holdout_bp / BASIS_POINTS,
        salt=run_id,
        standing_salt=template.id,
        cap_minor=float(template.cap_minor) if template.cap_minor is not None else None,
        gift_minor=float(levels.value_minor * levels.quantity) if isinstance(levels, GiftLevel) else 0.0,
    )


def audience_of(template: Template, hopefuls: Sequence[Hopeful], scores: ScoreRun, depths: Sequence[float]) -> Audience:
    """Give what is known of the members while an offer lives: the scores' horizon is stretched to its days.

    A member of whom no purchase is expected has the basket of the others. `depths` are the levels as shares of the
    price.
    """
    purchases = np.array([each.scores.purchases_centi for each in hopefuls], dtype=np.float64) / 100
    spend = np.array([each.scores.spend_minor for each in hopefuls], dtype=np.float64)
    usual = float(spend.sum() / purchases.sum()) if purchases.sum() > 0 else 0.0
    learned = _learned(template, hopefuls)
    basket = np.divide(spend, purchases, out=np.full_like(spend, usual), where=purchases > 0)
    return Audience(
        member_ids=[each.scores.member_id for each in hopefuls],
        anyway=purchases * template.live_days / scores.horizon_days,
        basket_minor=basket,
        touched=np.array([touched_share(each) for each in hopefuls], dtype=np.float64),
        effects=learned[0] if learned else None,
        errors=learned[1] if learned else None,
        use=use_shares(scores.coupons, template.code, [each.scores.uses_coupon_bp for each in hopefuls], depths),
    )


def _learned(template: Template, hopefuls: Sequence[Hopeful]) -> tuple[Floats, Floats] | None:
    """Give the extra purchases of each level with their errors, where the night has learned them; else None.

    What it learned is the chance of a purchase, so what comes beyond the first is not counted. A member it knows
    nothing of is expected to change nothing.
    """
    arms = {arm_of(template.code, size): number for number, size in enumerate(sizes_of(template.levels))}
    effects, errors = np.zeros((len(hopefuls), len(arms))), np.zeros((len(hopefuls), len(arms)))
    known = set()
    for row, each in enumerate(hopefuls):
        for uplift in each.scores.uplift:
            if uplift.campaign == template.campaign and (level := arms.get(uplift.arm)) is not None:
                effects[row, level], errors[row, level] = uplift.effect_bp, uplift.error_bp
                known.add(level)
    if len(known) < len(arms):
        return None
    return effects / BASIS_POINTS, errors / BASIS_POINTS
