"""Keeps the keys of rotating codes out of the database: what Google has is remembered with a digest in their place.

Whoever reads the database could else make any member's codes; the secret they are derived from is not kept there.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

VEILED: Final = "rotatingBarcode"


def veiled(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give a body as it may be kept: it differs where the whole body differs, and tells no key."""
    rotating = body.get(VEILED)
    if rotating is None:
        return dict(body)
    details = rotating["totpDetails"]
    parameters = [{**each, "key": _digest(each["key"])} for each in details["parameters"]]
    return {**body, VEILED: {**rotating, "totpDetails": {**details, "parameters": parameters}}}


def unveiled(part: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """Give what to send of a difference between veiled bodies: where the code differs, all of the real one."""
    return {**part, VEILED: body[VEILED]} if part.get(VEILED) is not None else dict(part)


def _digest(key: str) -> str:
    return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"
