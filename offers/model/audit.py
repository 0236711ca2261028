"""The audit: who of the staff did what, kept for ever and chained, so that a line changed or lost is noticed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.model.ids import ProgrammeId


class AuditAction(StrEnum):
    ADJUSTMENT_ASKED = "adjustment_asked"
    ADJUSTMENT_APPLIED = "adjustment_applied"
    ADJUSTMENT_APPROVED = "adjustment_approved"
    ADJUSTMENT_REFUSED = "adjustment_refused"
    MEMBERS_MERGED = "members_merged"
    MEMBERS_PARTED = "members_parted"
    OWN_TERMS_AGREED = "own_terms_agreed"
    OWN_TERMS_ENDED = "own_terms_ended"
    OFFER_CHANGED = "offer_changed"
    RULEBOOK_CHANGED = "rulebook_changed"
    TERMS_CHANGED = "terms_changed"
    DESIGN_CHANGED = "design_changed"
    DESIGN_REMOVED = "design_removed"
    LAYER_PUT = "layer_put"
    LAYER_CHANGED = "layer_changed"
    LAYER_ENDED = "layer_ended"
    PERSONAL_ISSUED = "personal_issued"
    PERSONAL_UNDONE = "personal_undone"
    ACTIVITY_DISCOUNT = "activity_discount"
    CARD_BLOCKED = "card_blocked"
    CARD_UNBLOCKED = "card_unblocked"
    CARD_REPLACED = "card_replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One act. `seq` counts the programme's lines from 1; `digest` covers the line and the digest before it."""

    programme_id: ProgrammeId
    seq: int
    at: datetime
    staff_id: str
    action: str
    subject: str
    facts: dict[str, int | str]
    previous: str
    digest: str
