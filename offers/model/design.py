"""One declarative design per kind of card: every wallet, the web card and the bot's picture are drawn from it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from offers.model.design_parts import (
    Beacon,
    CodeFormat,
    DesignLink,
    FeaturedAction,
    GeoPlace,
    NfcTerms,
    Personalisation,
    RelevantTime,
)
from offers.model.ids import ProgrammeId
from offers.model.programme import LocalText

MAIN_DESIGN = "main"
"""The slug of the design that every member's own card has."""


class CardKind(StrEnum):
    """What a card is for."""

    DISCOUNT = "discount"
    BONUS = "bonus"
    STAMP = "stamp"
    COUPON = "coupon"
    MEMBERSHIP = "membership"
    GIFT = "gift"
    MULTIPASS = "multipass"
    CASHBACK = "cashback"

    @property
    def family(self) -> "CardFamily":
        """Tell which family a wallet keeps it in: no wallet turns a card of one into a card of another."""
        match self:
            case CardKind.COUPON:
                return CardFamily.OFFER
            case CardKind.GIFT:
                return CardFamily.GIFT_CARD
            case _:
                return CardFamily.LOYALTY


class CardFamily(StrEnum):
    """A coupon is an offer and stored money is a gift card; everything else is a loyalty card.

    A multipass too: its remaining visits ring like a balance, which a generic pass cannot, and coupons can be linked.
    """

    LOYALTY = "loyalty"
    OFFER = "offer"
    GIFT_CARD = "gift_card"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """`#rrggbb`: the ground, the values on it and the labels on it."""

    background: str = "#1d2b36"
    foreground: str = "#ffffff"
    label: str = "#f2c14e"


class ImageSlot(StrEnum):
    """Where a picture stands. What a design leaves empty is drawn from its colours, or left out."""

    ICON = "icon"
    LOGO = "logo"
    WIDE_LOGO = "wide_logo"
    BANNER = "banner"
    THUMBNAIL = "thumbnail"
    ARTWORK = "artwork"
    STAMP = "stamp"
    PERSONALISATION_LOGO = "personalisation_logo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """Digests of kept pictures (SHA-256 of the re-encoded bytes) by slot; None: none was uploaded."""

    icon: str | None = None
    logo: str | None = None
    wide_logo: str | None = None
    banner: str | None = None
    thumbnail: str | None = None
    artwork: str | None = None
    stamp: str | None = None
    personalisation_logo: str | None = None


class Place(StrEnum):
    """Where a field stands, in Apple's words; the other wallets give each place one of their own."""

    HEADER = "header"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    AUXILIARY = "auxiliary"
    BACK = "back"


class Bound(StrEnum):
    """What a field's value follows. The part before the dot names the family that has to be read for it."""

    TEXT = "text"
    PROGRAMME_NAME = "programme.name"
    PROFILE_NUMBER = "profile.number"
    PROFILE_NAME = "profile.name"
    PROFILE_SINCE = "profile.since"
    PROFILE_PURCHASES = "profile.purchases"
    CARD_CODE = "card.code"
    CARD_EXPIRES = "card.expires"
    POINTS = "account.points"
    POINTS_PENDING = "account.pending"
    POINTS_EXPIRING = "account.expiring"
    POINTS_EXPIRE_ON = "account.expires_on"
    POINTS_WORTH = "account.worth"
    LEVEL_NAME = "level.name"
    LEVEL_DISCOUNT = "level.discount"
    LEVEL_ACCRUAL = "level.accrual"
    LEVEL_NEXT = "level.next"
    LEVEL_MISSING = "level.missing"
    STAMPS_TITLE = "stamps.title"
    STAMPS_COLLECTED = "stamps.collected"
    STAMPS_LEFT = "stamps.left"
    STAMPS_ROW = "stamps.row"
    COUPONS_COUNT = "coupons.count"
    COUPON_TITLE = "coupon.title"
    COUPON_USES_LEFT = "coupon.uses_left"
    COUPON_UNTIL = "coupon.until"
    COUPON_AGAIN = "coupon.again"
    PREPAID_BALANCE = "prepaid.balance"
    LAYER_TEXT = "layer.text"

    @property
    def family(self) -> str:
        return self.value.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignField:
    """One field of the card. `label` None: the usual name of what it is bound to; `text` is what TEXT shows.

    A field whose value is not there (no level, no coupon) is not shown. `key` is unique in the design.
    """

    key: str
    place: Place
    bound: Bound
    label: LocalText | None = None
    text: LocalText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDesign:
    """How the cards of one kind look and what they show; `edition` rises with every change.

    `title` None: the programme's name. `offer` is the code of the offer that a stamp, coupon or multipass card is
    about; None: whichever the member has. `life_days` counts from a card's issue, `expires_at` is for all of them: the
    earlier one ends a card. `is_poster` adds the iOS 27 poster beside the classic style. `grouping` puts the cards of a
    member side by side. `sharing_allowed` lets a pass be handed on; `screenshots_allowed` and `is_shimmering` are
    Google's.
    """

    programme_id: ProgrammeId
    slug: str = MAIN_DESIGN
    kind: CardKind = CardKind.BONUS
    edition: int = 1
    changed_at: datetime | None = None
    title: LocalText | None = None
    description: LocalText | None = None
    terms: LocalText | None = None
    offer: str | None = None
    colours: Colours = field(default_factory=Colours)
    images: Images = field(default_factory=Images)
    fields: tuple[DesignField, ...] = ()
    links: tuple[DesignLink, ...] = ()
    places: tuple[GeoPlace, ...] = ()
    beacons: tuple[Beacon, ...] = ()
    max_distance_m: int | None = None
    relevant: tuple[RelevantTime, ...] = ()
    expires_at: datetime | None = None
    life_days: int | None = None
    code_format: CodeFormat = CodeFormat.QR
    shows_code_text: bool = False
    nfc: NfcTerms | None = None
    personalisation: Personalisation | None = None
    actions: tuple[FeaturedAction, ...] = ()
    grouping: str | None = None
    is_poster: bool = True
    sharing_allowed: bool = False
    screenshots_allowed: bool = True
    is_shimmering: bool = False

    def wants(self, family: str) -> bool:
        """Tell whether a field is bound to this family of values."""
        return any(each.bound.family == family for each in self.fields)
