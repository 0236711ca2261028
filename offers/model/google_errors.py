"""Refusals of what says it comes from Google."""

from offers.model.errors import OfferError


class CallbackRefused(OfferError):
    """A callback that Google did not send, or not lately, or not to us. `reason` is stable and tells which."""

    code = "callback_refused"

    def __init__(self, *, reason: str) -> None:
        super().__init__(f"not a callback of Google's: {reason}")
        self.reason = reason


class CallbackKeysUnavailable(OfferError):
    """Google's public keys cannot be fetched, so nothing can be believed; Google sends the callback again."""

    code = "callback_keys_unavailable"

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__("Google's public keys cannot be fetched right now")
        self.retry_after_s = retry_after_s
