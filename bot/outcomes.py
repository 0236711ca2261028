"""What Telegram's passing refusals mean for an item of the outbox: the same in both lanes of the bot."""

from aiogram.exceptions import (
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from bot.gate import GateClosed
from offers.model.message import RetryLater

TOKEN_PAUSE_S = 60.0


def passing(error: Exception) -> RetryLater | None:
    """Give when to come back after a refusal that will pass; None for one that will not."""
    match error:
        case GateClosed():
            return RetryLater(reason=str(error), after_s=error.after_s, whole_lane=error.whole_token)
        case TelegramRetryAfter():
            return RetryLater(reason=str(error), after_s=error.retry_after, whole_lane=True)
        case TelegramUnauthorizedError():
            return RetryLater(reason=str(error), after_s=TOKEN_PAUSE_S, whole_lane=True)
        case TelegramServerError() | TelegramNetworkError():
            return RetryLater(reason=str(error))
        case _:
            return None
