"""The checkout's refusals in HTTP: their statuses and English texts; Russian stands in the catalogue."""

from http import HTTPStatus

from offers.model import checkout_errors as errors
from offers.model.errors import OfferError

STATUS: dict[type[OfferError], HTTPStatus] = {
    errors.UnknownQuote: HTTPStatus.NOT_FOUND,
    errors.QuoteExpired: HTTPStatus.CONFLICT,
    errors.QuoteSettled: HTTPStatus.CONFLICT,
    errors.PriceChanged: HTTPStatus.CONFLICT,
    errors.TooManyHolds: HTTPStatus.CONFLICT,
    errors.NotEnoughStamps: HTTPStatus.CONFLICT,
    errors.LateRedemption: HTTPStatus.CONFLICT,
    errors.UnknownLine: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.OverReturn: HTTPStatus.CONFLICT,
    errors.NothingToReturn: HTTPStatus.CONFLICT,
    errors.AlreadyVoided: HTTPStatus.CONFLICT,
    errors.AlreadyReturned: HTTPStatus.CONFLICT,
}

TEXTS: dict[str, str] = {
    "unknown_quote": "No such quote at this outlet. Ask for a new one.",
    "quote_expired": "The quote's time is over. Ask for a new one.",
    "quote_settled": "This quote was already settled as another order.",
    "price_changed": "The price has changed since it was quoted. Look at the new one and confirm it.",
    "too_many_holds": "Points of this card are held for {limit} purchases already. Settle or release one of them.",
    "not_enough_stamps": "The stamps this price needs are used, or held for another purchase. Ask for a new quote.",
    "late_redemption": "Points cannot be spent on a purchase reported more than {minutes} minutes late.",
    "unknown_line": "The receipt has no such line.",
    "over_return": "More is returned than was bought and not returned yet.",
    "nothing_to_return": "The whole purchase was returned already.",
    "already_voided": "The purchase was voided: there is nothing to return.",
    "already_returned": "The whole purchase was returned: there is nothing to void.",
}
