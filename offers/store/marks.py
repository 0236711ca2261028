"""Marks: how one write on a source both takes an amount and remembers for which try it was taken.

A draw is a conditional write on one document, which MongoDB lets wait for its turn; a transaction on a document that
everybody wants would be thrown out again and again. See docs/adr for the protocol.
"""

from datetime import datetime
from typing import Any

from offers.model.take import Mark, Take
from offers.store.codec import from_document
from offers.store.repository import Repository

MAX_MARKS = 2_000
"""Draws of one source that are under way at once, at most; those beyond are asked to try again."""


def unmarked(take: Take) -> dict[str, Any]:
    """Ask for a source that this try did not draw from yet."""
    return {"marks.id": {"$ne": take.mark}, f"marks.{MAX_MARKS - 1}": {"$exists": False}}


def marking(take: Take) -> dict[str, Any]:
    """Leave the mark in the write that draws."""
    mark = {
        "id": take.mark,
        "key": take.key,
        "attempt": take.attempt,
        "at": take.at,
        "amount": take.amount,
        "pocket": take.pocket,
        "extended_until": take.extended_until,
    }
    return {"$push": {"marks": mark}}


def marked(take: Take) -> dict[str, Any]:
    """Ask for a source that this try drew from and that nobody cleared since."""
    return {"_id": take.source, "marks.id": take.mark}


def clearing(take: Take) -> dict[str, Any]:
    return {"$pull": {"marks": {"id": take.mark}}}


class MarkedRepository(Repository):
    """Base of the repositories whose documents takes are drawn from."""

    async def _stale_marks(self, collection: str, before: datetime, *, limit: int) -> list[tuple[str, Mark]]:
        stale: list[tuple[str, Mark]] = []
        query = {"marks.at": {"$lte": before}}
        cursor = self._database[collection].find(query, {"marks": 1}, session=self._session).limit(limit)
        async for document in cursor:
            marks = [mark for mark in document["marks"] if mark["at"] <= before]
            stale += [(document["_id"], from_document(Mark, {**mark, "_id": mark["id"]})) for mark in marks]
        return stale[:limit]
