"""What a person told the bot before they became a member."""

from dataclasses import dataclass
from datetime import datetime

from offers.model.consent import Purpose
from offers.model.ids import ProgrammeId
from offers.model.programme import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A consent given in a chat; it becomes a Consent when the person joins."""

    purpose: Purpose
    text_version: str
    text_digest: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One per Telegram account and programme, forgotten when the person joins or stays silent for days.

    `code` is that of the member who brought them.
    """

    programme_id: ProgrammeId
    telegram_id: int
    language: Language
    updated_at: datetime
    source: str | None = None
    code: str | None = None
    agreements: tuple[Agreement, ...] = ()

    @property
    def may_join(self) -> bool:
        return any(agreement.purpose is Purpose.PERSONAL_DATA for agreement in self.agreements)
