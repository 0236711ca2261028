"""Read a scanned code, static or rotating: whose card it names, and how it was shown."""

from dataclasses import dataclass

from offers.engine.card_codes import read_scan_code
from offers.engine.rotating_codes import is_genuine, is_rotating, read_rotating_text, rotating_key
from offers.engine.throttling import PENALTIES, wait_s
from offers.model.clock import Clock
from offers.model.errors import ForgedCode, TooManyRequests, UnknownCard
from offers.model.ids import CardId, OutletId, ProgrammeId
from offers.model.showing import Showing, ShownBy
from offers.model.throttle import Guesser
from offers.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What a code says, genuine but perhaps of another time: that is judged when it is used."""

    card_id: CardId
    shown: Showing


@dataclass(frozen=True, slots=True)
class ReadCode:
    """Read a code. A static one proves itself by its signature, a rotating one by the key of its card.

    Eight digits can be guessed, a signature cannot: an outlet that sends wrong ones has to wait, longer each time.
    Raises MalformedCode, ForgedCode, and for a rotating code UnknownCard and TooManyRequests.
    """

    store: Store
    code_key: bytes
    clock: Clock

    async def __call__(self, text: str, *, programme_id: ProgrammeId, outlet_id: OutletId | None) -> Scanned:
        if not is_rotating(text):
            return Scanned(card_id=read_scan_code(text, self.code_key), shown=Showing())
        said = read_rotating_text(text)
        guesser = f"{programme_id}:rotating:{outlet_id or ''}"
        throttles = self.store.reading.throttles
        if pause_s := wait_s(await throttles.find([guesser]), self.clock()):
            raise TooManyRequests(retry_after_s=pause_s)
        card = await self.store.reading.cards.get(said.card_id)
        if card is None or card.programme_id != programme_id:
            raise UnknownCard
        if not is_genuine(said, rotating_key(card.id, card.code_generation, self.code_key)):
            await throttles.strike(guesser, PENALTIES[Guesser.OUTLET], at=self.clock())
            raise ForgedCode
        return Scanned(card_id=card.id, shown=Showing(by=ShownBy.ROTATING, period=said.period))
