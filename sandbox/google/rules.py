"""What Google demands of classes and objects beyond its schema, which marks nothing as required."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.discovery import problems
from sandbox.google.errors import invalid
from sandbox.google.field_rules import check_fields
from sandbox.google.lengths import check_lengths

RESOURCE_ID: Final = re.compile(r"(?P<issuer>[0-9]{1,20})\.[A-Za-z0-9._-]{1,200}")
MESSAGE_LIMIT: Final = 10
LOCATION_LIMIT: Final = 10
MODULE_LIMIT: Final = 15
REVIEW_BY_CLIENT: Final = frozenset({"UNDER_REVIEW", "DRAFT"})
OBJECT_STATES: Final = frozenset({"ACTIVE", "COMPLETED", "EXPIRED", "INACTIVE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One resource collection; a kind of objects names the kind of their classes."""

    path: str
    schema: str
    required: tuple[str, ...]
    class_path: str | None = None
    limits: dict[str, int] = field(default_factory=dict)  # array → longest


_LIMITS: Final = {
    "messages": MESSAGE_LIMIT,
    "merchantLocations": LOCATION_LIMIT,
    "valueAddedModuleData": MODULE_LIMIT,
}


def _kind(path: str, *required: str, class_path: str | None = None) -> Kind:
    schema = path[0].upper() + path[1:]
    return Kind(path=path, schema=schema, required=("id", *required), class_path=class_path, limits=dict(_LIMITS))


KINDS: Final = {
    kind.path: kind
    for kind in (
        _kind("loyaltyClass", "issuerName", "programName", "programLogo", "reviewStatus"),
        _kind("loyaltyObject", "classId", "state", class_path="loyaltyClass"),
        _kind("offerClass", "issuerName", "provider", "title", "redemptionChannel", "reviewStatus"),
        _kind("offerObject", "classId", "state", class_path="offerClass"),
        _kind("giftCardClass", "issuerName", "reviewStatus"),
        _kind("giftCardObject", "classId", "state", "cardNumber", class_path="giftCardClass"),
    )
}
OBJECT_PATHS: Final = tuple(path for path, kind in KINDS.items() if kind.class_path is not None)


def check_schema(schema: str, body: Any) -> dict[str, Any]:
    """Return the body when Google's schema accepts it, else raise 400 with the first problems."""
    if found := problems(schema, body):
        raise invalid("Request contains an invalid argument. " + "; ".join(found))
    checked: dict[str, Any] = body
    return checked


def check_id(resource_id: Any, *, issuer_id: str | None) -> str:
    match = RESOURCE_ID.fullmatch(resource_id) if isinstance(resource_id, str) else None
    if match is None or (issuer_id is not None and match["issuer"] != issuer_id):
        raise invalid(f"Invalid resource ID: {resource_id}.")
    return match[0]


def check_whole(kind: Kind, body: dict[str, Any]) -> None:
    """Check a resource as it would be kept: required fields, limits, and values the schema cannot judge."""
    if missing := [name for name in kind.required if name not in body]:
        raise invalid(f"Missing required fields: {', '.join(missing)}.")
    for name, limit in kind.limits.items():
        if len(body.get(name, ())) > limit:
            raise invalid(f"At most {limit} {name} are allowed.")
    if kind.class_path is not None and body["state"] not in OBJECT_STATES:
        raise invalid(f"Invalid state: {body['state']}.")
    check_fields(body)
    check_lengths(body, is_class=kind.class_path is None)


def check_review(body: dict[str, Any], *, kept: str | None) -> None:
    """Every write of a class must say UNDER_REVIEW again; a class that left DRAFT cannot come back to it."""
    said = body.get("reviewStatus")
    if said not in REVIEW_BY_CLIENT:
        raise invalid(f"Invalid review status {said}: send UNDER_REVIEW or DRAFT.")
    if said == "DRAFT" and kept not in {None, "DRAFT"}:
        raise invalid("Review status cannot be changed back to DRAFT.")
