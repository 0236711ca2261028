"""The cards' part of the table from refusals to HTTP."""

from http import HTTPStatus

from offers.model import card_errors as errors
from offers.model.errors import OfferError

STATUS: dict[type[OfferError], HTTPStatus] = {
    errors.CodeOutOfDate: HTTPStatus.CONFLICT,
    errors.CodeUsed: HTTPStatus.CONFLICT,
    errors.RotatingCodeNeeded: HTTPStatus.CONFLICT,
    errors.NotByCode: HTTPStatus.CONFLICT,
    errors.CodeDailyLimit: HTTPStatus.CONFLICT,
    errors.CardReplaced: HTTPStatus.CONFLICT,
    errors.TooManyReissues: HTTPStatus.CONFLICT,
}

TEXTS: dict[str, str] = {
    "code_out_of_date": "This code is out of date. Ask the member to open the card again and scan what it shows now.",
    "code_used": "This code was used already. The card shows the next one within half a minute: scan that.",
    "rotating_code_needed": "For this the member has to show the code that changes: in Telegram, on the card's page or "
    "in Google Wallet.",
    "not_by_code": "This programme does not let a card's code do this.",
    "code_daily_limit": "By this code {allowed} points more may be spent today, not {asked}.",
    "card_replaced": "This card was replaced. Ask the member for the new one.",
    "too_many_reissues": "This member was given {limit} new cards today. Another one can be issued tomorrow.",
}
