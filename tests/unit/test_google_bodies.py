"""What Google is told about every kind of card: accepted by Google's own schema, and saying what the card shows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.numbers import percent
from offers.engine.card_look import look_of
from offers.engine.starter_designs import starter_design
from offers.model.card import CardState
from offers.model.design import CardDesign, CardKind, Place
from offers.model.programme import Language, LocalText
from sandbox.discovery import problems, schema_names
from tests.card_faces import AT, CARD, COFFEE, MEMBER, designed, face_of_kind
from tests.coffee_house import PROGRAMME
from tests.unit.google_designs import ADDRESSES, GAP, KEY, accepted, designs, texts_of, the_card, the_class
from wallet.google.bodies import message_body
from wallet.google.kinds import class_kind, object_kind
from wallet.google.parts import Body, money
from wallet.google.texts import clip


@given(designs(), st.booleans(), st.booleans(), st.sampled_from(Language))
def test_google_accepts_any_design_of_any_kind(
    design: CardDesign,
    notify: bool,  # noqa: FBT001 - drawn
    own_banner: bool,  # noqa: FBT001 - drawn
    language: Language,
) -> None:
    face = designed(design, member=replace(MEMBER, language=language))

    accepted(class_kind(design.kind), the_class(design))
    accepted(
        object_kind(design.kind),
        the_card(face, notify=notify, rotating_key=KEY, banner=ADDRESSES.banner if own_banner else None),
    )


@pytest.mark.parametrize("kind", CardKind)
@pytest.mark.parametrize("state", CardState)
def test_google_accepts_every_kind_in_every_state(kind: CardKind, state: CardState) -> None:
    bare = face_of_kind(kind, card=replace(CARD, state=state), account=None, prepaid=None, stamps=(), coupons=())

    for face in (face_of_kind(kind, card=replace(CARD, state=state)), bare):
        accepted(object_kind(kind), the_card(face, rotating_key=KEY))


def test_the_judge_refuses_what_google_would() -> None:
    card = the_card(face_of_kind())

    assert problems("LoyaltyObject", {**card, "stat": "ACTIVE"})
    assert problems("LoyaltyObject", {**card, "state": "active"})
    assert problems("LoyaltyObject", {**card, "loyaltyPoints": {"balance": {"int": 2**31}}})
    assert problems("LoyaltyObject", {**card, "loyaltyPoints": {"balance": {"int": "5"}}})
    assert problems("Money", {"micros": 42_500_000})
    assert problems("Money", {"micros": "42500000", "currencyCode": "RUB"}) == []
    assert len(schema_names()) > 150


@pytest.mark.parametrize(
    ("kind", "points", "second"),
    [
        (CardKind.BONUS, {"int": 145}, {"string": f"3{GAP}%"}),
        (CardKind.CASHBACK, {"money": {"micros": "145000000", "currencyCode": "RUB"}}, {"string": f"5{GAP}%"}),
        (CardKind.DISCOUNT, {"string": f"3{GAP}%"}, None),
        (CardKind.STAMP, {"string": "4/6"}, {"int": 2}),
        (CardKind.MULTIPASS, {"int": 10}, None),
        (CardKind.MEMBERSHIP, None, None),
    ],
)
def test_a_loyalty_card_shows_its_two_measures(kind: CardKind, points: Body | None, second: Body | None) -> None:
    card = the_card(face_of_kind(kind))

    assert card.get("loyaltyPoints", {}).get("balance") == points
    assert card.get("secondaryLoyaltyPoints", {}).get("balance") == second


def test_every_front_row_of_the_class_is_filled_by_the_card() -> None:
    for kind in CardKind:
        design = starter_design(PROGRAMME.id, kind)
        card, written = the_card(face_of_kind(kind)), str(the_class(design)["classTemplateInfo"])
        for text_id in texts_of(card):
            field = next(each for each in design.fields if each.key == text_id)
            assert (f"textModulesData['{text_id}']" in written) is (field.place is not Place.BACK)
        assert ("object.loyaltyPoints.balance" in written) is ("loyaltyPoints" in card)
        assert ("object.balance" in written) is (kind is CardKind.GIFT)


def test_a_gift_card_carries_its_money_and_since_when() -> None:
    face = face_of_kind(CardKind.GIFT)

    card = the_card(face)

    assert card["balance"] == {"micros": "1500500000", "currencyCode": "RUB"}
    assert card["balanceUpdateTime"] == {"date": "2026-03-11T13:30:00Z"}
    assert card["cardNumber"] == CARD.id[-8:].upper()


@pytest.mark.parametrize(
    ("minor", "currency", "micros"),
    [(150_050, "RUB", "1500500000"), (500, "JPY", "500000000"), (1_234, "KWD", "1234000"), (-1, "RUB", "-10000")],
)
def test_money_is_written_in_millionths_whatever_the_currency(minor: int, currency: str, micros: str) -> None:
    assert money(minor, currency) == {"micros": micros, "currencyCode": currency}


def test_every_text_speaks_both_languages_the_members_first() -> None:
    for language, other in ((Language.RU, Language.EN), (Language.EN, Language.RU)):
        card = the_card(face_of_kind(member=replace(MEMBER, language=language)))
        silver = LocalText(ru="Серебро", en="Silver")
        (level,) = (each for each in card["textModulesData"] if each["body"] == silver(language))

        assert level["localizedBody"] == {
            "defaultValue": {"language": language.value, "value": silver(language)},
            "translatedValues": [{"language": other.value, "value": silver(other)}],
        }


def test_what_all_cards_say_is_on_the_class_and_what_one_says_on_its_object() -> None:
    design = starter_design(PROGRAMME.id)
    common = replace(look_of(design, at=AT), text=LocalText(ru="Сегодня всё за полцены", en="Half price today"))
    own = LocalText(ru="С днём рождения!", en="Happy birthday!")
    face = replace(face_of_kind(), look=common)

    assert texts_of(the_class(design, common))["_news"] == "Сегодня всё за полцены"
    cheaper = the_class(design, replace(common, discount_bp=2_000))
    assert texts_of(cheaper)["_discount"] == f"20{GAP}%"
    assert "_news" not in texts_of(the_card(face, common=common)), "a banner for all must not change every object"
    assert texts_of(the_card(replace(face, look=replace(common, text=own)), common=common))["_news"] == own.ru


def test_a_value_that_went_away_is_taken_from_the_card() -> None:
    """A PATCH keeps what it does not name: yesterday's level would stay for ever."""
    bare = the_card(face_of_kind(CardKind.STAMP, stamps=()))

    assert bare["loyaltyPoints"]["balance"] == {"string": "—"}
    assert bare["loyaltyPoints"]["label"] == "Штампы"
    assert list(texts_of(bare)) == ["code"]
    assert bare["linkedOfferIds"] == []


def test_only_a_loyalty_card_rings_by_itself() -> None:
    rings = {kind: "notifyPreference" in the_card(face_of_kind(kind), notify=True) for kind in CardKind}

    assert [kind for kind, ring in rings.items() if not ring] == [CardKind.COUPON, CardKind.GIFT]


def test_an_offer_tells_until_when_and_how_often() -> None:
    card = the_card(face_of_kind(CardKind.COUPON))

    assert card["validTimeInterval"]["end"] == {"date": "2026-03-31T14:30:00Z"}
    assert texts_of(card)["coupon_title"] == COFFEE.title.ru
    assert texts_of(card)["coupon_uses_left"] == "10"


def test_a_message_is_clipped_and_rings_only_when_asked() -> None:
    long_text = LocalText(ru="ы" * 600, en="y" * 600)
    silver = LocalText(ru="Серебро", en="Silver")

    loud = message_body(
        message_id="m1",
        header=silver,
        text=long_text,
        first=Language.EN,
        message_type="TEXT_AND_NOTIFY",
        shown=(AT, AT + timedelta(days=1)),
    )
    quiet = message_body(message_id="m1", header=silver, text=long_text, first=Language.EN)

    assert problems("AddMessageRequest", {"message": loud}) == []
    assert (loud["messageType"], quiet["messageType"]) == ("TEXT_AND_NOTIFY", "TEXT")
    assert len(loud["body"]) == 500
    assert loud["displayInterval"]["end"] == {"date": "2026-03-12T14:30:00Z"}


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_clipped_text_fits_and_starts_like_the_whole(text: str, limit: int) -> None:
    short = clip(text, limit)

    assert len(short) <= limit
    assert text.startswith(short.removesuffix("…")) or short == text


@given(st.integers(0, 10_000))
def test_any_discount_fits_into_the_seven_characters_google_shows(basis_points: int) -> None:
    assert len(percent("ru", basis_points)) <= 7


def test_the_same_card_is_the_same_body() -> None:
    assert the_card(face_of_kind(), rotating_key=KEY) == the_card(face_of_kind(), rotating_key=KEY)
