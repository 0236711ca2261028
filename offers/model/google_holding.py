"""How a card stands in people's Google Wallets, by what Google itself reports."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

DIRECT = "direct"


class GoogleVerb(StrEnum):
    SAVED = "save"
    DELETED = "del"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleNews:
    """One verified report: somebody saved a card or took it out of their wallet.

    `object_suffix` is what stands behind the issuer in the object's id. `expires_at` is the only time Google tells.
    """

    nonce: str
    verb: GoogleVerb
    object_suffix: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleHolding:
    """`saves` and `deletions` count reports. `source` is the way by which the card's last save link was opened."""

    saves: int = 0
    deletions: int = 0
    saved_at: datetime | None = None
    deleted_at: datetime | None = None
    source: str = DIRECT

    @property
    def is_held(self) -> bool:
        """Whether somebody may still hold the card: more people saved it than took it out."""
        return self.saves > self.deletions
