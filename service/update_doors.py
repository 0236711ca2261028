"""Installing the API of live updates, with its tools."""

from aiohttp import web

from merchant.auth import Doorkeeper
from merchant.updates.install import install
from merchant.updates.tools import UpdateTools
from offers.flows.know_key import KnowKey
from offers.flows.look_at_lag import LookAtLag
from offers.flows.look_at_stale import LookAtStale
from offers.model.clock import Clock
from offers.model.shown import StaleTerms
from offers.store.store import Store


def install_updates(app: web.Application, store: Store, *, clock: Clock, terms: StaleTerms) -> None:
    install(
        app,
        UpdateTools(
            doorkeeper=Doorkeeper(know_key=KnowKey(store)),
            look_at_stale=LookAtStale(store, clock, terms),
            look_at_lag=LookAtLag(store, clock),
        ),
    )
