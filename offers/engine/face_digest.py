"""A name for what a card shows: two faces with one name look the same in every wallet."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from offers.engine.card_face import CardFace
from offers.model.card import Announcement

_DIGEST_BYTES = 12
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def face_digest(face: CardFace) -> str:
    """Digest everything on the face but how often it changed, when, and what was announced of it."""
    silent = tuple(replace(each, announces=False) for each in face.fields)
    shown = replace(face, version=0, last_modified=_NEVER, announcement=Announcement.NOTHING, fields=silent)
    return hashlib.blake2b(repr(shown).encode(), digest_size=_DIGEST_BYTES).hexdigest()
