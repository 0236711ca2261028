"""A template and its members as the decision takes them: arrays of purchases and baskets, levels as shares."""

from collections.abc import Sequence

import numpy as np

from offers.model.personal import GiftLevel, Template, shares_bp
from offers.model.programme import BASIS_POINTS, Programme
from offers.model.scores import ScoreRun
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


def audience_of(template: Template, hopefuls: Sequence[Hopeful], scores: ScoreRun) -> Audience:
    """Give what is known of the members while an offer lives: the scores' horizon is stretched to its days.

    A member of whom no purchase is expected has the basket of the others.
    """
    purchases = np.array([each.scores.purchases_centi for each in hopefuls], dtype=np.float64) / 100
    spend = np.array([each.scores.spend_minor for each in hopefuls], dtype=np.float64)
    usual = float(spend.sum() / purchases.sum()) if purchases.sum() > 0 else 0.0
    basket = np.divide(spend, purchases, out=np.full_like(spend, usual), where=purchases > 0)
    return Audience(
        member_ids=[each.scores.member_id for each in hopefuls],
        anyway=purchases * template.live_days / scores.horizon_days,
        basket_minor=basket,
        touched=np.array([touched_share(each) for each in hopefuls], dtype=np.float64),
    )
