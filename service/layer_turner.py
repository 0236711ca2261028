"""The turner: tells the wallets within a second or so that a layer came on or went off, after a crash too."""

import asyncio
from dataclasses import dataclass

import structlog
from pymongo.errors import PyMongoError

from offers.flows.turn_layers import TurnLayers
from offers.model.clock import Clock
from offers.model.errors import Busy

LOOK_AGAIN_S = 5.0
"""A layer put by another process is noticed this much later at most."""
_BREATH_S = 0.05

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LayerTurner:
    """Any number of processes may run one: a turn is taken once."""

    turn_layers: TurnLayers
    clock: Clock
    look_again_s: float = LOOK_AGAIN_S

    async def run(self) -> None:
        """Turn layers until cancelled; a lost database is waited for."""
        while True:
            pause_s = self.look_again_s
            try:
                pause_s = await self.step()
            except (PyMongoError, Busy) as error:
                _log.warning("layers cannot turn for now", error=str(error))
            except Exception:  # noqa: BLE001 - what cards show does not wait for this; the log keeps the bug whole
                _log.exception("turning layers failed")
            await asyncio.sleep(pause_s)

    async def step(self) -> float:
        """Take what is due, and give how long nothing will be, at most `look_again_s`."""
        if taken := await self.turn_layers():
            _log.info("layers turned", turns=taken)
        next_at = await self.turn_layers.next_at()
        if next_at is None:
            return self.look_again_s
        return min(self.look_again_s, max(_BREATH_S, (next_at - self.clock()).total_seconds()))
