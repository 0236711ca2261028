"""Refusals as RFC 9457 problem documents: the one table from `OfferError` to HTTP, and the middleware that uses it."""

import json
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import ValidationError

from locales.catalogue import choose_language, gettext
from offers.model import errors
from offers.model.design_errors import InvalidDesign
from offers.model.errors import OfferError
from offers.model.rule_errors import InvalidRules
from web import (
    card_problems,
    checkout_problems,
    design_problems,
    google_problems,
    ledger_problems,
    limit_problems,
    personal_problems,
    phone_problems,
    rule_problems,
    score_problems,
)
from web.problem_page import problem_page, wants_page
from web.rule_faults import fault_answer

STATUS: dict[type[OfferError], HTTPStatus] = {
    errors.MalformedCode: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ForgedCode: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownCard: HTTPStatus.NOT_FOUND,
    errors.CardNotActive: HTTPStatus.CONFLICT,
    errors.UnknownMember: HTTPStatus.NOT_FOUND,
    errors.UnknownProgramme: HTTPStatus.NOT_FOUND,
    errors.SlugTaken: HTTPStatus.CONFLICT,
    errors.UnknownCheckout: HTTPStatus.NOT_FOUND,
    errors.NotEnoughPoints: HTTPStatus.CONFLICT,
    errors.TooManyPointsForPurchase: HTTPStatus.CONFLICT,
    errors.WrongCurrency: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.AmountOutOfRange: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.PurchaseInFuture: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.PurchaseTooOld: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.VoidWindowClosed: HTTPStatus.CONFLICT,
    errors.ContactTaken: HTTPStatus.CONFLICT,
    errors.BadContact: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ConsentMissing: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Busy: HTTPStatus.CONFLICT,
    errors.Unauthorized: HTTPStatus.UNAUTHORIZED,
    errors.WrongScope: HTTPStatus.FORBIDDEN,
    errors.NoCodeInPhoto: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotAnImage: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.ImageTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.BadHeader: HTTPStatus.BAD_REQUEST,
    errors.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    errors.WalletUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.LevelInUse: HTTPStatus.CONFLICT,
}

TEXTS: dict[str, str] = {
    "malformed_code": "This is not a card of this programme. Scan the card's own code, or type it whole.",
    "forged_code": "This code was not issued here. Ask the member to open the card again.",
    "unknown_card": "No such card in this programme.",
    "card_not_active": "This card is not active and cannot be used.",
    "unknown_member": "No such member in this programme.",
    "unknown_programme": "No programme is called {slug}.",
    "slug_taken": "The name {slug} is taken already.",
    "unknown_checkout": "No such purchase at this outlet.",
    "not_enough_points": "The member has {available} points, not {asked}.",
    "redemption_limit": "This purchase may take at most {allowed} points.",
    "wrong_currency": "This programme counts in {expected}, not {given}.",
    "amount_out_of_range": "The amount is not one a purchase can have.",
    "purchase_in_future": "The purchase is dated in the future. Check the till's clock.",
    "purchase_too_old": "The purchase is more than {days} days old. Import it instead.",
    "idempotency_mismatch": "This order number was already used for another purchase.",
    "void_window_closed": "The business day {business_day} is over: the purchase can no longer be voided.",
    "contact_taken": "This contact already belongs to a member.",
    "bad_contact": "This is not a phone number that can be called.",
    "consent_missing": "Joining needs consent to the processing of personal data.",
    "busy": "Another till is serving this card right now. Try again in a moment.",
    "unauthorized": "The key is missing, unknown or revoked.",
    "wrong_scope": "This key may not do that: it needs the scope {needed}.",
    "no_code_in_photo": "No code was found in the picture. Hold the card closer, without glare, and try again.",
    "not_an_image": "The file is not a picture that can be read.",
    "image_too_large": "The picture has too many pixels. Take it at a lower resolution.",
    "bad_header": "The header {header} does not have the form it should.",
    "too_many_requests": "Too many requests from here. Try again in {retry_after_s} s.",
    "wallet_unavailable": "The wallet does not answer right now. Your card is safe; try again in {retry_after_s} s.",
    "level_in_use": "The offer {offer} asks for the level {level}: change or archive the offer first.",
    "malformed_json": "The body is not JSON.",
    "invalid_body": "A field is wrong or missing.",
    "body_too_large": "The body is too large.",
    "not_found": "Nothing stands at this address.",
    "method_not_allowed": "This address does not know that method.",
    "internal_error": "Something went wrong here. It was noted; try again.",
}
"""The English text of every stable code; Russian stands in the catalogue."""

for _part in (
    card_problems,
    design_problems,
    ledger_problems,
    checkout_problems,
    google_problems,
    limit_problems,
    personal_problems,
    phone_problems,
    rule_problems,
    score_problems,
):
    STATUS.update(_part.STATUS)
    TEXTS.update(_part.TEXTS)

_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
_MAX_FIELDS = 20
_log = structlog.get_logger()


def problem(
    request: web.Request, code: str, status: int, *, facts: dict[str, object] | None = None, **extensions: Any
) -> web.Response:
    """Answer a problem document in the language the request asks for; a page, when a person's browser came here."""
    facts = facts or {}
    headers = {"Retry-After": str(facts["retry_after_s"])} if "retry_after_s" in facts else {}
    if wants_page(request):
        return problem_page(request, code, int(status), title=TEXTS[code], facts=facts, headers=headers)
    language = choose_language(request.headers.get("Accept-Language"))
    document = {
        "type": f"/docs/problems#{code}",
        "title": gettext(language, TEXTS[code], **facts),
        "status": int(status),
        "code": code,
        **facts,
        **extensions,
    }
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return web.Response(
        text=json.dumps(document, ensure_ascii=False),
        status=status,
        headers=headers,
        content_type="application/problem+json",
    )


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals into problem documents, and bugs into a 500 that the log keeps whole."""
    try:
        return await handler(request)
    except (InvalidRules, InvalidDesign) as error:
        language = choose_language(request.headers.get("Accept-Language"))
        faults = [fault_answer(language, fault) for fault in error.faults]
        return problem(request, error.code, STATUS[type(error)], errors=faults)
    except OfferError as error:
        return problem(request, error.code, STATUS[type(error)], facts=error.facts())
    except ValidationError as error:
        return _invalid(request, error)
    except web.HTTPException as error:
        if error.status not in _HTTP_CODES:
            raise
        return problem(request, _HTTP_CODES[error.status], error.status)
    except Exception:  # noqa: BLE001 - the last place that may: the log keeps it whole
        _log.exception("request failed", method=request.method, path=request.match_info.route.name or request.path)
        return problem(request, "internal_error", HTTPStatus.INTERNAL_SERVER_ERROR)


def _invalid(request: web.Request, error: ValidationError) -> web.Response:
    found = error.errors(include_url=False, include_input=False, include_context=False)[:_MAX_FIELDS]
    if found[0]["type"] == "json_invalid":
        return problem(request, "malformed_json", HTTPStatus.BAD_REQUEST, detail=found[0]["msg"])
    fields = [{"pointer": "/" + "/".join(map(str, item["loc"])), "detail": item["msg"]} for item in found]
    return problem(request, "invalid_body", HTTPStatus.UNPROCESSABLE_ENTITY, errors=fields)
