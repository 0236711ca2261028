"""What is sent about a card, checked at the edge."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from merchant.checkout.fields import STRICT
from offers.flows.block_card import MAX_NOTE, Blocking
from offers.model.card import BlockReason

_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
Note = Annotated[str, StringConstraints(max_length=MAX_NOTE, strip_whitespace=True, pattern=_PRINTABLE)]


class BlockBody(BaseModel):
    """Why a card shall not work any more; the note is kept with it, in the audit too."""

    model_config = STRICT

    reason: BlockReason = Field(default=BlockReason.OTHER, strict=False)
    note: Note = ""

    def to_blocking(self, by: str) -> Blocking:
        return Blocking(reason=self.reason, by=by, note=self.note)
