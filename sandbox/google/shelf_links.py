"""Links between cards: the offers of a loyalty card, and cards that bring other cards along."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from sandbox.google.errors import invalid
from sandbox.google.rules import OBJECT_PATHS, check_schema

LINKS_LIMIT: Final = 100
OFFERS: Final = "offerObject"

Exists = Callable[[str, str], bool]
"""Tells whether the collection of a path holds an id."""


def check_links(body: dict[str, Any], exists: Exists) -> None:
    """Refuse links to cards that are not there, and more than are shown."""
    offers, others = body.get("linkedOfferIds", ()), body.get("linkedObjectIds", ())
    if len(offers) > LINKS_LIMIT or len(others) > LINKS_LIMIT:
        raise invalid(f"At most {LINKS_LIMIT} links are kept.")
    _refuse_missing([each for each in offers if not exists(OFFERS, each)])
    _refuse_missing([each for each in others if not any(exists(path, each) for path in OBJECT_PATHS)])


def modified(linked: list[str], sent: Any) -> list[str]:
    """Add and remove links as `modifyLinkedOfferObjects` says; adding twice is adding once."""
    change = check_schema("ModifyLinkedOfferObjectsRequest", sent).get("linkedOfferObjectIds", {})
    added, removed = change.get("addLinkedOfferObjectIds", []), set(change.get("removeLinkedOfferObjectIds", []))
    if not added and not removed:
        raise invalid("linkedOfferObjectIds names nothing to add or to remove.")
    return [each for each in dict.fromkeys([*linked, *added]) if each not in removed]


def with_older_links(before: dict[str, Any] | None, body: dict[str, Any]) -> dict[str, Any]:
    """Keep objects that were linked: a link brings a card to a phone and cannot call it back."""
    older: Iterable[str] = (before or {}).get("linkedObjectIds", ())
    kept = list(dict.fromkeys([*older, *body.get("linkedObjectIds", ())]))
    return {**body, "linkedObjectIds": kept} if kept else body


def _refuse_missing(missing: list[str]) -> None:
    if missing:
        raise invalid(f"Linked object {missing[0]} does not exist.")
