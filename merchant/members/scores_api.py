"""The API of scores: what the night shift thinks of a member, and why; and which runs there were."""

from typing import Any

from aiohttp import web

from merchant.limits import instant
from merchant.members.tools import MEMBERS, member_of, office
from offers.model.computed_segments import SegmentTold
from offers.model.coupon_lesson import CouponLesson
from offers.model.programme import Language
from offers.model.scores import WHOLE_CHANCE_BP, CampaignLesson, MemberScores, ScoreRun
from web.body import answer
from web.score_words import no_segments, score_reason

routes = web.RouteTableDef()


@routes.get("/v1/members/{id}/scores")
async def look(request: web.Request) -> web.Response:
    """Tell a member's published scores. Chances are basis points, `purchases_centi` hundredths of a purchase."""
    tools, asker = request.app[MEMBERS], await office(request)
    scores, run = await tools.look_at_scores.of_member(asker.programme.id, member_of(request))
    return answer({**_scores(scores, asker.programme.currency), "run": _run(run)})


@routes.get("/v1/scores")
async def runs(request: web.Request) -> web.Response:
    """List the runs of the night shift, newest first, and say which one is published."""
    tools, asker = request.app[MEMBERS], await office(request)
    published, found = await tools.look_at_scores.runs(asker.programme.id)
    head = {"run_id": published.run_id, "published_at": instant(published.published_at)} if published else None
    return answer({"published": head, "runs": [_run(run) for run in found]})


@routes.get("/v1/scores/segments")
async def segments(request: web.Request) -> web.Response:
    """Tell the segments of the published night in words, the nine named ones first; offers ask for their codes."""
    tools, asker = request.app[MEMBERS], await office(request)
    run = await tools.look_at_scores.published(asker.programme.id)
    told = [_segment(each, run.members) for each in run.segments] if run else []
    head = {"run_id": run.id, "as_of": run.as_of.isoformat(), "members": run.members} if run else None
    note = None if told else no_segments(is_published=run is not None)
    return answer({"published": head, "segments": told, "note": note})


def _segment(segment: SegmentTold, members: int) -> dict[str, Any]:
    return {
        "code": segment.code,
        "title": {"ru": segment.title.ru, "en": segment.title.en},
        "description": {"ru": segment.description.ru, "en": segment.description.en},
        "members": segment.members,
        "share_bp": round(segment.members * WHOLE_CHANCE_BP / members) if members else 0,
    }


def _scores(scores: MemberScores, currency: str) -> dict[str, Any]:
    return {
        "buys_again_bp": scores.buys_again_bp,
        "purchases_centi": scores.purchases_centi,
        "spend_minor": scores.spend_minor,
        "segments": sorted(scores.segments),
        "daypart": scores.daypart,
        "favourites": [
            {"category": each.category, "chance_bp": each.chance_bp, "is_discovery": each.is_discovery}
            for each in scores.favourites
        ],
        "reasons": [
            {
                "code": each.kind.value,
                "value": each.value,
                **{language.value: score_reason(each, language.value, currency) for language in Language},
            }
            for each in scores.reasons
        ],
        "uplift": [
            {
                "campaign": each.campaign,
                "arm": each.arm,
                "effect_bp": each.effect_bp,
                "error_bp": each.error_bp,
            }
            for each in scores.uplift
        ],
        "uses_coupon_bp": scores.uses_coupon_bp,
    }


def _lesson(lesson: CampaignLesson) -> dict[str, Any]:
    return {
        "campaign": lesson.campaign,
        "exposures": lesson.exposures,
        "outcomes": lesson.outcomes,
        "needed": lesson.needed,
        "reason": lesson.reason or None,
        "learner": lesson.learner or None,
        "is_later": lesson.is_later,
        "worth": [
            {
                "policy": each.policy,
                "bought_bp": list(each.bought_bp),
                "spend_minor": list(each.spend_minor),
                "margin_minor": list(each.margin_minor) if each.margin_minor else None,
                "is_sure": each.is_sure,
            }
            for each in lesson.worth
        ],
    }


def _coupons(lesson: CouponLesson) -> dict[str, Any]:
    """Tell what was learned of coupons; `expected` and `used` are of later ones than those that taught it."""
    judged = lesson.judged
    return {
        "coupons": lesson.coupons,
        "occasions": lesson.occasions,
        "used": lesson.used,
        "needed": lesson.needed,
        "reason": lesson.reason or None,
        "learner": lesson.learner or None,
        "judged": judged
        and {
            "occasions": judged.occasions,
            "used": judged.used,
            "expected": round(judged.expected, 1),
            "error_bp": judged.error_bp,
        },
        "templates": [
            {
                "template": each.template,
                "coupons": each.coupons,
                "occasions": each.occasions,
                "used": each.used,
                "is_told": not lesson.reason and (each.shift is not None or lesson.others_shift is not None),
            }
            for each in lesson.templates
        ],
    }


def _run(run: ScoreRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "as_of": run.as_of.isoformat(),
        "horizon_days": run.horizon_days,
        "model": run.model,
        "members": run.members,
        "made_at": instant(run.made_at),
        "quality": run.quality,
        "retrain": run.retrain,
        "version": run.version,
        "training": run.training,
        "lessons": [_lesson(each) for each in run.lessons],
        "coupons": _coupons(run.coupons) if run.coupons else None,
    }
