"""Refused callbacks of Google in HTTP."""

from http import HTTPStatus

from offers.model import google_errors as errors
from offers.model.errors import OfferError

STATUS: dict[type[OfferError], HTTPStatus] = {
    errors.CallbackRefused: HTTPStatus.BAD_REQUEST,
    errors.CallbackKeysUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

TEXTS: dict[str, str] = {
    "callback_refused": "This is not a callback of Google's to this service.",
    "callback_keys_unavailable": "Google's public keys cannot be fetched right now.",
}
