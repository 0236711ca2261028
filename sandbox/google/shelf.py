"""The classes and objects the stand-in keeps, with Google's way of merging, counting and refusing."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, Literal

from sandbox.changes import Changes
from sandbox.google.errors import GoogleError, invalid
from sandbox.google.field_rules import instant
from sandbox.google.rules import KINDS, OBJECT_PATHS, Kind, check_id, check_review, check_schema, check_whole
from sandbox.google.shelf_links import check_links, modified, with_older_links

NOTIFICATIONS_PER_DAY: Final = 3
DAY: Final = timedelta(hours=24)
NOTIFYING_MESSAGES: Final = frozenset({"TEXT_AND_NOTIFY", "EXPIRATION_NOTIFICATION"})
# Set by the platform: a client may send them back after a GET, and they change nothing.
PLATFORM_FIELDS: Final = ("hasUsers", "hasLinkedDevice", "classReference", "kind", "version")

Verb = Literal["inserted", "patched", "replaced", "messaged", "linked", "saved", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happened to a class or an object; `notified` tells that phones would have rung."""

    verb: Verb
    kind: str
    resource_id: str
    body: dict[str, Any]
    notified: bool
    at: datetime


class Shelf:
    """All resources of one issuer, by kind and id. Raises GoogleError; bodies in and out are copies."""

    def __init__(self, *, clock: Callable[[], datetime], issuer_id: str | None) -> None:
        self.changes: Changes[Change] = Changes()
        self._clock = clock
        self._issuer_id = issuer_id
        self._kept: dict[str, dict[str, dict[str, Any]]] = {path: {} for path in KINDS}
        self._rung_at: dict[str, list[datetime]] = {}

    def read(self, path: str, resource_id: str) -> dict[str, Any]:
        """Return one resource; an object carries a copy of its class, as Google's GET does."""
        kind = KINDS[path]
        body = deepcopy(self._held(kind, resource_id))
        if kind.class_path is not None:
            self._expire(body)
            body["classReference"] = deepcopy(self._kept[kind.class_path][body["classId"]])
        return body

    def rows(self, path: str) -> Iterable[dict[str, Any]]:
        return [deepcopy(body) for body in self._kept[path].values()]

    def notifications(self, resource_id: str) -> int:
        """Count the notifications a card or class has used of its 24 hours."""
        since = self._clock() - DAY
        return sum(at > since for at in self._rung_at.get(resource_id, ()))

    def insert(self, path: str, sent: Any) -> dict[str, Any]:
        kind = KINDS[path]
        body = _without_platform_fields(check_schema(kind.schema, sent))
        resource_id = check_id(body.get("id"), issuer_id=self._issuer_id)
        if resource_id in self._kept[path]:
            raise GoogleError(HTTPStatus.CONFLICT, "alreadyExists", f"{_noun(kind)} {resource_id} already exists.")
        return self._keep(kind, "inserted", body, before=None)

    def patch(self, path: str, resource_id: str, sent: Any) -> dict[str, Any]:
        """Merge: objects field by field, arrays and plain values whole, null takes a field away."""
        kind = KINDS[path]
        before = self._held(kind, resource_id)
        part = _without_platform_fields(_check_patch(kind, sent))
        if kind.class_path is None:
            check_review(part, kept=before["reviewStatus"])
        return self._keep(kind, "patched", _merged(before, part), before=before)

    def replace(self, path: str, resource_id: str, sent: Any) -> dict[str, Any]:
        """Keep what was sent and nothing else: PUT clears the fields it leaves out."""
        kind = KINDS[path]
        before = self._held(kind, resource_id)
        body = _without_platform_fields(check_schema(kind.schema, sent))
        return self._keep(kind, "replaced", body, before=before)

    def add_message(self, path: str, resource_id: str, sent: Any) -> dict[str, Any]:
        kind = KINDS[path]
        held = self._held(kind, resource_id)
        message = check_schema("AddMessageRequest", sent).get("message", {})
        if not (message.get("header") and message.get("body")):
            raise invalid("A message needs a header and a body.")
        messages = [*held.get("messages", ()), message]
        check_whole(kind, {**held, "messages": messages})
        rings = message.get("messageType") in NOTIFYING_MESSAGES
        self._ring(resource_id, rings=rings)
        held["messages"] = messages
        self._tell("messaged", kind, held, notified=rings)
        return {"resource": deepcopy(held)}

    def modify_links(self, path: str, resource_id: str, sent: Any) -> dict[str, Any]:
        """Link offers to a loyalty card and take links away, without sending the card."""
        kind = KINDS[path]
        held = self._held(kind, resource_id)
        linked = modified(held.get("linkedOfferIds", []), sent)
        check_links({"linkedOfferIds": linked}, self._has)
        held["linkedOfferIds"] = linked
        self._tell("linked", kind, held, notified=False)
        return deepcopy(held)

    def mark_saved(self, path: str, resource_id: str, *, saved: bool) -> dict[str, Any]:
        """Say that a person added the card to a phone, with what is linked to it, or took it off."""
        kind = KINDS[path]
        held = self._held(kind, resource_id)
        held["hasUsers"] = saved
        if saved:
            self._bring_along(held)
        self._tell("saved" if saved else "removed", kind, held, notified=False)
        return deepcopy(held)

    def _keep(self, kind: Kind, verb: Verb, body: dict[str, Any], *, before: dict[str, Any] | None) -> dict[str, Any]:
        wants_ring = body.pop("notifyPreference", None) == "NOTIFY_ON_UPDATE" and before is not None
        check_whole(kind, body)
        if before is not None and body["id"] != before["id"]:
            raise invalid(f"Invalid resource ID: {body['id']}.")
        if kind.class_path is None:
            self._settle_class(body, verb, before)
        else:
            body = with_older_links(before, body)
            check_links(body, self._has)
            self._settle_object(kind, body, before)
        rings = wants_ring and _rings(before, body)
        self._ring(body["id"], rings=rings)
        self._kept[kind.path][body["id"]] = body
        self._tell(verb, kind, body, notified=rings)
        if body.get("hasUsers"):
            self._bring_along(body)
        return deepcopy(body)

    def _settle_class(self, body: dict[str, Any], verb: Verb, before: dict[str, Any] | None) -> None:
        if verb != "patched":
            check_review(body, kept=None if before is None else before["reviewStatus"])
        if body["reviewStatus"] == "UNDER_REVIEW":
            body["reviewStatus"] = "APPROVED"

    def _settle_object(self, kind: Kind, body: dict[str, Any], before: dict[str, Any] | None) -> None:
        class_path = kind.class_path or ""
        parent = self._kept[class_path].get(body["classId"])
        if parent is None:
            message = f"{_noun(KINDS[class_path])} {body['classId']} not found."
            raise GoogleError(HTTPStatus.NOT_FOUND, "classNotFound", message)
        if parent["reviewStatus"] != "APPROVED":
            raise invalid(f"Class {body['classId']} is not approved.")
        body["hasUsers"] = bool(before and before.get("hasUsers"))

    def _bring_along(self, held: dict[str, Any]) -> None:
        """Save the cards linked to a saved one; what they are linked to stays where it is."""
        for linked in held.get("linkedObjectIds", ()):
            for path in OBJECT_PATHS:
                other = self._kept[path].get(linked)
                if other is not None and not other.get("hasUsers"):
                    other["hasUsers"] = True
                    self._tell("saved", KINDS[path], other, notified=False)

    def _expire(self, body: dict[str, Any]) -> None:
        """Say EXPIRED once the valid interval is over, as the platform does."""
        end = body.get("validTimeInterval", {}).get("end", {}).get("date")
        if end is None or body["state"] != "ACTIVE":
            return
        over_at = instant(end)
        if self._clock() >= (over_at if over_at.tzinfo else over_at.replace(tzinfo=UTC)):
            body["state"] = "EXPIRED"

    def _has(self, path: str, resource_id: str) -> bool:
        return resource_id in self._kept[path]

    def _held(self, kind: Kind, resource_id: str) -> dict[str, Any]:
        check_id(resource_id, issuer_id=self._issuer_id)
        held = self._kept[kind.path].get(resource_id)
        if held is None:
            reason = "classNotFound" if kind.class_path is None else "resourceNotFound"
            raise GoogleError(HTTPStatus.NOT_FOUND, reason, f"{_noun(kind)} {resource_id} not found.")
        return held

    def _ring(self, resource_id: str, *, rings: bool) -> None:
        if not rings:
            return
        if self.notifications(resource_id) >= NOTIFICATIONS_PER_DAY:
            # The status of this refusal is not documented; its name is.
            raise GoogleError(
                HTTPStatus.FORBIDDEN,
                "QuotaExceededException",
                f"QuotaExceededException: more than {NOTIFICATIONS_PER_DAY} notifications in 24 hours.",
            )
        now = self._clock()
        recent = [at for at in self._rung_at.get(resource_id, ()) if at > now - DAY]
        self._rung_at[resource_id] = [*recent, now]

    def _tell(self, verb: Verb, kind: Kind, body: dict[str, Any], *, notified: bool) -> None:
        self.changes.tell(
            Change(
                verb=verb,
                kind=kind.path,
                resource_id=body["id"],
                body=deepcopy(body),
                notified=notified,
                at=self._clock(),
            )
        )


def _noun(kind: Kind) -> str:
    return "Wallet Object Class" if kind.class_path is None else "Wallet Object"


def _check_patch(kind: Kind, sent: Any) -> dict[str, Any]:
    if not isinstance(sent, dict):
        raise invalid("Request contains an invalid argument. $: not an object")
    check_schema(kind.schema, {name: value for name, value in sent.items() if value is not None})
    return sent


def _merged(kept: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    result = dict(kept)
    for name, value in part.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = _merged(result[name], value)
        else:
            result[name] = deepcopy(value)
    return result


def _rings(before: dict[str, Any] | None, body: dict[str, Any]) -> bool:
    """Only some fields ring when they change; the documented ones are the balance and the tier."""
    if before is None:
        return False
    fields = ("loyaltyPoints", "secondaryLoyaltyPoints", "rewardsTier", "secondaryRewardsTier")
    return any(before.get(name) != body.get(name) for name in fields)


def _without_platform_fields(body: dict[str, Any]) -> dict[str, Any]:
    return {name: deepcopy(value) for name, value in body.items() if name not in PLATFORM_FIELDS}
