"""What the handlers of live updates work with."""

from dataclasses import dataclass

from aiohttp import web

from merchant.auth import Doorkeeper
from offers.flows.look_at_lag import LookAtLag
from offers.flows.look_at_stale import LookAtStale


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateTools:
    doorkeeper: Doorkeeper
    look_at_stale: LookAtStale
    look_at_lag: LookAtLag


UPDATES = web.AppKey("updates", UpdateTools)
