"""What a phone finds around it: the service whose cards it carries, and the stand-ins it is reached through."""

from dataclasses import dataclass
from pathlib import Path

from sandbox.apns import ApnsStandIn
from sandbox.google.server import GoogleStandIn
from sandbox.sms import SmsStandIn
from sandbox.telegram.server import TelegramStandIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """`trust_root` is the PEM of the authority passes are believed under; `till_url` is shown where it is known.

    The phone shows every message of `sms`, to whatever number.
    """

    public_url: str
    join_url: str
    till_url: str | None = None
    trust_root: Path
    apns: ApnsStandIn
    google: GoogleStandIn
    telegram: TelegramStandIn
    bot_username: str
    sms: SmsStandIn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose phone it is. The number is what they share with the bot."""

    first_name: str = "Анна"
    language: str = "ru"
    phone: str = "+79001234567"
