"""The REST calls of the stand-in: a thin translation between what was asked and the shelf."""

import re
from collections.abc import Mapping
from http import HTTPMethod, HTTPStatus
from typing import Any, Final

from sandbox.google.errors import GoogleError, invalid
from sandbox.google.rules import KINDS
from sandbox.google.shelf import Shelf

API_PATH: Final = "/walletobjects/v1"
PAGE_ROWS: Final = 100
_PATH: Final = re.compile(
    rf"{API_PATH}/(?P<kind>{'|'.join((*KINDS, 'issuer'))})(?:/(?P<id>[^/]+))?(?:/(?P<action>[A-Za-z]+))?"
)


class Rest:
    """Insert, read, list, patch, replace, message and link, for every kind the shelf knows."""

    def __init__(self, shelf: Shelf, *, issuer_id: str | None) -> None:
        self._shelf = shelf
        self._issuer_id = issuer_id

    def serve(self, method: str, path: str, sent: Any, query: Mapping[str, str]) -> dict[str, Any]:
        """Do what is asked and give the answer's body. Raises GoogleError."""
        found = _PATH.fullmatch(path)
        if found is None:
            raise _unknown(method, path)
        kind, resource_id, action = found["kind"], found["id"], found["action"]
        if kind == "issuer":
            return self._issuer(resource_id or "")
        if resource_id is None:
            return self._on_collection(method, kind, sent, query)
        if action is not None:
            return self._act(method, found, sent)
        match method:
            case HTTPMethod.GET:
                return self._shelf.read(kind, resource_id)
            case HTTPMethod.PATCH:
                return self._shelf.patch(kind, resource_id, sent)
            case HTTPMethod.PUT:
                return self._shelf.replace(kind, resource_id, sent)
            case _:
                raise _unknown(method, path)

    def _on_collection(self, method: str, kind: str, sent: Any, query: Mapping[str, str]) -> dict[str, Any]:
        match method:
            case HTTPMethod.POST:
                return self._shelf.insert(kind, sent)
            case HTTPMethod.GET:
                return self._rows(kind, query)
            case _:
                raise _unknown(method, kind)

    def _act(self, method: str, found: re.Match[str], sent: Any) -> dict[str, Any]:
        kind, resource_id, action = found["kind"], found["id"], found["action"]
        if method == HTTPMethod.POST and action == "addMessage":
            return self._shelf.add_message(kind, resource_id, sent)
        if method == HTTPMethod.POST and action == "modifyLinkedOfferObjects" and kind == "loyaltyObject":
            return self._shelf.modify_links(kind, resource_id, sent)
        raise _unknown(method, found[0])

    def _issuer(self, issuer_id: str) -> dict[str, Any]:
        if self._issuer_id is not None and issuer_id != self._issuer_id:
            raise GoogleError(HTTPStatus.FORBIDDEN, "permissionDenied", "Permission Denied")
        return {"issuerId": issuer_id, "name": "Sample issuer", "contactInfo": {}}

    def _rows(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """List a class's objects, or an issuer's classes, in pages: `token` is where the next page starts."""
        is_class = KINDS[path].class_path is None
        owner = query.get("issuerId" if is_class else "classId")
        if owner is None:
            raise invalid("Missing required parameter: " + ("issuerId." if is_class else "classId."))
        rows = [
            body
            for body in self._shelf.rows(path)
            if (body["id"].split(".")[0] if is_class else body["classId"]) == owner
        ]
        start, limit = _number(query, "token", 0), _number(query, "maxResults", PAGE_ROWS)
        page = rows[start : start + limit]
        pagination: dict[str, Any] = {"resultsPerPage": len(page)}
        if start + limit < len(rows):
            pagination["nextPageToken"] = str(start + limit)
        return {"resources": page, "pagination": pagination}


def kind_of(path: str) -> str:
    """Name the collection a path speaks of; empty for none."""
    found = _PATH.fullmatch(path)
    return found["kind"] if found else ""


def _unknown(method: str, path: str) -> GoogleError:
    return GoogleError(HTTPStatus.NOT_FOUND, "notFound", f"No method is found for {method} {path}.")


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    value = query.get(name, str(default))
    if not value.isdecimal():
        raise invalid(f"Invalid value for {name}: {value}.")
    return int(value)
