"""The right to use a contact, with proof."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.model.ids import MemberId, ProgrammeId
from offers.model.programme import Language


class Purpose(StrEnum):
    PERSONAL_DATA = "personal_data"
    ADVERTISING = "advertising"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Append-only. `proof` says how it was given (an address, a Telegram update); the text is kept by version."""

    id: str
    programme_id: ProgrammeId
    member_id: MemberId
    purpose: Purpose
    granted: bool
    text_version: str
    text_digest: str
    language: Language
    at: datetime
    proof: str
