"""Machines of the day: each has its own workers, and nothing in common with the others but the database."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from aiohttp import ClientSession

from bench.day.apple import DayOfApple
from bench.day.google import ClientOfTheDay, DayOfGoogle, TokensOfTheDay
from bench.day.people import PASS_TYPE
from bench.day.virtual_time import VirtualTime
from certs.identity import GoogleIdentity
from offers.flows.apple_devices import AppleDevices
from offers.flows.find_picture import FindPicture
from offers.flows.keep_shown import KeepShown
from offers.flows.list_coupons import ListCoupons
from offers.flows.look_at_card import LookAtCard
from offers.flows.react_to_event import ReactToEvent
from offers.flows.reserve_calls import ReserveCalls
from offers.model.message import Channel, Lane
from offers.model.pace import Quota
from offers.model.shown import StaleTerms, Wallet
from offers.model.updating import UpdateTerms
from offers.store.store import Store
from service.google_wallet import GOOD_FOR_S, google_channel
from service.lane import LaneRunner
from service.worker import BATCHES, RUNNERS, USUAL_BATCH, EventLane
from wallet.apple.channel import AppleChannel
from wallet.google.composer import Composer
from wallet.google.oauth import GoogleTokens
from wallet.google.pace import SharedPace
from wallet.google.pictures import GooglePictures
from wallet.pictures import PictureBook

ISSUER = "3388000000012345678"
CODE_KEY = b"d" * 32
URL = "https://cards.example"
STALE = StaleTerms()


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the machines share: the database, the time, and the two providers."""

    store: Store
    time: VirtualTime
    google: DayOfGoogle
    apple: DayOfApple
    terms: UpdateTerms


def composer(store: Store, time: VirtualTime) -> Composer:
    return Composer(
        issuer_id=ISSUER,
        pictures=GooglePictures(book=PictureBook(FindPicture(store)), public_url=URL, key=CODE_KEY),
        list_coupons=ListCoupons(store, time),
        public_url=URL,
        callback_url=None,
        rotates=True,
        restricts=False,
        code_key=CODE_KEY,
        clock=time,
    )


def runners_of_a_machine(world: World, dice: random.Random) -> Iterator[LaneRunner]:
    """Give the lanes of one machine as the worker has them, with the time of the day for waiting."""
    for channel in _channels(world, dice.random):
        for _ in range(RUNNERS.get(channel.lane, 1)):
            batch = BATCHES.get(channel.lane, USUAL_BATCH)
            yield LaneRunner(world.store, channel, world.time, batch=batch, sleep=world.time.sleep)


def _channels(world: World, chance: Callable[[], float]) -> list[Channel]:
    store, time = world.store, world.time
    reserve = ReserveCalls(store, f"google:{ISSUER}", Quota(calls=20, good_for_s=GOOD_FOR_S), time)
    client = ClientOfTheDay(
        session=cast("ClientSession", None),
        tokens=cast("GoogleTokens", TokensOfTheDay()),
        pace=SharedPace(reserve, now=time.seconds, sleep=time.sleep),
        chance=chance,
    )
    client.google = world.google
    _, google = google_channel(
        store,
        client,
        composer(store, time),
        identity=cast("GoogleIdentity", None),
        origin=URL,
        save_url=URL,
        clock=time,
        stale=STALE,
    )
    apple = AppleChannel(
        devices=AppleDevices(store, time),
        look_at_card=LookAtCard(store, CODE_KEY, time),
        shown=KeepShown(store, time, Wallet.APPLE, STALE),
        apns=world.apple,
        topic=PASS_TYPE,
        terms=world.terms,
    )
    events = EventLane(ReactToEvent(store, time, world.terms))
    assert {events.lane, google.lane, apple.lane} == {Lane.EVENTS, Lane.GOOGLE, Lane.APPLE}
    return [events, google, apple]
