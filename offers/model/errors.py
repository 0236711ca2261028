"""Expected refusals: each carries a stable code and its facts; HTTP learns of them in one table."""

from typing import ClassVar


class OfferError(Exception):
    """A refusal that the caller can understand and mend; `code` never changes once published."""

    code: ClassVar[str]

    def facts(self) -> dict[str, object]:
        """Give what the refusal knows, by name, for texts and for machines."""
        return dict(vars(self))


class MalformedCode(OfferError):
    code = "malformed_code"

    def __init__(self) -> None:
        super().__init__("this is not a Tessera card code")


class ForgedCode(OfferError):
    code = "forged_code"

    def __init__(self) -> None:
        super().__init__("the code's signature does not match: it was not issued by this service")


class UnknownCard(OfferError):
    code = "unknown_card"

    def __init__(self) -> None:
        super().__init__("no such card in this programme")


class CardNotActive(OfferError):
    code = "card_not_active"

    def __init__(self, *, state: str) -> None:
        super().__init__(f"the card is {state}")
        self.state = state


class UnknownMember(OfferError):
    code = "unknown_member"

    def __init__(self) -> None:
        super().__init__("no such member in this programme")


class UnknownProgramme(OfferError):
    code = "unknown_programme"

    def __init__(self, *, slug: str) -> None:
        super().__init__(f"no programme called {slug}")
        self.slug = slug


class SlugTaken(OfferError):
    code = "slug_taken"

    def __init__(self, *, slug: str) -> None:
        super().__init__(f"something is called {slug} already")
        self.slug = slug


class UnknownCheckout(OfferError):
    code = "unknown_checkout"

    def __init__(self) -> None:
        super().__init__("no such purchase at this outlet")


class NotEnoughPoints(OfferError):
    code = "not_enough_points"

    def __init__(self, *, asked: int, available: int) -> None:
        super().__init__(f"asked for {asked} points, {available} available")
        self.asked = asked
        self.available = available


class TooManyPointsForPurchase(OfferError):
    code = "redemption_limit"

    def __init__(self, *, asked: int, allowed: int) -> None:
        super().__init__(f"asked for {asked} points, this purchase may take {allowed}")
        self.asked = asked
        self.allowed = allowed


class WrongCurrency(OfferError):
    code = "wrong_currency"

    def __init__(self, *, given: str, expected: str) -> None:
        super().__init__(f"the programme counts in {expected}, not {given}")
        self.given = given
        self.expected = expected


class AmountOutOfRange(OfferError):
    code = "amount_out_of_range"

    def __init__(self, *, limit_minor: int) -> None:
        super().__init__(f"a purchase is worth between 1 and {limit_minor} minor units")
        self.limit_minor = limit_minor


class PurchaseInFuture(OfferError):
    code = "purchase_in_future"

    def __init__(self) -> None:
        super().__init__("the purchase is dated in the future: check the till's clock")


class PurchaseTooOld(OfferError):
    code = "purchase_too_old"

    def __init__(self, *, days: int) -> None:
        super().__init__(f"a till may report a purchase up to {days} days late; older ones are imported")
        self.days = days


class KeyReused(OfferError):
    code = "idempotency_mismatch"

    def __init__(self, *, earlier_checkout_id: str) -> None:
        super().__init__("this order or Idempotency-Key was already used with another body")
        self.earlier_checkout_id = earlier_checkout_id


class VoidWindowClosed(OfferError):
    code = "void_window_closed"

    def __init__(self, *, business_day: str) -> None:
        super().__init__(f"a purchase of {business_day} can no longer be voided; return it instead")
        self.business_day = business_day


class ContactTaken(OfferError):
    code = "contact_taken"

    def __init__(self) -> None:
        super().__init__("this contact already belongs to a member")


class BadContact(OfferError):
    code = "bad_contact"

    def __init__(self, *, field: str) -> None:
        super().__init__(f"{field} is not a number that can be called")
        self.field = field


class ConsentMissing(OfferError):
    code = "consent_missing"

    def __init__(self) -> None:
        super().__init__("a member joins only with consent to the processing of personal data")


class Busy(OfferError):
    code = "busy"

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(f"the account is busy; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class Unauthorized(OfferError):
    code = "unauthorized"

    def __init__(self) -> None:
        super().__init__("the key is missing, unknown or revoked")


class WrongScope(OfferError):
    code = "wrong_scope"

    def __init__(self, *, needed: str) -> None:
        super().__init__(f"this key may not do that: it needs the scope {needed}")
        self.needed = needed


class NoCodeInPhoto(OfferError):
    code = "no_code_in_photo"

    def __init__(self) -> None:
        super().__init__("no code was found in the picture: hold the card closer and try again")


class NotAnImage(OfferError):
    code = "not_an_image"

    def __init__(self) -> None:
        super().__init__("the file is not a picture that can be read")


class ImageTooLarge(OfferError):
    code = "image_too_large"

    def __init__(self, *, limit_pixels: int) -> None:
        super().__init__(f"the picture has more than {limit_pixels} pixels")
        self.limit_pixels = limit_pixels


class BadHeader(OfferError):
    code = "bad_header"

    def __init__(self, *, header: str) -> None:
        super().__init__(f"the header {header} does not have the form it should")
        self.header = header


class TooManyRequests(OfferError):
    code = "too_many_requests"

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(f"too many requests from here; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class WalletUnavailable(OfferError):
    code = "wallet_unavailable"

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__("the wallet's provider does not answer; the card itself is safe")
        self.retry_after_s = retry_after_s


class LevelInUse(OfferError):
    code = "level_in_use"

    def __init__(self, *, level: str, offer: str) -> None:
        super().__init__(f"the offer {offer} asks for the level {level}")
        self.level = level
        self.offer = offer
        self.field = "/levels"
