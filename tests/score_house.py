"""A shop with a past: members with habits of their own, their purchases imported, for the tests of the night shift."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from offers.engine.calendar import business_day
from offers.flows.import_purchases import Destination, ImportPurchases
from offers.model.history import MemberKey, PastPurchase
from offers.model.ids import MemberId
from offers.model.programme import Programme
from offers.model.purchase import ReceiptLine
from offers.store.store import Store
from scoring.nightly.shift import NightWishes
from service.night.shift import NightReport, NightShift, Step
from service.now import chance
from tests.ledger_house import ZONE, LedgerHouse

AS_OF = date(2026, 3, 13)
_BEGAN = datetime(2025, 3, 1, 6, tzinfo=UTC)
_AT_ONCE = 500


@dataclass(slots=True)
class ScoreHouse:
    """`faithful` members come every few days, mornings, for coffee; `lost` ones stopped half a year ago."""

    ledger: LedgerHouse
    folder: Path

    @property
    def store(self) -> Store:
        return self.ledger.store

    @property
    def programme(self) -> Programme:
        return self.ledger.programme

    async def open(self) -> None:
        await self.store.reading.programmes.keep(self.programme)
        await self.store.reading.programmes.add_outlet(self.ledger.till.outlet)

    async def fill(self, *, members: int, seed: int = 1) -> None:
        """Import a year: the even members are faithful, the odd ones lost."""
        draw = random.Random(seed)  # noqa: S311 - a made up past
        bought = [purchase for number in range(members) for purchase in _habit(number, draw)]
        destination = Destination(programme=self.programme, outlet=self.ledger.till.outlet, enrol=True)
        flow = ImportPurchases(self.store, self.ledger.clock, chance)
        for first in range(0, len(bought), _AT_ONCE):
            await flow(destination, bought[first : first + _AT_ONCE])

    async def member(self, number: int) -> MemberId:
        found = await self.store.reading.imports.members(self.programme.id, [_key(number)])
        return found[_key(number)].id

    async def night(
        self, as_of: date = AS_OF, *, steps: set[Step] | None = None, retrain: bool = False, model_days: int = 7
    ) -> NightReport:
        """Let a night pass; `steps` learns what was worked at."""
        seen: set[Step] = set() if steps is None else steps
        shift = NightShift(self.store, self.ledger.clock, self.folder, model_days)
        return await shift(self.programme, wishes(as_of), watch=lambda step, *_: seen.add(step), retrain=retrain)


def wishes(as_of: date = AS_OF) -> NightWishes:
    return NightWishes(as_of=as_of, horizon_days=30, zone=ZONE, seed=0, threads=1)


def _key(number: int) -> MemberKey:
    return MemberKey(external_id=f"S-{number}")


def _habit(number: int, draw: random.Random) -> list[PastPurchase]:
    faithful = number % 2 == 0
    day, last = draw.uniform(0, 60), 377.0 if faithful else 190.0
    found = []
    while day < last:
        at = _BEGAN + timedelta(days=int(day), hours=draw.randint(0, 3) if faithful else draw.randint(9, 12))
        price = draw.randint(200, 400) * 100
        line = ReceiptLine(
            sku="latte" if faithful else "cake",
            category="coffee" if faithful else "pastry",
            quantity=Decimal(1),
            unit_price_minor=price,
            total_minor=price,
            discount_minor=0,
            redeemed_minor=0,
            payable_minor=price,
            points_accrued=0,
        )
        found.append(
            PastPurchase(
                member=_key(number),
                order_ref=f"{number}-{len(found)}",
                business_day=business_day(at, ZONE),
                at=at,
                lines=(line,),
            )
        )
        day += draw.expovariate(1 / 7) + 1
    return found
