"""The API of the programme: what it promises, read and changed by an operator."""

from dataclasses import asdict
from typing import Any

from aiohttp import web

from merchant.programme.bodies import TermsBody
from merchant.programme.tools import PROGRAMME
from offers.model.programme import DiscountLevel, Programme
from web.body import answer, read_body

routes = web.RouteTableDef()


@routes.get("/v1/programme")
async def look(request: web.Request) -> web.Response:
    tools = request.app[PROGRAMME]
    holder = await tools.doorkeeper.operator(request)
    return answer(programme_answer(await tools.find_programme(holder.slug)))


@routes.patch("/v1/programme/terms")
async def change(request: web.Request) -> web.Response:
    """Change some of the terms; tills go by them within seconds, and receipts given before stay as they are."""
    tools = request.app[PROGRAMME]
    holder = await tools.doorkeeper.holder(request)
    programme = await tools.doorkeeper.operator(request)
    body = await read_body(request, TermsBody)
    changed = await tools.change_terms(programme.id, body.change, staff_id=holder.key.id)
    return answer(programme_answer(changed))


def programme_answer(programme: Programme) -> dict[str, Any]:
    return {
        "slug": programme.slug,
        "name": {"ru": programme.name.ru, "en": programme.name.en},
        "currency": programme.currency,
        "zone": programme.zone,
        "default_language": programme.default_language.value,
        "is_sample": programme.is_sample,
        "terms": terms_answer(programme),
    }


def terms_answer(programme: Programme) -> dict[str, Any]:
    """Give the terms as they can be sent back."""
    terms = programme.terms
    return {
        "accrual_bp": terms.accrual_bp,
        "point_value_minor": terms.point_value_minor,
        "redemption_limit_bp": terms.redemption_limit_bp,
        "points_live_days": terms.points_live_days,
        "restore_grace_days": terms.restore_grace_days,
        "levels": [_level(level) for level in terms.levels],
        "pending_days": terms.pending_days,
        "spending_order": terms.spending_order.value,
        "return_policy": terms.return_policy.value,
        "expiry_reminder_days": terms.expiry_reminder_days,
        "transfer_daily_points": terms.transfer_daily_points,
        "adjustment_limit": terms.adjustment_limit,
        "adjustment_patience_hours": terms.adjustment_patience_hours,
        "level_rules": {
            "period": terms.level_rules.period.value,
            "rolling_days": terms.level_rules.rolling_days,
            "downgrade": terms.level_rules.downgrade.value,
            "grace_days": terms.level_rules.grace_days,
        },
        "referral": asdict(terms.referral) if terms.referral else None,
        "codes": asdict(terms.codes),
        "activity": asdict(terms.activity) if terms.activity else None,
    }


def _level(level: DiscountLevel) -> dict[str, Any]:
    return {
        "name": {"ru": level.name.ru, "en": level.name.en},
        "spend_threshold_minor": level.spend_threshold_minor,
        "discount_bp": level.discount_bp,
        "slug": level.slug,
        "accrual_bp": level.accrual_bp,
    }
