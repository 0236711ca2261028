"""What may be sent about designs, in the shape of the nouns; what is wrong inside a field is for the engine to say."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, TypeAdapter

from merchant.checkout.fields import STRICT, Instant
from offers.engine.design_faults import unknown_bindings
from offers.model.design import Bound, CardDesign, CardKind, Place
from offers.model.design_parts import ActionType, CodeFormat, PersonalField
from offers.model.ids import ProgrammeId
from offers.model.rule_errors import RuleFault

MAX_LISTED = 50
"""More of anything than this is not even looked at."""
SLUG = r"^[a-z0-9][a-z0-9-]{0,39}$"
DIGEST = r"^[0-9a-f]{64}$"

Text = Annotated[str, Field(max_length=20_000)]
Word = Annotated[str, Field(max_length=200)]
Url = Annotated[str, Field(max_length=2_048)]
Digest = Annotated[str, Field(pattern=DIGEST)]


class TextBody(BaseModel):
    """A text in both languages."""

    model_config = STRICT

    ru: Text
    en: Text


class ColoursBody(BaseModel):
    model_config = STRICT

    background: Word
    foreground: Word
    label: Word


class ImagesBody(BaseModel):
    """Digests, as uploading a picture answers them."""

    model_config = STRICT

    icon: Digest | None = None
    logo: Digest | None = None
    wide_logo: Digest | None = None
    banner: Digest | None = None
    thumbnail: Digest | None = None
    artwork: Digest | None = None
    stamp: Digest | None = None
    personalisation_logo: Digest | None = None


class FieldBody(BaseModel):
    model_config = STRICT

    key: Word
    place: Place
    bound: Word
    label: TextBody | None = None
    text: TextBody | None = None


class LinkBody(BaseModel):
    model_config = STRICT

    key: Word
    label: TextBody
    url: Url


class PlaceBody(BaseModel):
    model_config = STRICT

    latitude: float
    longitude: float
    altitude_m: float | None = None
    text: TextBody | None = None


class BeaconBody(BaseModel):
    model_config = STRICT

    proximity_uuid: Word
    major: int | None = Field(default=None, ge=0, le=65_535)
    minor: int | None = Field(default=None, ge=0, le=65_535)
    text: TextBody | None = None


class TimeBody(BaseModel):
    model_config = STRICT

    starts_at: Instant
    ends_at: Instant | None = None


class NfcBody(BaseModel):
    model_config = STRICT

    public_key: Annotated[str, Field(max_length=500)]
    requires_authentication: bool = False


class PersonalisationBody(BaseModel):
    model_config = STRICT

    description: TextBody
    fields: list[PersonalField] = Field(max_length=len(PersonalField))
    terms: TextBody | None = None


class ActionBody(BaseModel):
    model_config = STRICT

    key: Word
    type: ActionType
    url: Url | None = None
    place: Word | None = None


class DesignBody(BaseModel):
    """A whole design. What is left out takes its default: sending a design back as it was read changes nothing."""

    model_config = STRICT

    kind: CardKind
    title: TextBody | None = None
    description: TextBody | None = None
    terms: TextBody | None = None
    offer: Word | None = None
    colours: ColoursBody
    images: ImagesBody = ImagesBody()
    fields: list[FieldBody] = Field(max_length=MAX_LISTED)
    links: list[LinkBody] = Field(default=[], max_length=MAX_LISTED)
    places: list[PlaceBody] = Field(default=[], max_length=MAX_LISTED)
    beacons: list[BeaconBody] = Field(default=[], max_length=MAX_LISTED)
    max_distance_m: int | None = Field(default=None, ge=1, le=100_000)
    relevant: list[TimeBody] = Field(default=[], max_length=MAX_LISTED)
    expires_at: Instant | None = None
    life_days: int | None = Field(default=None, ge=1, le=3_660)
    code_format: CodeFormat = CodeFormat.QR
    shows_code_text: bool = False
    nfc: NfcBody | None = None
    personalisation: PersonalisationBody | None = None
    actions: list[ActionBody] = Field(default=[], max_length=MAX_LISTED)
    grouping: Word | None = None
    is_poster: bool = True
    sharing_allowed: bool = False
    screenshots_allowed: bool = True
    is_shimmering: bool = False

    def faults(self) -> list[RuleFault]:
        """Find fields bound to nothing we know."""
        return list(unknown_bindings(each.bound for each in self.fields))

    def to_noun(self, programme_id: ProgrammeId, slug: str) -> CardDesign:
        """Make the noun; a binding that is unknown stands as a text, to be told of with what else is wrong."""
        written: dict[str, Any] = self.model_dump()
        for each in written["fields"]:
            if each["bound"] not in set(Bound):
                each["bound"], each["text"] = Bound.TEXT, {"ru": "-", "en": "-"}
        return _DESIGN.validate_python({**written, "programme_id": programme_id, "slug": slug})


_DESIGN = TypeAdapter(CardDesign)
