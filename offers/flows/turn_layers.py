"""Turn layers whose time has come: tell the wallets, exactly once per turn, however late and however many sweep."""

from dataclasses import dataclass
from datetime import datetime

from offers.engine.layer_turns import turn_after
from offers.flows.put_layer import limit_key
from offers.flows.tell_look import look_item
from offers.model.clock import Clock
from offers.model.layer import Layer
from offers.store.store import Store
from offers.store.work import Work

AT_ONCE = 200
ROUNDS = 100


@dataclass(frozen=True, slots=True)
class TurnLayers:
    """What a card shows does not wait for this: it is resolved whenever it is drawn. This tells those who have it.

    The turn and its event are one transaction, and a turn is taken only as it stands in the due index. So a crash
    before it leaves the turn due, a crash after it leaves the event in the outbox, and two sweepers take it once.
    """

    store: Store
    clock: Clock

    async def __call__(self) -> int:
        """Take everything that is due; gives how many turns were taken."""
        taken = 0
        for _ in range(ROUNDS):
            due = await self.store.reading.layers.due(at=self.clock(), limit=AT_ONCE)
            for layer, turned_at in due:
                taken += await self._turn(layer, turned_at)
            if len(due) < AT_ONCE:
                break
        return taken

    async def next_at(self) -> datetime | None:
        """Give when the next turn of any layer is due; None: no layer turns any more."""
        return await self.store.reading.layers.next_turn()

    async def _turn(self, layer: Layer, turned_at: datetime) -> bool:
        return await self.store.transact(lambda work: self._take(work, layer, turned_at))

    async def _take(self, work: Work, layer: Layer, turned_at: datetime) -> bool:
        """Take one turn. After a long sleep both turns of a layer may be due: then only its end is told."""
        at = self.clock()
        if not await work.layers.turn(layer, turned_at, next_turn_at=turn_after(layer, at)):
            return False
        if layer.over_at is not None and layer.over_at <= at:
            await work.layers.count(limit_key(layer), -1)
        turn = turned_at.isoformat(timespec="milliseconds")
        await work.outbox.put([await look_item(work, layer, turn=turn, at=at)])
        return True
