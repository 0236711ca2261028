"""What is wrong with a design: every fault has its code and points at its field."""

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from locales.catalogue import gettext
from offers.engine.design_extras import is_p256_key
from offers.engine.design_faults import design_faults, unknown_bindings
from offers.engine.starter_designs import starter_design
from offers.model.design import Bound, CardKind, Colours, DesignField, Images, Place
from offers.model.design_parts import (
    ActionType,
    Beacon,
    DesignLink,
    FeaturedAction,
    GeoPlace,
    NfcTerms,
    Personalisation,
    RelevantTime,
)
from offers.model.programme import LocalText
from tests.card_faces import AT
from tests.coffee_house import DESIGN, PROGRAMME
from web.rule_faults import say_fault

OK = LocalText(ru="Да", en="Yes")
LONG = LocalText(ru="Да" * 400, en="Yes" * 300)
PICTURE = "a" * 64
KEY = base64.b64encode(
    ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()


def field(key: str = "k", place: Place = Place.BACK, bound: Bound = Bound.POINTS, **changes: Any) -> DesignField:
    return replace(DesignField(key=key, place=place, bound=bound), **changes)


def fields(place: Place, count: int) -> tuple[DesignField, ...]:
    return tuple(field(f"k{number}", place) for number in range(count))


@pytest.mark.parametrize("kind", list(CardKind))
def test_the_starter_of_every_kind_has_no_fault(kind: CardKind) -> None:
    assert design_faults(starter_design(PROGRAMME.id, kind), {}) == []


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"colours": Colours(background="blue")}, "/colours/background", "bad_colour"),
        ({"colours": Colours(foreground="#1e2c37")}, "/colours/foreground", "low_contrast"),
        ({"colours": Colours(label="#5a6a75")}, "/colours/label", "low_contrast"),
        ({"images": Images(logo="0" * 64)}, "/images/logo", "image_not_kept"),
        ({"images": Images(banner=PICTURE)}, "/images/banner", "image_too_small"),
        ({"images": Images(icon="b" * 64)}, "/images/icon", "image_wrong_shape"),
        ({"title": LocalText(ru="Кофейня", en="")}, "/title/en", "text_missing"),
        ({"title": LocalText(ru="Кофейня на углу Садовой", en="Cafe")}, "/title/ru", "text_too_long"),
        ({"terms": LONG}, "/terms/ru", "text_too_long"),
        ({"fields": (field("Bad key"),)}, "/fields/0/key", "bad_key"),
        ({"fields": (field(), field())}, "/fields/1/key", "same_key"),
        ({"fields": (field(bound=Bound.TEXT),)}, "/fields/0/text", "text_needed"),
        ({"fields": (field(text=OK),)}, "/fields/0/text", "text_not_needed"),
        ({"fields": (field(bound=Bound.TEXT, text=LONG),)}, "/fields/0/text/en", "text_too_long"),
        ({"fields": (field(place=Place.HEADER, label=LONG),)}, "/fields/0/label/ru", "text_too_long"),
        ({"fields": fields(Place.HEADER, 4)}, "/fields/3/place", "no_room"),
        ({"fields": fields(Place.PRIMARY, 2)}, "/fields/1/place", "no_room"),
        ({"fields": fields(Place.SECONDARY, 5)}, "/fields/4/place", "no_room"),
        ({"fields": fields(Place.BACK, 11)}, "/fields/10/place", "no_room"),
        ({"fields": fields(Place.BACK, 19)}, "/fields", "too_many"),
        ({"links": (DesignLink(key="a", label=OK, url="http://cafe.example"),)}, "/links/0/url", "bad_link"),
        (
            {"links": (DesignLink(key="a", label=LONG, url="https://cafe.example"),)},
            "/links/0/label/ru",
            "text_too_long",
        ),
        ({"places": (GeoPlace(latitude=91.0, longitude=0.0),)}, "/places/0", "bad_place"),
        ({"places": (GeoPlace(latitude=1.0, longitude=0.0),) * 11}, "/places", "too_many"),
        ({"beacons": (Beacon(proximity_uuid="x"),)}, "/beacons/0/proximity_uuid", "bad_uuid"),
        ({"relevant": (RelevantTime(starts_at=AT, ends_at=AT),)}, "/relevant/0/ends_at", "ends_first"),
        (
            {"relevant": (RelevantTime(starts_at=AT, ends_at=AT + timedelta(hours=25)),)},
            "/relevant/0/ends_at",
            "interval_too_long",
        ),
        ({"nfc": NfcTerms(public_key="AAAA")}, "/nfc/public_key", "bad_nfc_key"),
        ({"personalisation": Personalisation(description=OK, fields=())}, "/personalisation", "needs_nfc"),
        (
            {"nfc": NfcTerms(public_key=KEY), "personalisation": Personalisation(description=OK, fields=())},
            "/personalisation/fields",
            "nothing_asked",
        ),
        ({"actions": (FeaturedAction(key="a", type=ActionType.PLACE),)}, "/actions/0/place", "target_missing"),
        ({"actions": (FeaturedAction(key="a", type=ActionType.SHOP, url="x"),)}, "/actions/0/url", "bad_link"),
    ],
)
def test_each_fault_is_named_where_it_stands(changes: dict[str, Any], pointer: str, code: str) -> None:
    sizes = {PICTURE: (1000, 300), "b" * 64: (600, 200)}

    found = design_faults(replace(DESIGN, **changes), sizes)

    assert (pointer, code) in [(fault.pointer, fault.code) for fault in found]
    for fault in found:
        english, russian = say_fault("en", fault), say_fault("ru", fault)
        assert english != russian
        assert "{" not in english + russian


def test_everything_that_is_wrong_is_found_at_once() -> None:
    design = replace(DESIGN, colours=Colours(label="red"), title=LONG, fields=(field("?"),))

    assert len({fault.pointer for fault in design_faults(design, {})}) >= 4


def test_a_coupon_may_have_a_longer_title() -> None:
    title = LocalText(ru="Чашка кофе в подарок к завтраку", en="A cup of coffee with your breakfast")

    assert design_faults(replace(starter_design(PROGRAMME.id, CardKind.COUPON), title=title), {}) == []


def test_a_binding_nobody_knows_is_named_with_those_there_are() -> None:
    (fault,) = unknown_bindings(["account.points", "account.karma"])

    assert (fault.pointer, fault.code) == ("/fields/1/bound", "unknown_binding")
    assert "account.points" in str(fault.facts["known"])


def test_only_a_p256_key_is_one() -> None:
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    encoded = base64.b64encode(other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()

    assert [is_p256_key(key) for key in (KEY, encoded, "!", "")] == [True, False, False, False]


def test_the_catalogue_speaks_of_faults() -> None:
    assert gettext("ru", "another one has this key already") == "такой ключ уже есть"
