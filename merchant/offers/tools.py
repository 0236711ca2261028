"""What the handlers of offers work with, and the name of who is asking."""

from dataclasses import dataclass

from aiohttp import web

from merchant.auth import Doorkeeper
from offers.flows.change_offers import ChangeOffers
from offers.flows.know_key import KeyHolder
from offers.flows.look_at_offers import LookAtOffers
from offers.flows.try_offers import TryOffers
from offers.model.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTools:
    doorkeeper: Doorkeeper
    change_offers: ChangeOffers
    look_at_offers: LookAtOffers
    try_offers: TryOffers
    clock: Clock
    code_key: bytes


OFFERS = web.AppKey("offers", OfferTools)


def staff_of(holder: KeyHolder) -> str:
    """Name who changes something by a key, as versions and the audit keep it."""
    return f"key:{holder.key.id}"
