"""The programme and the people who sell: programme, terms, merchant, outlet, till key."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from offers.model.activity import ActivityRules
from offers.model.held_level import LevelRules
from offers.model.ids import KeyId, MerchantId, OutletId, ProgrammeId
from offers.model.ledger import ReturnPolicy, SpendingOrder
from offers.model.referral_terms import ReferralTerms
from offers.model.showing import CodePolicy

BASIS_POINTS = 10_000


class Language(StrEnum):
    RU = "ru"
    EN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalText:
    """One text in both languages."""

    ru: str
    en: str

    def __call__(self, language: Language) -> str:
        return self.ru if language is Language.RU else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountLevel:
    """A discount every member enjoys once their spend has reached the threshold.

    `accrual_bp` replaces the programme's rate; None keeps it.
    """

    name: LocalText
    spend_threshold_minor: int
    discount_bp: int
    slug: str = ""
    accrual_bp: int | None = None

    @property
    def key(self) -> str:
        """What rules and standings call the level."""
        return self.slug or self.name.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the programme promises. Rates are basis points: 500 is 5 %.

    `pending_days` pass before points may be spent; `transfer_daily_points` a member may hand on in a local day (0:
    none); above `adjustment_limit` points a day on one member, a second person of the staff has to approve. `codes`
    says what a code may do that always is the same, and what one that changes.
    """

    accrual_bp: int = 500
    point_value_minor: int = 100
    redemption_limit_bp: int = 5_000
    points_live_days: int | None = 365
    restore_grace_days: int = 14
    levels: tuple[DiscountLevel, ...] = ()
    pending_days: int = 0
    spending_order: SpendingOrder = SpendingOrder.SOONEST_EXPIRY
    return_policy: ReturnPolicy = ReturnPolicy.UNLIMITED
    expiry_reminder_days: int | None = 7
    transfer_daily_points: int = 0
    adjustment_limit: int = 1_000
    adjustment_patience_hours: int = 72
    level_rules: LevelRules = field(default_factory=LevelRules)
    referral: ReferralTerms | None = None
    codes: CodePolicy = field(default_factory=CodePolicy)
    activity: ActivityRules | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One loyalty programme, the tenant. `zone` is an IANA name, `currency` an ISO 4217 code."""

    id: ProgrammeId
    slug: str
    name: LocalText
    currency: str
    zone: str
    terms: Terms
    default_language: Language = Language.RU
    is_sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    id: MerchantId
    programme_id: ProgrammeId
    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One point of sale; its zone decides the business day."""

    id: OutletId
    programme_id: ProgrammeId
    merchant_id: MerchantId
    slug: str
    name: str
    zone: str


class Scope(StrEnum):
    TILL = "till"
    OPERATOR = "operator"
    FEED = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as kept: `digest` is the SHA-256 of the secret, which is shown once and never stored."""

    id: KeyId
    programme_id: ProgrammeId
    outlet_id: OutletId | None
    scope: Scope
    digest: str
    name: str
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """Who stands behind a till request: the outlet of the key, and what it belongs to."""

    programme: Programme
    outlet: Outlet
    key_id: KeyId
