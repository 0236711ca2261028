"""What a design may carry beyond colours and fields: links, places, times, contactless, enrolment on a phone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.model.programme import LocalText


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignLink:
    """An address on the card's back. `key` is unique in the design."""

    key: str
    label: LocalText
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoPlace:
    """Where the card comes forward by itself: WGS 84 degrees, `altitude_m` in metres, and what the phone says there."""

    latitude: float
    longitude: float
    altitude_m: float | None = None
    text: LocalText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beacon:
    """A Bluetooth beacon near which the card comes forward; `major` and `minor` are 0 to 65,535."""

    proximity_uuid: str
    major: int | None = None
    minor: int | None = None
    text: LocalText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelevantTime:
    """When the card comes forward: an instant, or an interval of at most 24 hours."""

    starts_at: datetime
    ends_at: datetime | None = None


class CodeFormat(StrEnum):
    """The scan code's picture. From Code39 on iOS 27 alone can draw it: a QR code stands beside it."""

    QR = "qr"
    PDF417 = "pdf417"
    AZTEC = "aztec"
    CODE128 = "code128"
    CODE39 = "code39"
    CODABAR = "codabar"
    EAN13 = "ean13"
    INTERLEAVED = "i2of5"


@dataclass(frozen=True, slots=True, kw_only=True)
class NfcTerms:
    """Contactless reading: `public_key` is the reader's P-256 key, base64 of its SubjectPublicKeyInfo."""

    public_key: str
    requires_authentication: bool = False


class PersonalField(StrEnum):
    """What a phone may ask its owner for at enrolment."""

    NAME = "name"
    POSTAL_CODE = "postal_code"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Personalisation:
    """Enrolment in Apple Wallet itself (a contactless card only): what is asked, why, and under which terms."""

    description: LocalText
    fields: tuple[PersonalField, ...]
    terms: LocalText | None = None


class ActionType(StrEnum):
    """What iOS 27 offers as a button of the card."""

    CALL = "call"
    PLACE = "place"
    ADD_TO_BALANCE = "addToBalance"
    ORDER = "order"
    SHOP = "shop"
    MEMBERSHIP_BENEFITS = "membershipBenefits"
    VIEW_OFFERS = "viewOffersRewards"
    BOOK_APPOINTMENT = "bookAppointment"
    VIEW_SCHEDULE = "viewSchedule"
    LISTEN = "listenToMusic"
    WATCH_TRAILER = "watchTrailer"
    BOOK_CAR = "bookCar"
    BOOK_FLIGHT = "bookFlight"
    BOOK_STAY = "bookStay"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturedAction:
    """A button: an address, or for `place` the identifier of a place."""

    key: str
    type: ActionType
    url: str | None = None
    place: str | None = None
