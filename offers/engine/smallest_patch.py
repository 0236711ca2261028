"""What has to be sent so that a kept document becomes another one: JSON merge patches (RFC 7396), arrays whole."""

from collections.abc import Iterable, Mapping
from typing import Any

Document = Mapping[str, Any]


def smallest_patch(before: Document, now: Document) -> dict[str, Any]:
    """Give what turns `before` into `now` when merged into it; empty when they are the same.

    Objects are compared field by field, arrays and plain values whole; None takes a field away, and `now` has none.
    """
    patch: dict[str, Any] = {name: None for name in before if name not in now}
    for name, value in now.items():
        if name not in before:
            patch[name] = value
        elif isinstance(value, Mapping) and isinstance(before[name], Mapping):
            if part := smallest_patch(before[name], value):
                patch[name] = part
        elif before[name] != value:
            patch[name] = value
    return patch


def patch_from_any(befores: Iterable[Document], now: Document) -> dict[str, Any]:
    """Give one patch that turns each of `befores` into `now`, for a keeper that holds one of them, unknown which."""
    whole: dict[str, Any] = {}
    for before in befores:
        whole = _both(whole, smallest_patch(before, now))
    return whole


def merged(before: Document, patch: Document) -> dict[str, Any]:
    """Apply a merge patch, as the one who keeps the document does."""
    result = dict(before)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            held = result.get(name)
            result[name] = merged(held if isinstance(held, Mapping) else {}, value)
        else:
            result[name] = value
    return result


def _both(first: Document, second: Document) -> dict[str, Any]:
    """Join two patches towards the same document: where both speak of a field, they say the same or parts of it."""
    joined = dict(first)
    for name, value in second.items():
        held = joined.get(name)
        joined[name] = _both(held, value) if isinstance(held, Mapping) and isinstance(value, Mapping) else value
    return joined
