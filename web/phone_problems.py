"""The phones' part of the table from refusals to HTTP."""

from http import HTTPStatus

from offers.model import phone_errors as errors
from offers.model.errors import OfferError

STATUS: dict[type[OfferError], HTTPStatus] = {
    errors.WrongPhoneCode: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.PhoneCodeOver: HTTPStatus.CONFLICT,
    errors.TooManyPhoneCodes: HTTPStatus.TOO_MANY_REQUESTS,
    errors.QuotaUsedUp: HTTPStatus.TOO_MANY_REQUESTS,
    errors.NoTextMessages: HTTPStatus.CONFLICT,
}

TEXTS: dict[str, str] = {
    "wrong_phone_code": "This is not the code that was sent. Tries left: {tries_left}.",
    "phone_code_over": "This code is no longer valid. Ask for a new one.",
    "too_many_phone_codes": "Too many codes were sent. Try again in {retry_after_s} s.",
    "quota_used_up": "This was done as often as it may be today. Try again in {retry_after_s} s.",
    "no_text_messages": "No text messages can be sent from here. Show the code on this screen instead.",
}
