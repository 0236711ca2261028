"""A fingerprint of nouns: the same values give the same digest, in every process and release."""

import hashlib
import json
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any


def fingerprint(noun: Any) -> str:
    """Give the SHA-256 of a noun's canonical JSON."""
    text = json.dumps(canonical(noun), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any) -> Any:
    """Give a value as JSON has it. Fields that stand at their default are left out: a new one changes no old digest."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [canonical(each) for each in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if not is_dataclass(value):
        raise TypeError(f"a {type(value).__name__} has no fingerprint")
    kept = {field.name: getattr(value, field.name) for field in fields(value)}
    kept = {field.name: canonical(kept[field.name]) for field in fields(value) if kept[field.name] != _default(field)}
    return {"is": type(value).__name__, **kept}


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()
