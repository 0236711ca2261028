"""The chain of the audit: every line's digest covers the line before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from offers.model.audit import AuditLine
from offers.model.ids import ProgrammeId

BEGINNING = ""
"""What the first line of a programme follows."""


def chained(
    programme_id: ProgrammeId,
    seq: int,
    previous: str,
    *,
    at: datetime,
    staff_id: str,
    action: str,
    subject: str,
    facts: Mapping[str, int | str],
) -> AuditLine:
    """Make the line that follows the one with digest `previous`."""
    told = [programme_id, seq, at.isoformat(), staff_id, action, subject, sorted(facts.items()), previous]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return AuditLine(
        programme_id=programme_id,
        seq=seq,
        at=at,
        staff_id=staff_id,
        action=action,
        subject=subject,
        facts=dict(facts),
        previous=previous,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def follows(line: AuditLine, *, seq: int, previous: str) -> bool:
    """Tell whether a line is the one that was written after a line with number `seq` and digest `previous`."""
    written = chained(
        line.programme_id,
        seq + 1,
        previous,
        at=line.at,
        staff_id=line.staff_id,
        action=line.action,
        subject=line.subject,
        facts=line.facts,
    )
    return written == line
