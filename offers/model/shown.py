"""What a card last showed in a wallet, and whether the wallet has taken it up: the memory of live updates."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from offers.model.ids import CardId, MemberId, ProgrammeId


class Wallet(StrEnum):
    APPLE = "apple"
    GOOGLE = "google"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One card in one wallet. `look` is a digest of what it showed when the wallet was last told, at `version`.

    `body` is what Google has; `sent` are bodies it may have, because their answers never came. `owed_since` is the
    first telling that nothing answered: a push without a fetch, a PATCH that was refused; None: all is well. `heal_at`
    is when it is told once more, `heals` how often that was done. `refusal` is Google's reason.
    """

    id: str
    card_id: CardId
    programme_id: ProgrammeId
    member_id: MemberId
    wallet: Wallet
    version: int = 0
    look: str = ""
    told_at: datetime | None = None
    body: dict[str, Any] | None = None
    sent: list[dict[str, Any]] = field(default_factory=list)
    fetched_version: int = 0
    fetched_at: datetime | None = None
    owed_since: datetime | None = None
    heal_at: datetime | None = None
    heals: int = 0
    refusal: str | None = None


def shown_id(wallet: Wallet, card_id: CardId) -> str:
    return f"{wallet}:{card_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleTerms:
    """When a card counts as stale, and when it is told again by itself.

    Phones fetch within moments of a push. One that did not for `after_s` may have missed it, and is pushed again then,
    and a last time `again_after_s` later.
    """

    after_s: float = 3_600.0
    again_after_s: float = 86_400.0


MAX_HEALS = 2
