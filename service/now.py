"""Time and chance as the running service has them; everything below is given them as arguments."""

import secrets
from datetime import UTC, datetime

from offers.model.ids import Chance


def now() -> datetime:
    """Tell the time in UTC, in whole milliseconds, which is what MongoDB keeps."""
    at = datetime.now(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


chance: Chance = secrets.token_bytes
