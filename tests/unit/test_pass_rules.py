"""What a phone demands of a pass's content: each mistake in pass.json, its fields, strings and pictures is refused."""

from datetime import UTC, datetime
from typing import Any

import pytest

from certs.dev import DevIdentities
from certs.identity import PassIdentity
from sandbox.phone.chain import TrustStore
from sandbox.phone.opened import open_pass
from tests.passes import Check, document_of, files_of, pack, points, refusal
from wallet.apple.signer import PassSigner

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def signer(pass_identity: PassIdentity) -> PassSigner:
    return PassSigner(pass_identity)


@pytest.fixture(scope="module")
def check(dev_identities: DevIdentities) -> Check:
    trust = TrustStore.load(dev_identities.root_path)
    return lambda payload: open_pass(payload, trust, at=NOW)


def test_pictures_are_looked_at(check: Check, signer: PassSigner, pass_identity: PassIdentity) -> None:
    document = document_of(pass_identity)

    assert refusal(check, pack(files_of(document, icon__png=None), signer, NOW)).code == "icon_missing"
    assert refusal(check, pack(files_of(document, logo__png=b"GIF89a"), signer, NOW)).code == "image_wrong"


QR = {"format": "PKBarcodeFormatQR", "message": "x", "messageEncoding": "iso-8859-1"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"formatVersion": 2}, "value_wrong"),
        ({"description": None}, "field_missing"),
        ({"organizationName": ""}, "value_wrong"),
        ({"coupon": {}}, "style_wrong"),
        ({"storeCard": None}, "style_wrong"),
        ({"storeCard": []}, "value_wrong"),
        ({"authenticationToken": None}, "service_incomplete"),
        ({"authenticationToken": "short"}, "token_short"),
        ({"webServiceURL": "http://cards.example/apple"}, "service_insecure"),
        ({"backgroundColor": "red"}, "value_wrong"),
        ({"labelColor": "rgb(1,2,300)"}, "value_wrong"),
        ({"barcodes": [QR | {"format": "QR"}]}, "barcode_wrong"),
        ({"barcodes": [QR | {"message": ""}]}, "barcode_wrong"),
        ({"barcodes": [QR | {"message": "Ж"}]}, "barcode_wrong"),
        ({"barcodes": [QR | {"messageEncoding": "klingon"}]}, "barcode_wrong"),
        ({"barcode": QR | {"format": "PKBarcodeFormatCode128"}}, "barcode_wrong"),
        ({"expirationDate": "2027-01-01"}, "value_wrong"),
        ({"locations": [{}] * 11}, "value_wrong"),
        ({"voided": "yes"}, "value_wrong"),
    ],
)
def test_a_document_with_a_mistake_is_refused(
    check: Check, signer: PassSigner, pass_identity: PassIdentity, changes: dict[str, Any], code: str
) -> None:
    payload = pack(files_of(document_of(pass_identity, **changes)), signer, NOW)

    assert refusal(check, payload).code == code


@pytest.mark.parametrize(
    ("field", "code"),
    [
        (points(1, key=None), "field_incomplete"),
        (points(None), "field_incomplete"),
        (points(True), "field_incomplete"),
        (points(1, changeMessage="Points!"), "change_message"),
        (points(1, currencyCode="RUB"), "styles_conflict"),
        (points("1"), "number_wanted"),
        (points("1", numberStyle=None, currencyCode="RUB"), "number_wanted"),
        (points(1, numberStyle=None, currencyCode="roubles"), "field_value"),
        (points(1, numberStyle="Decimal"), "field_value"),
        (points("soon", numberStyle=None, dateStyle="PKDateStyleShort"), "date_wanted"),
        (points(1, textAlignment="left"), "field_value"),
        (points(1, dataDetectorTypes=["PKDataDetectorTypeLink"]), "field_value"),
        (points(1, attributedValue="<b>1</b>"), "link_wrong"),
    ],
)
def test_a_field_with_a_mistake_is_refused(
    check: Check, signer: PassSigner, pass_identity: PassIdentity, field: dict[str, Any], code: str
) -> None:
    payload = pack(files_of(document_of(pass_identity, field)), signer, NOW)

    assert refusal(check, payload).code == code


def test_two_fields_with_one_key_are_refused(check: Check, signer: PassSigner, pass_identity: PassIdentity) -> None:
    document = document_of(pass_identity)
    document["storeCard"]["backFields"] = [points(5)]

    found = refusal(check, pack(files_of(document), signer, NOW))

    assert (found.code, found.facts) == ("key_repeated", {"key": "balance"})


def test_broken_strings_and_json_are_refused(check: Check, signer: PassSigner, pass_identity: PassIdentity) -> None:
    files = files_of(document_of(pass_identity))
    broken = {**files, "ru.lproj/pass.strings": b'"a" = "b"'}

    assert refusal(check, pack(broken, signer, NOW)).code == "strings_unreadable"
    assert refusal(check, pack({**files, "pass.json": b"[]"}, signer, NOW)).code == "document_unreadable"
    assert refusal(check, pack({**files, "pass.json": b"{"}, signer, NOW)).code == "document_unreadable"
