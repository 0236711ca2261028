"""A fingerprint of nouns: the same values give the same digest, in every process and release."""

import hashlib
import json
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

_PLAIN = {str, int, bool}
_FIELDS: dict[type[Any], tuple[tuple[str, Any], ...]] = {}
"""As many as there are nouns."""


def fingerprint(noun: Any) -> str:
    """Give the SHA-256 of a noun's canonical JSON."""
    text = json.dumps(canonical(noun), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any) -> Any:
    """Give a value as JSON has it. Fields that stand at their default are left out: a new one changes no old digest."""
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [canonical(each) for each in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return _of_fields(value)


def _of_fields(value: Any) -> dict[str, Any]:
    fingerprinted: dict[str, Any] = {"is": type(value).__name__}
    for name, default in _fields_of(type(value)):
        if (kept := getattr(value, name)) != default:
            fingerprinted[name] = canonical(kept)
    return fingerprinted


def _fields_of(noun: type[Any]) -> tuple[tuple[str, Any], ...]:
    """Give the names and defaults of a noun's fields; nouns are frozen, so a made default may be shared."""
    if (known := _FIELDS.get(noun)) is not None:
        return known
    if not is_dataclass(noun):
        raise TypeError(f"a {noun.__name__} has no fingerprint")
    _FIELDS[noun] = tuple(
        (field.name, field.default if field.default_factory is MISSING else field.default_factory())
        for field in fields(noun)
    )
    return _FIELDS[noun]
