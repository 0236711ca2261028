"""Passes for tests of the phone: a good one, and as many bad ones as there are reasons."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest

from certs.identity import PassIdentity
from sandbox.phone.opened import OpenedPass
from sandbox.phone.refusals import PassRefused
from wallet.apple.package import format_strings
from wallet.apple.signer import PassSigner

Check = Callable[[bytes], OpenedPass]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)
SERIAL = "0123456789abcdef0123456789abcdef"
RUSSIAN = {
    "Coffee house": "Кофейня",
    "Points on the card: %@": "Баллов на карте: %@",
    "POINTS": "БАЛЛЫ",
    "Silver": "Серебро",
}


def document_of(identity: PassIdentity, *fields: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """pass.json with header fields; a change of None takes a part away."""
    document = {
        "formatVersion": 1,
        "passTypeIdentifier": identity.pass_type_identifier,
        "teamIdentifier": identity.team_identifier,
        "serialNumber": SERIAL,
        "authenticationToken": "0123456789abcdef",
        "webServiceURL": "http://127.0.0.1:9/apple",
        "organizationName": "Coffee house",
        "description": "Loyalty card",
        "backgroundColor": "rgb(29,43,54)",
        "barcodes": [{"format": "PKBarcodeFormatQR", "message": "TSR1.x", "messageEncoding": "iso-8859-1"}],
        "storeCard": {"headerFields": list(fields) or [points(10)]},
    }
    return {name: value for name, value in (document | changes).items() if value is not None}


def points(value: Any, **changes: Any) -> dict[str, Any]:
    field = {"key": "balance", "label": "POINTS", "value": value, "numberStyle": "PKNumberStyleDecimal"}
    return {name: part for name, part in (field | changes).items() if part is not None}


def files_of(document: Any, **more: bytes | None) -> dict[str, bytes]:
    """Name the files with `__` for the dot of `icon.png`; None leaves one out."""
    files: dict[str, bytes | None] = {
        "pass.json": json.dumps(document).encode(),
        "icon.png": PNG,
        "strip@2x.png": PNG,
        "ru.lproj/pass.strings": format_strings(RUSSIAN),
    }
    files |= {name.replace("__", "."): payload for name, payload in more.items()}
    return {name: payload for name, payload in files.items() if payload is not None}


def pack(
    files: Mapping[str, bytes], signer: PassSigner, at: datetime, *, manifest: bytes | None = None, folder: str = ""
) -> bytes:
    """Sign and zip, by Python's own zipfile with deflate: phones take both."""
    if manifest is None:
        hashes = {name: hashlib.sha1(part, usedforsecurity=False).hexdigest() for name, part in files.items()}
        manifest = json.dumps(hashes, indent=2).encode()
    return zipped({**files, "manifest.json": manifest, "signature": signer.sign(manifest, at=at)}, folder=folder)


def zipped(files: Mapping[str, bytes], *, folder: str = "") -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, payload in files.items():
            archive.writestr(f"{folder}{name}", payload)
    return stream.getvalue()


def unzipped(payload: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(payload)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def refusal(check: Check, payload: bytes) -> PassRefused:
    """Give the refusal, which has its words in both languages."""
    with pytest.raises(PassRefused) as refused:
        check(payload)
    assert refused.value.text("ru") != refused.value.text("en")
    return refused.value
