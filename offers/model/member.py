"""A person enrolled, how they can be reached, and what is counted about them."""

from dataclasses import dataclass, field
from datetime import datetime

from offers.model.activity import Activity
from offers.model.arrival import Arrival
from offers.model.held_level import HeldLevel
from offers.model.ids import MemberId, OfferId, ProgrammeId
from offers.model.programme import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Birthday:
    """A month and a day, not an instant; the year is optional."""

    month: int
    day: int
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryCount:
    category: str
    purchases: int
    spend_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What the member did so far, in the programme's currency; voided purchases are taken back."""

    purchases: int = 0
    spend_minor: int = 0
    first_purchase_at: datetime | None = None
    last_purchase_at: datetime | None = None
    categories: tuple[CategoryCount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTerms:
    """What one member has of their own: agreed with them, or, with `activity`, following what they buy.

    What was agreed replaces the discount level and the accrual rate until it ends. A discount that follows activity
    stands beside the level: the deeper of the two holds.
    """

    discount_bp: int | None = None
    accrual_bp: int | None = None
    until: datetime | None = None
    activity: Activity | None = None

    def hold(self, at: datetime) -> bool:
        return self.until is None or at < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class StampCount:
    """The stamps a member has towards an offer.

    `owed` are stamps that came back with goods after they had been used: the next ones make them good.
    """

    offer_id: OfferId
    stamps: int
    owed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDetails:
    """What the member told a phone wallet at enrolment; `told_at` is when. `phone` is as typed, proving nothing."""

    told_at: datetime
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    email: str | None = None
    postal_code: str | None = None
    country: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person enrolled. `phone` is E.164; `external_id` is the merchant's own number for an imported member.

    `enrolment_key` names the submission that enrolled them, so that the same form sent twice is answered alike.
    `merged_into` is the member who speaks for this one since they turned out to be one person. `held_level` is kept
    where levels are held for a term; None: spend alone decides. `phone_verified_at` is when they last proved that the
    phone is theirs: by Telegram's contact, by a code or link sent to it.
    """

    id: MemberId
    programme_id: ProgrammeId
    language: Language
    source: str
    enrolled_at: datetime
    phone: str | None = None
    telegram_id: int | None = None
    telegram_open: bool = True
    external_id: str | None = None
    birthday: Birthday | None = None
    enrolment_key: str | None = None
    counters: Counters = field(default_factory=Counters)
    is_sample: bool = False
    merged_into: MemberId | None = None
    held_level: HeldLevel | None = None
    own_terms: OwnTerms | None = None
    stamps: tuple[StampCount, ...] = ()
    segments: tuple[str, ...] = ()
    referral_code: str | None = None
    arrival: Arrival | None = None
    phone_verified_at: datetime | None = None
    personal: PersonalDetails | None = None
