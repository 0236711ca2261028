"""Puts the API of members into the application."""

from aiohttp import web

from merchant.members import api, exposures_api, prepaid_api, referral_api, scores_api, segments_api
from merchant.members.tools import MEMBERS, MemberTools


def install(app: web.Application, tools: MemberTools) -> None:
    app[MEMBERS] = tools
    app.add_routes(api.routes)
    app.add_routes(prepaid_api.routes)
    app.add_routes(referral_api.routes)
    app.add_routes(segments_api.routes)
    app.add_routes(scores_api.routes)
    app.add_routes(exposures_api.routes)
