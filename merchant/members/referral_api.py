"""The API of referrals: a member's link, whom it brought, and why a reward was given or not."""

from typing import Any

from aiohttp import web

from merchant.limits import instant
from merchant.members.tools import MEMBERS, member_of, office
from offers.flows.invite_members import Invitation
from offers.model.programme import Programme
from offers.model.referral import Referral
from web.body import answer

routes = web.RouteTableDef()


@routes.get("/v1/members/{id}/referral")
async def referral(request: web.Request) -> web.Response:
    """Give the link a member hands on, and what came of it. The first asking makes it."""
    tools, asker = request.app[MEMBERS], await office(request)
    invitation = await tools.invite_members(asker.programme, member_of(request))
    return answer(_invitation(invitation, asker.programme, tools.public_url))


def _invitation(invitation: Invitation, programme: Programme, public_url: str) -> dict[str, Any]:
    terms = programme.terms.referral
    return {
        "member": invitation.member_id,
        "code": invitation.code,
        "link": f"{public_url.rstrip('/')}/join/{programme.slug}?ref={invitation.code}",
        "is_offered": terms is not None,
        "inviter_points": terms.inviter_points if terms else 0,
        "invited_points": terms.invited_points if terms else 0,
        "min_purchase_minor": terms.min_purchase_minor if terms else 0,
        "came_by": _referral(invitation.came_by) if invitation.came_by else None,
        "brought": [_referral(each) for each in invitation.brought],
    }


def _referral(referral: Referral) -> dict[str, Any]:
    return {
        "inviter": referral.inviter_id,
        "invited": referral.id,
        "noted_at": instant(referral.noted_at),
        "state": referral.state.value,
        "reason": referral.reason.value if referral.reason else None,
        "checkout_id": referral.checkout_id,
        "rewarded_at": instant(referral.rewarded_at),
        "pending_until": instant(referral.pending_until),
        "inviter_points": referral.inviter_points,
        "invited_points": referral.invited_points,
    }
