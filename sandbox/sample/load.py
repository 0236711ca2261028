"""Loading the sample programme into a store, once: through the flows that import a real one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from random import Random

from offers.flows.import_members import ImportMembers
from offers.flows.import_purchases import Destination, ImportPurchases
from offers.flows.issue_key import IssueKey
from offers.flows.open_programme import Opening, OpenProgramme
from offers.flows.recount_members import RecountMembers
from offers.model.clock import Clock
from offers.model.design import Colours
from offers.model.history import MemberKey, PastPurchase
from offers.model.ids import Chance, born_at
from offers.model.ledger import POINTS
from offers.model.member import Member
from offers.model.programme import DiscountLevel, LocalText, Outlet, Programme, Terms
from offers.store.store import Store
from offers.store.work import Work
from sandbox.sample.people import sample_members
from sandbox.sample.points import give_points
from sandbox.sample.purchases import sample_purchases

SLUG = "coffee"
SEED = 20_26
TILL_KEY_NAME = "sample till"
PURCHASES_AT_ONCE = 1_000
_LIKELY_BUYERS = 10
OPENING = Opening(
    slug=SLUG,
    name=LocalText(ru="Кофейня", en="Coffee house"),
    currency="RUB",
    zone="Europe/Moscow",
    merchant_name="Coffee house",
    outlet_name="Coffee house",
    terms=Terms(
        accrual_bp=500,
        levels=(
            DiscountLevel(name=LocalText(ru="Зерно", en="Bean"), spend_threshold_minor=500_000, discount_bp=300),
            DiscountLevel(name=LocalText(ru="Обжарка", en="Roast"), spend_threshold_minor=1_500_000, discount_bp=500),
            DiscountLevel(
                name=LocalText(ru="Эспрессо", en="Espresso"), spend_threshold_minor=4_000_000, discount_bp=1_000
            ),
        ),
    ),
    colours=Colours(background="#3b2417", foreground="#fff8ef", label="#e8b04b"),
    is_sample=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The sample programme as it stands; `till_key` is a secret made for this start. Members by spend, best first."""

    programme: Programme
    outlet: Outlet
    till_key: str
    members: tuple[Member, ...]


async def load_sample(store: Store, *, clock: Clock, chance: Chance, until: datetime, seed: int = SEED) -> Sample:
    """Load the coffee house and the year before `until`; a second start finds it as it is.

    An interrupted load is completed at the next start: the programme's id remembers `until`, everything else follows
    from it and the seed, and is kept under natural keys. Points come last, all in one transaction.
    """
    programme = await store.reading.programmes.by_slug(SLUG)
    if programme is None:
        programme = (await OpenProgramme(store, lambda: until, chance)(OPENING)).programme
    outlet = (await store.reading.programmes.outlets(programme.id))[0]
    loading = _Loading(store=store, clock=clock, chance=chance, programme=programme, outlet=outlet, seed=seed)
    members = await loading.load()
    key = await IssueKey(store, clock, chance).for_till(outlet, name=TILL_KEY_NAME)
    return Sample(programme=programme, outlet=outlet, till_key=key.secret, members=tuple(members))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loading:
    store: Store
    clock: Clock
    chance: Chance
    programme: Programme
    outlet: Outlet
    seed: int

    async def load(self) -> list[Member]:
        until = born_at(self.programme.id)
        dice = Random(self.seed)  # noqa: S311 - a sample has to come out the same every time
        people = sample_members(dice, until=until, zone=self.programme.zone)
        keys = [person.past.key for person in people]
        if not await self._is_complete(keys):
            purchases = sample_purchases(dice, people, until=until, zone=self.programme.zone)
            await ImportMembers(self.store, self.clock, self.chance)(self.programme, [person.past for person in people])
            await self._import(purchases)
            await self.store.transact(lambda work: self._give_points(work, purchases, until))
        members = await self._members(keys)
        return sorted(members, key=lambda member: -member.counters.spend_minor)

    async def _is_complete(self, keys: Sequence[MemberKey]) -> bool:
        """Accounts are written last and together: when one of the members has one, all is there."""
        reading = self.store.reading
        for member in await self._members(keys[:_LIKELY_BUYERS]):
            if await reading.accounts.find(member.id, POINTS):
                return True
        return False

    async def _import(self, purchases: Sequence[PastPurchase]) -> None:
        keep = ImportPurchases(self.store, self.clock, self.chance)
        destination = Destination(programme=self.programme, outlet=self.outlet)
        for start in range(0, len(purchases), PURCHASES_AT_ONCE):
            await keep(destination, purchases[start : start + PURCHASES_AT_ONCE])
        await RecountMembers(self.store)(self.programme.id)

    async def _members(self, keys: Sequence[MemberKey]) -> list[Member]:
        reading = self.store.reading.members
        found = [await reading.by_external(self.programme.id, key.external_id or "") for key in keys]
        return [member for member in found if member is not None]

    async def _give_points(self, work: Work, purchases: Sequence[PastPurchase], until: datetime) -> None:
        dice = Random(self.seed)  # noqa: S311 - made here, for a transaction may run its body again
        by_member = sorted(purchases, key=lambda purchase: (purchase.member.external_id or "", purchase.at))
        bought = {key.external_id: list(some) for key, some in groupby(by_member, key=lambda purchase: purchase.member)}
        known = await work.imports.members(self.programme.id, [MemberKey(external_id=number) for number in bought])
        for key, member in sorted(known.items(), key=lambda pair: pair[0].external_id or ""):
            await give_points(
                work,
                self.programme,
                self.outlet,
                member,
                bought[key.external_id],
                dice=dice,
                until=until,
                chance=self.chance,
            )
