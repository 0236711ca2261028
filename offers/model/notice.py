"""What may ring on a phone, and how often a wallet lets it."""

from dataclasses import dataclass
from enum import StrEnum


class NoticeKind(StrEnum):
    """Why something rings: a balance that changed, or anything else."""

    BALANCE = "balance"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeTerms:
    """Google lets three things ring per card in 24 hours, field updates and messages counted together.

    `kept_for_balance` of them are not given to anything but a balance that changed.
    """

    per_card: int = 3
    kept_for_balance: int = 1
    within_s: float = 86_400.0

    def limit(self, kind: NoticeKind) -> int:
        return self.per_card if kind is NoticeKind.BALANCE else max(0, self.per_card - self.kept_for_balance)
