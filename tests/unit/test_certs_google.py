"""The JSON key of a service account: loaded, and judged."""

import json
from pathlib import Path

import pytest

from certs.check import check_google_file
from certs.dev import DevIdentities
from certs.findings import IdentityError, Level
from certs.identity import load_google_identity
from tests.unit.identity_files import written


def test_a_service_account_is_loaded(dev_identities: DevIdentities) -> None:
    identity = load_google_identity(dev_identities.google_path)

    assert identity.client_email.endswith(".iam.gserviceaccount.com")
    assert identity.private_key.key_size == 2048
    assert identity.token_uri == "https://oauth2.googleapis.com/token"
    assert [finding.level for finding in check_google_file(dev_identities.google_path)] == [Level.OK]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "authorized_user"}, "google_wrong_type"),
        ({"type": None}, "google_wrong_type"),
        ({"client_email": ""}, "google_fields_missing"),
        ({"token_uri": None}, "google_fields_missing"),
        ({"private_key": "-----BEGIN PRIVATE KEY-----\nnonsense\n"}, "google_key_malformed"),
        ({"private_key": 7}, "google_fields_missing"),
    ],
)
def test_what_is_wrong_with_a_service_account_is_named(
    dev_identities: DevIdentities, tmp_path: Path, change: dict[str, object], code: str
) -> None:
    document = json.loads(dev_identities.google_path.read_bytes())
    path = written(tmp_path, "google.json", json.dumps({**document, **change}))

    findings = check_google_file(path)

    assert [finding.code for finding in findings] == [code]
    assert findings[0].text
    with pytest.raises(IdentityError):
        load_google_identity(path)


@pytest.mark.parametrize("payload", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 200_000, b"null"])
def test_what_is_no_json_object_is_named(tmp_path: Path, payload: bytes) -> None:
    path = written(tmp_path, "google.json", payload)

    assert [finding.code for finding in check_google_file(path)] == ["google_malformed"]


def test_a_token_address_without_tls_is_a_warning(dev_identities: DevIdentities, tmp_path: Path) -> None:
    document = json.loads(dev_identities.google_path.read_bytes())
    path = written(tmp_path, "google.json", json.dumps({**document, "token_uri": "http://127.0.0.1:9/token"}))

    assert [finding.code for finding in check_google_file(path)] == ["google_valid", "google_token_uri"]
