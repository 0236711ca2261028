"""What the handlers of enrolling work with."""

from dataclasses import dataclass

from aiohttp import web

from merchant.auth import Doorkeeper
from offers.flows.count_sources import CountSources
from offers.flows.offer_card import OfferCard


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolTools:
    doorkeeper: Doorkeeper
    offer_card: OfferCard
    count_sources: CountSources


ENROL = web.AppKey("enrol", EnrolTools)
