"""What may be refused about codes sent to phones."""

from offers.model.errors import OfferError


class WrongPhoneCode(OfferError):
    code = "wrong_phone_code"

    def __init__(self, *, tries_left: int) -> None:
        super().__init__(f"this is not the code that was sent; {tries_left} tries left")
        self.tries_left = tries_left


class PhoneCodeOver(OfferError):
    """Too old, typed wrong too often, or never sent: a new one is needed."""

    code = "phone_code_over"

    def __init__(self) -> None:
        super().__init__("the code is no longer valid: ask for a new one")


class TooManyPhoneCodes(OfferError):
    code = "too_many_phone_codes"

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(f"too many codes were sent; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class QuotaUsedUp(OfferError):
    """Something that may be done a few times a day was done as often as it may."""

    code = "quota_used_up"

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(f"this was done as often as it may be; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class NoTextMessages(OfferError):
    code = "no_text_messages"

    def __init__(self) -> None:
        super().__init__("no gateway for text messages is configured: TESSERA_SMS__URL")
