"""The cards' part of the table from refusals to HTTP."""

from http import HTTPStatus

from offers.model import card_errors as errors
from offers.model.errors import OfferError

STATUS: dict[type[OfferError], HTTPStatus] = {
    errors.CodeOutOfDate: HTTPStatus.CONFLICT,
}

TEXTS: dict[str, str] = {
    "code_out_of_date": "This code is out of date. Ask the member to open the card again and scan what it shows now.",
}
