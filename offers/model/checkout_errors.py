"""What the checkout refuses: quotes, holds, returns, and sales that come late."""

from datetime import datetime

from offers.model.errors import OfferError


class UnknownQuote(OfferError):
    code = "unknown_quote"

    def __init__(self) -> None:
        super().__init__("no such quote at this outlet")


class QuoteExpired(OfferError):
    code = "quote_expired"

    def __init__(self, *, expires_at: datetime) -> None:
        super().__init__("the quote's time is over: ask for a new one")
        self.expires_at = expires_at.isoformat()


class QuoteSettled(OfferError):
    code = "quote_settled"

    def __init__(self, *, checkout_id: str) -> None:
        super().__init__("the quote was settled already, as another order")
        self.checkout_id = checkout_id


class PriceChanged(OfferError):
    """Answered with a fresh quote beside it."""

    code = "price_changed"

    def __init__(self) -> None:
        super().__init__("the quoted price cannot be honoured any more")


class TooManyHolds(OfferError):
    code = "too_many_holds"

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"{limit} purchases hold points of this card already")
        self.limit = limit


class LateRedemption(OfferError):
    code = "late_redemption"

    def __init__(self, *, minutes: int) -> None:
        super().__init__(f"a purchase reported more than {minutes} minutes late may accrue points but not spend them")
        self.minutes = minutes


class NotEnoughStamps(OfferError):
    code = "not_enough_stamps"

    def __init__(self) -> None:
        super().__init__("the stamps the price needs were used, or are held for another purchase")


class UnknownLine(OfferError):
    code = "unknown_line"

    def __init__(self, *, line: int) -> None:
        super().__init__(f"the receipt has no line {line}")
        self.line = line


class OverReturn(OfferError):
    code = "over_return"

    def __init__(self, *, line: int, quantity_left: str, left_minor: int) -> None:
        super().__init__(f"line {line} has {quantity_left} worth {left_minor} minor units left to return")
        self.line = line
        self.quantity_left = quantity_left
        self.left_minor = left_minor


class NothingToReturn(OfferError):
    code = "nothing_to_return"

    def __init__(self) -> None:
        super().__init__("the whole purchase was returned already")


class AlreadyVoided(OfferError):
    code = "already_voided"

    def __init__(self) -> None:
        super().__init__("the purchase was voided: there is nothing to return")


class AlreadyReturned(OfferError):
    code = "already_returned"

    def __init__(self) -> None:
        super().__init__("the whole purchase was returned: there is nothing to void")
