"""The code a Google pass shows now: the rotating one made on the phone, as RFC 6238 says, else the static one."""

import hashlib
import hmac
import struct
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sandbox.phone.codes import draw_code

DRAWN: Final = frozenset({"QR_CODE", "PDF_417", "AZTEC", "CODE_128"})
"""What the page can show; it draws all of them as QR codes, for the till reads the text."""

Body = Mapping[str, Any]


def google_code(held: Body, at: datetime) -> dict[str, Any] | None:
    """Give the drawing, the text under it, and for a rotating code how it turns; None: there is nothing to scan."""
    rotating, barcode = held.get("rotatingBarcode"), held.get("barcode", {})
    if rotating is not None:
        return {
            **draw_code(rotating_value(rotating, at)),
            "text": rotating.get("alternateText", ""),
            "turns_s": int(rotating["totpDetails"]["periodMillis"]) // 1000,
        }
    if barcode.get("type") not in DRAWN:
        return None
    return {**draw_code(barcode["value"]), "text": barcode.get("alternateText", ""), "turns_s": None}


def rotating_value(rotating: Body, at: datetime) -> str:
    """Fill the pattern in for an instant."""
    details = rotating["totpDetails"]
    period_s = int(details["periodMillis"]) / 1000
    value = str(rotating["valuePattern"])
    value = value.replace("{totp_timestamp_seconds}", str(int(at.timestamp())))
    value = value.replace("{totp_timestamp_millis}", str(int(at.timestamp() * 1000)))
    for number, parameter in enumerate(details["parameters"]):
        code = _totp(bytes.fromhex(parameter["key"]), int(at.timestamp() // period_s), parameter["valueLength"])
        value = value.replace(f"{{totp_value_{number}}}", code)
    return value


def next_turn(helds: list[Body], at: datetime) -> timedelta | None:
    """Tell how long the codes stay as they are; None: none of them turns."""
    periods = [
        int(held["rotatingBarcode"]["totpDetails"]["periodMillis"]) / 1000
        for held in helds
        if "rotatingBarcode" in held
    ]
    return timedelta(seconds=min(period - at.timestamp() % period for period in periods)) if periods else None


def _totp(key: bytes, counter: int, digits: int) -> str:
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return str((number & 0x7FFFFFFF) % 10**digits).zfill(digits)
