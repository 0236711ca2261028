"""The rules of offers in HTTP: the statuses and English texts of refused changes."""

from http import HTTPStatus

from offers.model import rule_errors as errors
from offers.model.errors import OfferError

STATUS: dict[type[OfferError], HTTPStatus] = {
    errors.InvalidRules: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownOffer: HTTPStatus.NOT_FOUND,
    errors.UnknownOfferVersion: HTTPStatus.NOT_FOUND,
    errors.VersionConflict: HTTPStatus.PRECONDITION_FAILED,
    errors.TooManyOffers: HTTPStatus.CONFLICT,
    errors.RulesTooLarge: HTTPStatus.CONFLICT,
}

TEXTS: dict[str, str] = {
    "unknown_offer": "No offer of this programme is called {offer}.",
    "unknown_offer_version": "The offer {offer} has no version {version}.",
    "version_conflict": "Somebody changed it meanwhile: version {current} stands, not {expected}. Look at it first.",
    "too_many_offers": "A programme has at most {limit} offers, archived ones included.",
    "rules_too_large": "The offers of a programme take at most {limit_bytes} bytes together.",
}
"""Russian stands in the catalogue; the text of `invalid_body` stands with those of all bodies."""
