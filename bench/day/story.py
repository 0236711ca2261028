"""The day itself: purchases, a happy hour for everybody, a banner for a segment, and how it looked outside."""

import asyncio
import random
import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.day.apple import DayOfApple
from bench.day.google import DayOfGoogle
from bench.day.machine import CODE_KEY, ISSUER, World, composer, runners_of_a_machine
from bench.day.people import PROGRAMME, SEGMENT, TILL, Scale, card_id, number_of, purchase, settle_in, times, token
from bench.day.virtual_time import OpenQuestions, VirtualTime
from offers.flows.apple_devices import AppleDevices
from offers.flows.look_at_card import LookAtCard
from offers.flows.put_layer import LayerWish, PutLayer
from offers.flows.settle_purchase import SettlePurchase
from offers.flows.turn_layers import TurnLayers
from offers.model.layer import LayerColours, LayerParts, LayerScope
from offers.model.message import Lane
from offers.model.updating import UpdateTerms
from offers.store.store import Store
from service.lane import LaneRunner

OPENING = datetime(2026, 3, 11, 5, 0, tzinfo=UTC)
MACHINES = 2
POLL_S = 0.5
SWEEP_S = 60.0
RED = LayerParts(colours=LayerColours(background="#7a0010", foreground="#ffffff", label="#ffffff"))
BLUE = LayerParts(colours=LayerColours(background="#0a2a66", foreground="#ffffff", label="#ffffff"))


@dataclass(slots=True)
class Balances:
    """Purchases whose balance has not arrived yet, by card, and how long those that did took, by wallet."""

    time: VirtualTime
    open: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    took_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def changed(self, number: int, balance: int) -> None:
        self.open[number].append((balance, self.time.seconds()))

    def arrived(self, number: int, balance: int, wallet: str) -> None:
        """Close every purchase up to the newest one that left this balance."""
        waiting = self.open[number]
        newest = max((place for place, (left, _) in enumerate(waiting) if left == balance), default=-1)
        self.took_s[wallet] += [self.time.seconds() - since for _, since in waiting[: newest + 1]]
        del waiting[: newest + 1]

    def owed(self, gone: set[int]) -> int:
        return sum(bool(waiting) for number, waiting in self.open.items() if number not in gone)


@dataclass(slots=True, kw_only=True)
class Day:
    """One day. `tell` tells it; what it came to stands in the providers and in `balances` afterwards."""

    scale: Scale
    world: World
    balances: Balances
    seed: int
    fetched: dict[int, int] = field(default_factory=dict)
    news: dict[Lane, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))

    async def tell(self) -> None:
        world, dice = self.world, random.Random(self.seed)  # noqa: S311 -- decides who buys what
        async with asyncio.TaskGroup() as tasks:
            working = [
                tasks.create_task(self._work(runner))
                for _ in range(MACHINES)
                for runner in runners_of_a_machine(world, dice)
            ]
            working.append(tasks.create_task(self._sweep()))
            await self._put_layers()
            await self._sell(dice)
            await self._until_quiet()
            for task in working:
                task.cancel()

    async def _sell(self, dice: random.Random) -> None:
        time, store = self.world.time, self.world.store
        settle = SettlePurchase(store, time, secrets.token_bytes)
        everybody = self.scale.google + self.scale.apple
        buyers = [dice.randrange(everybody) for _ in range(max(1, self.scale.purchases // 2))]
        for order, at in enumerate(times(self.scale, OPENING, dice)):
            await time.sleep((at - time()).total_seconds())
            number = dice.choice(buyers)
            receipt = await settle(TILL, purchase(number, order, dice.randrange(20_000, 90_000), at=time()))
            self.balances.changed(number, receipt.balance)
            self._wake(Lane.EVENTS)

    async def _put_layers(self) -> None:
        put = PutLayer(self.world.store, self.world.time, secrets.token_bytes)
        happy = OPENING + timedelta(hours=10)
        everybody = LayerWish(
            scope=LayerScope.EVERYBODY, parts=RED, starts_at=happy, ends_at=happy + timedelta(hours=2)
        )
        some = LayerWish(
            scope=LayerScope.SEGMENT,
            segment=SEGMENT,
            parts=BLUE,
            priority=20,
            starts_at=OPENING + timedelta(hours=5),
            ends_at=OPENING + timedelta(hours=8),
        )
        await put(PROGRAMME, "happy-hour", everybody)
        await put(PROGRAMME, "regulars", some)

    async def _work(self, runner: LaneRunner) -> None:
        """Work as a lane does: woken by news, and by itself when something falls due."""
        lane, time = runner.channel.lane, self.world.time
        while True:
            news = self.news[lane]
            if await runner.step():
                if lane is Lane.EVENTS:
                    self._wake(Lane.GOOGLE, Lane.APPLE)
                continue
            soonest = await self.world.store.database["outbox"].find_one({"lane": lane.value}, sort=[("due_at", 1)])
            waits: list[asyncio.Task[Any]] = [asyncio.create_task(news.wait())]
            if soonest is not None:
                due_s = (soonest["due_at"] - time()).total_seconds()
                waits.append(asyncio.create_task(time.sleep(max(POLL_S, due_s))))
            _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for each in pending:
                each.cancel()

    async def _sweep(self) -> None:
        turn = TurnLayers(self.world.store, self.world.time)
        while True:
            if (next_at := await turn.next_at()) is not None and next_at <= self.world.time():
                await turn()
                self._wake(Lane.EVENTS, Lane.GOOGLE, Lane.APPLE)
            await self.world.time.sleep(SWEEP_S)

    async def _until_quiet(self) -> None:
        """Wait for the end of the happy hour, and until nothing waits in any lane."""
        time, outbox = self.world.time, self.world.store.reading.outbox
        closing = OPENING + timedelta(hours=15)
        await time.sleep((closing - time()).total_seconds())
        while any([await outbox.waiting(lane) for lane in (Lane.EVENTS, Lane.GOOGLE, Lane.APPLE)]):
            await time.sleep(1.0)
        await time.sleep(10.0)

    def _wake(self, *lanes: Lane) -> None:
        """Say that something was put on these lanes, as the service hears it of the database."""
        for lane in lanes:
            self.news.pop(lane, asyncio.Event()).set()

    def object_told(self, name: str, body: Mapping[str, Any]) -> None:
        number = number_of(name.partition(".")[2])
        points = body.get("loyaltyPoints", {}).get("balance", {}).get("int")
        if points is not None:
            self.balances.arrived(number, points, "google")

    async def fetch(self, pushed: str) -> None:
        """Do what the phone does: fetch the card, show it, and be noted for it."""
        number = number_of(pushed)
        sight = await LookAtCard(self.world.store, CODE_KEY, self.world.time).by_id(card_id(number))
        await AppleDevices(self.world.store, self.world.time).fetched(sight.card)
        self.fetched[number] = sight.card.version
        if sight.account is not None:
            self.balances.arrived(number, sight.account.balance, "apple")


async def lost_states(day: Day) -> list[str]:
    """Compare what every changed card should show with what Google has and what the phones fetched."""
    world, lost = day.world, []
    look, compose = LookAtCard(world.store, CODE_KEY, world.time), composer(world.store, world.time)
    gone = {number_of(each) for each in world.apple.gone}
    changed = [row["_id"] async for row in world.store.database["cards"].find({"version": {"$gt": 1}}, {"_id": 1})]
    for each in changed:
        sight = await look.by_id(each)
        number = number_of(sight.card.serial)
        if number < day.scale.google:
            wanted = await compose.card(sight)
            held = world.google.kept.get(f"{ISSUER}.{sight.card.serial}", {})
            lost += [f"google {number} {name}" for name, value in wanted.body.items() if held.get(name) != value]
        elif number not in gone and day.fetched.get(number) != sight.card.version:
            lost.append(f"apple {number}: {day.fetched.get(number)} of {sight.card.version}")
    return lost


async def tell_a_day(store: Store, questions: OpenQuestions, scale: Scale, *, seed: int = 1, bulk_per_s: float) -> Day:
    """Settle the people in and tell their day; the database must be empty but for its indexes."""
    time = VirtualTime(OPENING, questions)
    dice = random.Random(seed)  # noqa: S311 -- decides when a provider is unwell
    balances = Balances(time)
    google = DayOfGoogle(time, dice)
    apple = DayOfApple(time, dice, fetch=_not_yet, wants_to_fetch=lambda pushed: bool(balances.open[number_of(pushed)]))
    terms = UpdateTerms(bulk_per_s=bulk_per_s)
    world = World(store=store, time=time, google=google, apple=apple, terms=terms)
    day = Day(scale=scale, world=world, balances=balances, seed=seed)
    google.told, apple.fetch = day.object_told, day.fetch
    await settle_in(store, scale, at=OPENING)
    await time.run(day.tell())
    return day


async def _not_yet(_: str) -> None:
    raise AssertionError(token(0))
