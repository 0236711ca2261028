"""Bodies of any card for the tests of what Google is told, and designs drawn at random of every kind and field."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from offers.engine.card_face import CardFace
from offers.engine.card_look import CardLook, look_of
from offers.engine.rotating_codes import rotating_key
from offers.engine.starter_designs import starter_design
from offers.model.design import Bound, CardDesign, CardKind, Colours, DesignField, Place
from offers.model.design_parts import CodeFormat, DesignLink, GeoPlace
from offers.model.programme import LocalText
from sandbox.google.rules import KINDS, check_schema, check_whole
from tests.card_faces import AT, CARD
from tests.coffee_house import CODE_KEY, PROGRAMME
from wallet.google.bodies import ObjectSubject, object_body
from wallet.google.class_bodies import Addresses, ClassSubject, class_body
from wallet.google.parts import Body

letters = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80)
texts = st.builds(LocalText, ru=letters, en=letters)
colours = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
links = st.builds(
    DesignLink, key=st.sampled_from(["site", "map", "call"]), label=texts, url=st.just("https://a.example")
)
places = st.builds(
    GeoPlace, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180), altitude_m=st.none(), text=st.none()
)


@st.composite
def fields(draw: st.DrawFn) -> tuple[DesignField, ...]:
    bounds = draw(st.lists(st.sampled_from(Bound), max_size=25))
    return tuple(
        DesignField(
            key=f"field_{number}",
            place=draw(st.sampled_from(Place)),
            bound=bound,
            label=draw(st.none() | texts),
            text=draw(texts) if bound is Bound.TEXT else None,
        )
        for number, bound in enumerate(bounds)
    )


@st.composite
def designs(draw: st.DrawFn) -> CardDesign:
    kind = draw(st.sampled_from(CardKind))
    start = starter_design(PROGRAMME.id, kind, slug=draw(st.sampled_from(["main", "gift-2026", "vip.club"])))
    return replace(
        start,
        title=draw(st.none() | texts),
        description=draw(st.none() | texts),
        terms=draw(st.none() | texts),
        colours=Colours(background=draw(colours), foreground=draw(colours), label=draw(colours)),
        fields=draw(fields() | st.just(start.fields)),
        links=tuple(draw(st.lists(links, max_size=5))),
        places=tuple(draw(st.lists(places, max_size=14))),
        expires_at=draw(st.none() | st.datetimes(timezones=st.just(AT.tzinfo))),  # type: ignore[arg-type] # AT is aware
        life_days=draw(st.none() | st.integers(1, 4_000)),
        code_format=draw(st.sampled_from(CodeFormat)),
        shows_code_text=draw(st.booleans()),
        grouping=draw(st.none() | st.sampled_from(["coffee", "tea"])),
        sharing_allowed=draw(st.booleans()),
        screenshots_allowed=draw(st.booleans()),
        is_shimmering=draw(st.booleans()),
    )


ISSUER = "338"
GAP = "\N{NO-BREAK SPACE}"
ADDRESSES = Addresses(
    logo="https://cards.example/logo.png",
    banner="https://cards.example/hero.png",
    home="https://cards.example/join/coffee",
    callback="https://cards.example/google/callback",
)
KEY = rotating_key(CARD.id, 1, CODE_KEY)


def the_class(design: CardDesign, look: CardLook | None = None) -> Body:
    subject = ClassSubject(programme=PROGRAMME, design=design, look=look or look_of(design, at=AT))
    return class_body(subject, issuer_id=ISSUER, addresses=ADDRESSES)


def the_card(face: CardFace, *, common: CardLook | None = None, notify: bool = False, **own: Any) -> Body:
    subject = ObjectSubject(face=face, common=common or face.look, issued_at=CARD.issued_at, **own)
    return object_body(subject, issuer_id=ISSUER, notify=notify)


def texts_of(body: Body) -> dict[str, str]:
    return {each["id"]: each["body"] for each in body["textModulesData"]}


def accepted(path: str, body: Body) -> None:
    """Raises when Google's schema, required fields, limits or lengths refuse the body."""
    check_whole(KINDS[path], check_schema(KINDS[path].schema, body))
