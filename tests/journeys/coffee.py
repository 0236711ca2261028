"""The sample coffee house with all it runs on in this process: what `tessera demo` opens, on a given database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from offers.engine.card_codes import link_token
from offers.flows.look_at_card import CardSight, LookAtCard
from offers.model.ids import MemberId
from offers.model.programme import Language, Terms
from sandbox.phone.page.server import PhonePage
from sandbox.phone.surroundings import Owner
from sandbox.sample.load import SLUG, Sample, load_sample
from service.cli.stand_ins import HOST, StandIns, free_port, open_stand_ins, stand_in_settings, surroundings
from service.house import House, open_house
from service.now import chance, now
from service.settings import MongoSettings
from tests.journeys.running import running

READABLE = range(150, 800)
"""Points that both languages write without a separator, and enough to spend some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coffee:
    """The running coffee house. Every walk takes a member of its own."""

    house: House
    stand_ins: StandIns
    sample: Sample
    phone_port: int
    taken: set[MemberId] = field(default_factory=set)

    @property
    def url(self) -> str:
        return self.house.settings.web.public_url

    @property
    def key(self) -> str:
        """The key of the sample till."""
        return self.sample.till_key

    def link(self, sight: CardSight) -> str:
        return f"{self.url}/c/{link_token(sight.card.id, self.house.code_key)}"

    async def someone(self, language: str, *, about_to_spend_minor: int) -> CardSight:
        """Give the card of a member nobody took yet, with points to spend and no new level within reach."""
        look = LookAtCard(self.house.store, self.house.code_key, now)
        for member in self.sample.members:
            if member.id in self.taken or member.language is not Language(language):
                continue
            if _reaches_level(self.sample.programme.terms, member.counters.spend_minor, about_to_spend_minor):
                continue
            sight = await look.by_member(member.id)
            if sight.account and sight.account.balance in READABLE:
                self.taken.add(member.id)
                return sight
        raise LookupError(f"the sample has no more such member who speaks {language}")

    @asynccontextmanager
    async def phone(self, owner: Owner) -> AsyncIterator[PhonePage]:
        """Open the phone where the links to the bot lead."""
        around = surroundings(self.stand_ins, self.house.settings, programme=SLUG)
        async with PhonePage(around, owner=owner, port=self.phone_port) as phone:
            yield phone


@asynccontextmanager
async def open_coffee(mongo: MongoSettings, folder: Path) -> AsyncIterator[Coffee]:
    """Load the sample and run every role beside the stand-ins."""
    phone_port = free_port(0)
    async with open_stand_ins(folder) as stand_ins:
        settings = stand_in_settings(
            stand_ins,
            folder=folder,
            port=free_port(0),
            programme=SLUG,
            phone_url=f"http://{HOST}:{phone_port}/t",
            mongo=mongo,
        )
        async with open_house(settings) as house:
            sample = await load_sample(house.store, clock=now, chance=chance, until=now())
            async with running(house):
                yield Coffee(house=house, stand_ins=stand_ins, sample=sample, phone_port=phone_port)


def _reaches_level(terms: Terms, spend_minor: int, more_minor: int) -> bool:
    return any(spend_minor < level.spend_threshold_minor <= spend_minor + more_minor for level in terms.levels)
