"""Reading the JSON key of a Google service account."""

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from certs.files import read_file
from certs.findings import IdentityError, error

GOOGLE_FIELDS = ("client_email", "private_key", "private_key_id", "token_uri")

_SHOWN_CHARACTERS = 80


def read_google_document(path: Path) -> dict[str, Any]:
    """The JSON key with every field it must have. Raises IdentityError at the first thing that is wrong."""
    try:
        document = json.loads(read_file(path))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise IdentityError(error("google_malformed", path=str(path)))
    kind = document.get("type")
    if kind != "service_account":
        raise IdentityError(error("google_wrong_type", path=str(path), found=str(kind)[:_SHOWN_CHARACTERS]))
    missing = [name for name in GOOGLE_FIELDS if not isinstance(document.get(name), str) or not document[name]]
    if missing:
        raise IdentityError(error("google_fields_missing", path=str(path), fields=", ".join(missing)))
    parse_google_key(document["private_key"], path)
    return document


def parse_google_key(pem: str, path: Path) -> rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise IdentityError(error("google_key_malformed", path=str(path)))
    return key
