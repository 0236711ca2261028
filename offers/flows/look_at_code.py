"""Look at a code that a till scanned: whose card it is, and what the code may do there today."""

from dataclasses import dataclass

from offers.flows.honour_code import points_left, see_code
from offers.flows.read_code import ReadCode, Scanned
from offers.model.programme import Till
from offers.model.showing import CodeRights


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMay:
    """What a code may do. `points_left` today; None: no limit. `rotating` is what the changing code may do."""

    rights: CodeRights
    rotating: CodeRights
    points_left: int | None


@dataclass(frozen=True, slots=True)
class LookAtCode:
    """Read a code for a till; a rotating one is this outlet's from then on.

    Raises what `ReadCode` raises, RotatingCodeNeeded, NotByCode, CodeOutOfDate, CodeUsed.
    """

    read_code: ReadCode

    async def __call__(self, till: Till, text: str) -> tuple[Scanned, CodeMay]:
        programme, reading, at = till.programme, self.read_code.store.reading, self.read_code.clock()
        scanned = await self.read_code(text, programme_id=programme.id, outlet_id=till.outlet.id)
        await see_code(reading, programme, scanned.card_id, scanned.shown, outlet_id=till.outlet.id, at=at)
        policy = programme.terms.codes
        left = await points_left(reading, programme, scanned.card_id, scanned.shown, cause="", at=at)
        return scanned, CodeMay(rights=policy.rights(scanned.shown), rotating=policy.rotating, points_left=left)
