"""Two members who turned out to be one person: what was brought together, so that it can be parted again."""

from dataclasses import dataclass, field
from datetime import datetime

from offers.model.ids import CardId, CheckoutId, LotId, MemberId, ProgrammeId
from offers.model.member import Birthday


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtLot:
    """Points of one lot that the merged member brought, under the name the lot has with the survivor."""

    currency: str
    lot_id: LotId
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """What a survivor lacked and took over from the merged member; None for what they had or nobody has."""

    phone: str | None = None
    telegram_id: int | None = None
    external_id: str | None = None
    birthday: Birthday | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """One merge. `depth` is how many merges stand one on another here; `parted_at` is set when it was undone."""

    id: str
    programme_id: ProgrammeId
    survivor_id: MemberId
    merged_id: MemberId
    merged_at: datetime
    staff_id: str
    reason: str
    depth: int
    card_ids: tuple[CardId, ...] = ()
    receipt_ids: tuple[CheckoutId, ...] = ()
    coupon_ids: tuple[str, ...] = ()
    contacts: Contacts = field(default_factory=Contacts)
    lots: tuple[BroughtLot, ...] = ()
    parted_at: datetime | None = None
    parted_by: str | None = None
