"""What an import brings: members and purchases of the time before Tessera, and what became of each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.model.consent import Purpose
from offers.model.member import Birthday
from offers.model.programme import Language
from offers.model.purchase import ReceiptLine


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberKey:
    """How a file names a member: by the merchant's own number, by a phone (E.164), or by both."""

    external_id: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPurchase:
    """A purchase as a file tells it; the outlet, `business_day` and `order_ref` name it for ever."""

    member: MemberKey
    order_ref: str
    business_day: str
    at: datetime
    lines: tuple[ReceiptLine, ...]


class PurchaseFate(StrEnum):
    """`DIFFERS`: the order is there with other lines and was left as it is."""

    ADDED = "added"
    ALREADY_THERE = "already_there"
    DIFFERS = "order_differs"
    UNKNOWN_MEMBER = "unknown_member"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastConsent:
    """A consent given elsewhere; `at` None means that the file does not say when."""

    purpose: Purpose
    granted: bool
    at: datetime | None
    text_version: str
    text_digest: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMember:
    """A member as a file tells it. `language` None: the programme's; `enrolled_at` None: now."""

    key: MemberKey
    language: Language | None = None
    birthday: Birthday | None = None
    source: str = "import"
    enrolled_at: datetime | None = None
    consents: tuple[PastConsent, ...] = ()
    is_sample: bool = False


class MemberFate(StrEnum):
    """`COMPLETED`: the member was there, and an empty field of theirs was filled."""

    ADDED = "added"
    COMPLETED = "completed"
    ALREADY_THERE = "already_there"
    CONTACT_TAKEN = "contact_taken"
