"""Find who uses something limited at a till: the member of the card that was shown, or nobody known."""

from dataclasses import dataclass

from offers.engine.code_rights import check_right
from offers.flows.find_active_card import find_active_card
from offers.flows.honour_code import see_code
from offers.flows.read_code import ReadCode
from offers.model.programme import Till
from offers.model.showing import CodeRight
from offers.model.take import Taker


@dataclass(frozen=True, slots=True)
class FindTaker:
    """Say who uses something and where; `right` is what the shown code has to be allowed.

    Raises what `ReadCode` and `see_code` raise, UnknownCard, CardReplaced, CardNotActive, RotatingCodeNeeded,
    NotByCode.
    """

    read_code: ReadCode

    async def __call__(self, till: Till, card: str | None, right: CodeRight) -> Taker:
        if card is None:
            return Taker(programme_id=till.programme.id, member_id=None, outlet_id=till.outlet.id)
        reading, at = self.read_code.store.reading, self.read_code.clock()
        scanned = await self.read_code(card, programme_id=till.programme.id, outlet_id=till.outlet.id)
        _, member = await find_active_card(reading, till, scanned.card_id)
        await see_code(reading, till.programme, scanned.card_id, scanned.shown, outlet_id=till.outlet.id, at=at)
        check_right(till.programme.terms.codes, scanned.shown, right, field="/card")
        return Taker(programme_id=till.programme.id, member_id=member.id, outlet_id=till.outlet.id)
