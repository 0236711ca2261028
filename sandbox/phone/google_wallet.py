"""The Google cards on the phone: saved by their person, shown as Google has them now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from locales.catalogue import LANGUAGES
from sandbox.google.errors import GoogleError
from sandbox.google.rules import KINDS, OBJECT_PATHS
from sandbox.google.server import GoogleStandIn
from sandbox.google.shelf import Change
from sandbox.phone.google_codes import next_turn
from sandbox.phone.google_face import facts_of, google_face, picture_address
from sandbox.phone.timeline import Timeline

CARDS_LIMIT: Final = 50
OFFERS: Final = "offerObject"


@dataclass(slots=True)
class _Saved:
    kind: str
    body: Mapping[str, Any]
    changed_at: datetime


class GoogleWallet:
    """Follows the stand-in: a card saved anywhere is on this phone, for there is no other."""

    def __init__(self, google: GoogleStandIn, timeline: Timeline) -> None:
        self._google = google
        self._timeline = timeline
        self._saved: dict[str, _Saved] = {}

    def take(self, change: Change) -> None:
        """Write a change of the stand-in into the cards and the timeline."""
        if change.kind not in OBJECT_PATHS:
            if any(each.body["classId"] == change.resource_id for each in self._saved.values()):
                self._tell("google_class", change)
            return
        known = self._saved.get(change.resource_id)
        if change.verb == "saved" and len(self._saved) < CARDS_LIMIT:
            self._saved[change.resource_id] = _Saved(change.kind, change.body, change.at)
            if known is None:
                self._tell("google_saved", change)
        elif change.verb == "removed" and known:
            del self._saved[change.resource_id]
            self._tell("google_removed", change)
        elif known:
            self._compare(change, known)

    def faces(self, language: str, *, at: datetime) -> list[dict[str, Any]]:
        shown = []
        for card_id, saved in self._saved.items():
            held = self._google.shelf.read(saved.kind, card_id)
            parent = held.pop("classReference")
            offers = [self._google.shelf.read(OFFERS, linked) for linked in held.get("linkedOfferIds", ())]
            changed_at = saved.changed_at.isoformat()
            shown.append(google_face(held, parent, language, at=at, changed_at=changed_at, offers=offers))
        return shown

    def next_turn(self, at: datetime) -> timedelta | None:
        """Tell how long the codes on the cards stay as they are; None: none of them turns."""
        return next_turn([each.body for each in self._saved.values()], at)

    def remove(self, card_id: str) -> None:
        """Take a card out, as its person. Raises LookupError when it is not here."""
        saved = self._saved.get(card_id)
        if saved is None:
            raise LookupError(card_id)
        self._google.shelf.mark_saved(saved.kind, card_id, saved=False)

    def picture_address(self, card_id: str, name: str) -> str | None:
        saved = self._saved.get(card_id)
        if saved is None:
            return None
        try:
            held = self._google.shelf.read(saved.kind, card_id)
        except GoogleError:
            return None
        return picture_address(held, held["classReference"], name)

    def _compare(self, change: Change, known: _Saved) -> None:
        before, known.body = known.body, change.body
        if change.verb == "messaged":
            self._tell("google_messaged", change)
            return
        texts = {language: _difference(before, change.body, language) for language in LANGUAGES}
        if change.verb == "linked" or before.get("linkedOfferIds") != change.body.get("linkedOfferIds"):
            self._tell("google_linked", change)
            if not any(texts.values()):
                return
        if not any(texts.values()) and before.get("state") == change.body["state"]:
            self._tell("google_same", change)
            return
        known.changed_at = change.at
        self._tell("google_changed", change, changed={key: text or change.body["state"] for key, text in texts.items()})

    def _tell(self, code: str, change: Change, **facts: Mapping[str, str]) -> None:
        card = change.resource_id.partition(".")[2]
        kind = KINDS[change.kind].path
        self._timeline.add("google", code, change.at, card=_short(card), kind=kind, **facts)


def _difference(before: Mapping[str, Any], after: Mapping[str, Any], language: str) -> str:
    earlier, later = facts_of(before, language), facts_of(after, language)
    return ", ".join(
        f"{label} {earlier.get(label, '—')} → {value}" for label, value in later.items() if earlier.get(label) != value
    )


def _short(name: str) -> str:
    return name if len(name) <= 10 else f"{name[:8]}…"  # noqa: PLR2004 - what fits on a line
