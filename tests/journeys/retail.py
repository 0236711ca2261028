"""A retailer with real customers: everything runs in this process beside stand-ins, the history comes from a file."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from offers.engine.card_codes import link_token
from offers.flows.look_at_card import CardSight, LookAtCard
from offers.flows.open_programme import Opened, Opening, OpenProgramme
from offers.model.programme import DiscountLevel, LocalText, Terms
from offers.store.store import Store
from sandbox.phone.device import AppleDevice
from service.cli.stand_ins import StandIns, free_port, open_stand_ins, stand_in_settings
from service.house import House, open_house
from service.now import chance, now
from service.settings import MongoSettings, Settings
from tests.journeys.running import running

DATA = Path(os.environ.get("TESSERA_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
HISTORY = DATA / "online_retail_ii_purchases.parquet"
LEVELS = (
    DiscountLevel(name=LocalText(ru="Серебро", en="Silver"), spend_threshold_minor=100_000, discount_bp=300),
    DiscountLevel(name=LocalText(ru="Золото", en="Gold"), spend_threshold_minor=500_000, discount_bp=500),
)
RETAIL = Opening(
    slug="retail",
    name=LocalText(ru="Подарки", en="Gifts"),
    currency="GBP",
    zone="Europe/London",
    merchant_name="Gifts",
    outlet_name="Gifts",
    terms=Terms(accrual_bp=500, levels=LEVELS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retail:
    """The running service and its surroundings."""

    house: House
    stand_ins: StandIns
    opened: Opened
    session: ClientSession

    @property
    def url(self) -> str:
        return self.house.settings.web.public_url

    def till(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.opened.till_key.secret}", "Accept-Language": "en"}

    def link(self, sight: CardSight) -> str:
        return f"{self.url}/c/{link_token(sight.card.id, self.house.code_key)}"

    async def customer(self, number: str) -> CardSight:
        """Give the card of a customer of the file, by the number the file knows them by."""
        programme = self.opened.programme
        member = await self.house.store.reading.members.by_external(programme.id, number)
        assert member is not None, f"customer {number} was not imported"
        return await LookAtCard(self.house.store, self.house.code_key, now).by_member(member.id)

    def device(self) -> AppleDevice:
        return AppleDevice(
            device_id="phone-1",
            push_token="ab" * 32,
            language="en",
            session=self.session,
            trust_root=self.stand_ins.identities.root_path,
        )


@asynccontextmanager
async def open_retail(store: Store, mongo_uri: str, folder: Path) -> AsyncIterator[Retail]:
    """Open the programme and run every role; the database is the test's own."""
    opened = await OpenProgramme(store, now, chance)(RETAIL)
    mongo = MongoSettings(uri=SecretStr(mongo_uri), database=store.database.name)
    async with open_stand_ins(folder) as stand_ins, ClientSession() as session:
        settings = stand_in_settings(
            stand_ins, folder=folder, port=free_port(0), programme="retail", phone_url="http://127.0.0.1", mongo=mongo
        )
        async with open_house(settings) as house, running(house):
            yield Retail(house=house, stand_ins=stand_ins, opened=opened, session=session)


async def import_history(settings: Settings, folder: Path, *options: str, ending: str) -> str:
    """Run `tessera import transactions` on the real file, in a process of its own as an operator does.

    Of the customers, those whose number ends so: how all of them are imported is a test of its own.
    """
    if not HISTORY.exists():
        pytest.skip(f"{HISTORY.name} is not in {HISTORY.parent}: set TESSERA_DATA to the folder that has it")
    assert settings.mongo.uri is not None
    some = folder / "history.parquet"
    pl.scan_parquet(HISTORY).filter(pl.col("customer_id").cast(pl.String).str.ends_with(ending)).sink_parquet(some)
    environment = {
        **os.environ,
        "TESSERA_MONGO__URI": settings.mongo.uri.get_secret_value(),
        "TESSERA_MONGO__DATABASE": settings.mongo.database,
        "LC_ALL": "en_GB.UTF-8",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "service.cli", "import", "transactions", str(some), *options),
        *("--rejected", str(folder / "rejected.csv")),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()
