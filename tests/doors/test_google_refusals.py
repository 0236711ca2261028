"""What Google refuses, and what it does by itself, each asked of the stand-in by our client."""

import json
from datetime import timedelta
from typing import Any

import pytest

from sandbox.google.errors import GoogleError
from tests.doors.google_bench import CLASS_ID, ISSUER, OBJECT_ID, GoogleBench, card_of, class_of, code_of, sent
from wallet.google.kinds import Kind
from wallet.google.outcomes import Done, RetryLater

LOGO = {"sourceUri": {"uri": "https://cards.example/logo.png"}}
OFFER_CLASS = {
    "id": f"{ISSUER}.tea",
    "issuerName": "Coffee",
    "provider": "Coffee",
    "title": "Tea for two",
    "redemptionChannel": "BOTH",
    "reviewStatus": "UNDER_REVIEW",
}
GIFT_CLASS = {"id": f"{ISSUER}.gift", "issuerName": "Coffee", "reviewStatus": "UNDER_REVIEW"}


def offer_of(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"id": f"{ISSUER}.offer{number}", "classId": OFFER_CLASS["id"], "state": "ACTIVE", **fields}


@pytest.mark.parametrize("field", ["issuerName", "provider", "title", "redemptionChannel"])
async def test_an_offer_class_needs_what_google_requires(bench: GoogleBench, field: str) -> None:
    whole = await bench.client.insert(Kind.OFFER_CLASS, {**OFFER_CLASS, "id": f"{ISSUER}.whole"})
    part = {name: value for name, value in OFFER_CLASS.items() if name != field}

    assert isinstance(whole, Done)
    assert code_of(await bench.client.insert(Kind.OFFER_CLASS, part)) == "bad_request"


@pytest.mark.parametrize(
    "wrong",
    [
        {"textModulesData": [{"id": str(number), "header": "h", "body": "b"} for number in range(11)]},
        {"textModulesData": [{"id": "a", "header": "h", "body": "b"}] * 2},
        {"merchantLocations": [{"latitude": 1.0, "longitude": 2.0}] * 11},
        {"merchantLocations": [{"latitude": 91.0, "longitude": 2.0}]},
        {"programName": "A name of more than twenty characters"},
        {"hexBackgroundColor": "red"},
        {"callbackOptions": {"url": "http://cards.example/google/callback"}},
        {"linksModuleData": {"uris": [{"uri": "no scheme", "description": "x"}]}},
        {"linksModuleData": {"uris": [{"uri": "https://a.example", "description": "x" * 21}]}},
        {"reviewStatus": "APPROVED"},
        {"localizedProgramName": {"translatedValues": []}},
        {"programLogo": {"sourceUri": {"uri": "logo.png"}}},
    ],
)
async def test_a_class_google_would_refuse_is_refused(bench: GoogleBench, wrong: dict[str, Any]) -> None:
    assert code_of(await bench.client.insert(Kind.CLASS, class_of(**wrong))) == "bad_request"


ROTATING = {
    "type": "QR_CODE",
    "valuePattern": "TSR2.{totp_timestamp_seconds}.{totp_value_0}",
    "totpDetails": {
        "algorithm": "TOTP_SHA1",
        "periodMillis": "30000",
        "parameters": [{"key": "00" * 20, "valueLength": 8}],
    },
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"loyaltyPoints": {"label": "A long label", "balance": {"int": 1}}},
        {"loyaltyPoints": {"label": "Points", "balance": {"string": "12345678"}}},
        {"loyaltyPoints": {"label": "Points", "balance": {"money": {"micros": "1"}}}},
        {"validTimeInterval": {"start": {"date": "2026-03-11T00:00:00Z"}, "end": {"date": "2026-03-12T00:00:00"}}},
        {"validTimeInterval": {"start": {"date": "2026-03-12T00:00:00Z"}, "end": {"date": "2026-03-11T00:00:00Z"}}},
        {"validTimeInterval": {"end": {"date": "tomorrow"}}},
        {"rotatingBarcode": {**ROTATING, "type": "AZTEC"}},
        {"rotatingBarcode": {**ROTATING, "valuePattern": "{totp_value_0}"}},
        {"rotatingBarcode": {**ROTATING, "valuePattern": "{totp_timestamp_seconds}{totp_value_1}"}},
        {"rotatingBarcode": {**ROTATING, "totpDetails": {**ROTATING["totpDetails"], "periodMillis": "0"}}},
        {"linkedOfferIds": [f"{ISSUER}.nothing"]},
        {"linkedObjectIds": [f"{ISSUER}.nothing"]},
        {"accountId": "0" * 21},
    ],
)
async def test_an_object_google_would_refuse_is_refused(with_card: GoogleBench, wrong: dict[str, Any]) -> None:
    assert isinstance(await with_card.client.patch(Kind.OBJECT, card_of(rotatingBarcode=ROTATING)), Done)

    assert code_of(await with_card.client.patch(Kind.OBJECT, card_of(**wrong))) == "bad_request"


async def test_a_gift_card_needs_a_number_and_keeps_its_money(bench: GoogleBench) -> None:
    await bench.client.insert(Kind.GIFT_CARD_CLASS, GIFT_CLASS)
    card = {"id": f"{ISSUER}.g1", "classId": GIFT_CLASS["id"], "state": "ACTIVE", "cardNumber": "1"}
    money = {"micros": "1500500000", "currencyCode": "RUB"}

    bare = {name: value for name, value in card.items() if name != "cardNumber"}
    assert code_of(await bench.client.insert(Kind.GIFT_CARD_OBJECT, bare)) == "bad_request"
    assert isinstance(await bench.client.insert(Kind.GIFT_CARD_OBJECT, {**card, "balance": money}), Done)
    assert bench.google.shelf.read("giftCardObject", card["id"])["balance"] == money


async def test_a_draft_class_has_no_objects_and_never_becomes_a_draft_again(bench: GoogleBench) -> None:
    await bench.client.insert(Kind.CLASS, class_of(reviewStatus="DRAFT"))

    assert code_of(await bench.client.insert(Kind.OBJECT, card_of())) == "bad_request"
    await bench.client.patch(Kind.CLASS, {"id": CLASS_ID, "reviewStatus": "UNDER_REVIEW"})
    assert isinstance(await bench.client.insert(Kind.OBJECT, card_of()), Done)
    assert code_of(await bench.client.patch(Kind.CLASS, class_of(reviewStatus="DRAFT"))) == "bad_request"


async def test_an_object_of_another_kind_of_class_is_not_found(bench: GoogleBench) -> None:
    await bench.client.insert(Kind.CLASS, class_of())

    assert code_of(await bench.client.insert(Kind.OFFER_OBJECT, offer_of(classId=CLASS_ID))) == "class_not_found"


async def test_a_card_ends_by_itself_when_its_interval_is_over(with_card: GoogleBench) -> None:
    end = (with_card.clock() + timedelta(hours=1)).isoformat()
    await with_card.client.patch(Kind.OBJECT, card_of(validTimeInterval={"end": {"date": end}}))
    assert with_card.google.object(OBJECT_ID)["state"] == "ACTIVE"

    with_card.clock.move(timedelta(hours=1))

    assert with_card.google.object(OBJECT_ID)["state"] == "EXPIRED"


async def test_a_put_clears_what_it_leaves_out(with_card: GoogleBench) -> None:
    status, _ = await sent(with_card, "PUT", f"loyaltyObject/{OBJECT_ID}", {**card_of(), "loyaltyPoints": None})
    assert status == 400, "PUT takes no nulls"
    bare = {name: value for name, value in card_of().items() if name != "loyaltyPoints"}

    status, kept = await sent(with_card, "PUT", f"loyaltyObject/{OBJECT_ID}", bare)

    assert status == 200
    assert "loyaltyPoints" not in kept


async def test_offers_are_linked_and_unlinked_beside_the_card(with_card: GoogleBench) -> None:
    await with_card.client.insert(Kind.OFFER_CLASS, OFFER_CLASS)
    for number in (1, 2):
        await with_card.client.insert(Kind.OFFER_OBJECT, offer_of(number))
    path = f"loyaltyObject/{OBJECT_ID}/modifyLinkedOfferObjects"
    first, second = offer_of(1)["id"], offer_of(2)["id"]

    await sent(with_card, "POST", path, {"linkedOfferObjectIds": {"addLinkedOfferObjectIds": [first, second, first]}})
    status, kept = await sent(
        with_card, "POST", path, {"linkedOfferObjectIds": {"removeLinkedOfferObjectIds": [first]}}
    )

    assert (status, kept["linkedOfferIds"]) == (200, [second])
    unknown = {"linkedOfferObjectIds": {"addLinkedOfferObjectIds": [f"{ISSUER}.none"]}}
    assert (await sent(with_card, "POST", path, unknown))[0] == 400
    assert (await sent(with_card, "POST", path, {}))[0] == 400


async def test_a_linked_card_comes_to_the_phone_and_cannot_be_called_back(with_card: GoogleBench) -> None:
    await with_card.client.insert(Kind.OFFER_CLASS, OFFER_CLASS)
    await with_card.client.insert(Kind.OFFER_OBJECT, offer_of())
    with_card.google.shelf.mark_saved("loyaltyObject", OBJECT_ID, saved=True)

    await with_card.client.patch(Kind.OBJECT, card_of(linkedObjectIds=[offer_of()["id"]]))
    await with_card.client.patch(Kind.OBJECT, card_of(linkedObjectIds=[]))

    assert with_card.google.shelf.read("offerObject", offer_of()["id"])["hasUsers"] is True
    assert with_card.google.object(OBJECT_ID)["linkedObjectIds"] == [offer_of()["id"]]


async def test_the_key_of_a_rotating_code_never_travels_in_a_link(with_card: GoogleBench) -> None:
    part = {"id": f"{ISSUER}.new", "classId": CLASS_ID, "state": "ACTIVE", "rotatingBarcode": ROTATING}

    with pytest.raises(GoogleError, match="rotatingBarcode"):
        with_card.google._save_page._insert_new("loyaltyObject", [part])


async def test_the_eleventh_message_is_refused(with_card: GoogleBench) -> None:
    message = {"header": "Hello", "body": "World", "messageType": "TEXT"}

    outcomes = [await with_card.client.add_message(Kind.OBJECT, OBJECT_ID, message) for _ in range(11)]

    assert [code_of(outcome) for outcome in outcomes] == ["Done"] * 10 + ["bad_request"]


async def test_a_message_on_a_class_reaches_every_card_and_an_expiry_notice_rings(with_card: GoogleBench) -> None:
    message = {"header": "Hello", "body": "World", "messageType": "EXPIRATION_NOTIFICATION"}

    outcomes = [await with_card.client.add_message(Kind.CLASS, CLASS_ID, message) for _ in range(4)]

    assert [outcome.quiet for outcome in outcomes if isinstance(outcome, Done)] == [False, False, False, True]
    assert len(with_card.google.object(OBJECT_ID)["classReference"]["messages"]) == 4


async def test_a_body_that_is_not_json_is_a_400_in_googles_shape(with_card: GoogleBench) -> None:
    headers = {"Authorization": f"Bearer {await with_card.tokens.bearer()}"}

    async with with_card.session.post(
        f"{with_card.google.api_url}/loyaltyObject", data=b"{", headers=headers
    ) as answer:
        problem = json.loads(await answer.text())

    assert answer.status == 400
    assert problem["error"]["errors"] == [{"message": "Parse Error", "domain": "walletobjects", "reason": "parseError"}]


async def test_an_unknown_method_is_not_found(with_card: GoogleBench) -> None:
    assert (await sent(with_card, "POST", f"loyaltyObject/{OBJECT_ID}/forget", {}))[0] == 404
    assert (await sent(with_card, "DELETE", f"loyaltyObject/{OBJECT_ID}", None))[0] == 404
    assert (await sent(with_card, "GET", f"issuer/{ISSUER}", None))[0] == 200
    assert (await sent(with_card, "GET", "issuer/1", None))[0] == 403


async def test_408_is_asked_again(with_card: GoogleBench) -> None:
    with_card.google.fail(status=408)

    assert isinstance(await with_card.client.patch(Kind.OBJECT, card_of()), RetryLater)
