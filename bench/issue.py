"""A card of another design for 100,000 members: cards a second, and whether the memory stays flat.

`python -m bench.issue [COUNT]`. Beside it: a bare insert of such documents. Process and MongoDB share the cores.
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from offers.engine.new_card import new_card, new_card_for
from offers.engine.starter_designs import starter_design
from offers.flows.issue_cards import IssueCards
from offers.flows.open_programme import Opening, OpenProgramme
from offers.model.ids import MemberId, new_id
from offers.model.issuance import AtGoogle, IssueWish
from offers.model.member import Member
from offers.model.programme import Language, LocalText, Programme, Terms
from offers.store.codec import to_document
from offers.store.store import Store
from service.now import chance, now
from service.opening import open_store
from service.settings import Settings

COUNT = 100_000
CHUNK = 2_000
_MIB = 1024 * 1024


async def measure(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        async with open_store(Settings(data_folder=Path(name))) as opened:
            programme = await open_programme(opened.store)
            await add_members(opened.store, programme, count)
            for whose in (AtGoogle.NOBODY, AtGoogle.EVERYBODY):
                await _issue(opened.store, programme, count, whose)
            await _bare(opened.store, programme, count)


async def _issue(store: Store, programme: Programme, count: int, whose: AtGoogle) -> None:
    design = f"gift-{whose.value}"
    await store.reading.designs.keep(starter_design(programme.id, slug=design))
    issue_cards = IssueCards(store, now, chance)
    ended = await issue_cards.begin(programme, IssueWish(design=design, at_google=whose))
    began, memory = time.perf_counter(), [resident_mib()]
    async for stage in issue_cards.walk(ended):
        ended = stage
        if ended.looked_at * 4 // count >= len(memory):
            memory.append(resident_mib())
    took_s = time.perf_counter() - began
    assert ended.issued == count == await store.database["cards"].count_documents({"design": design})
    told = ", ".join(f"{each:.0f}" for each in memory)
    print(f"{count:,} cards issued ({whose.value} at Google): {took_s:.1f} s, {count / took_s:,.0f} a second")
    print(f"  memory at each quarter, MiB: {told}; grown by {memory[-1] - memory[1]:.0f} MiB after the first quarter")


async def _bare(store: Store, programme: Programme, count: int) -> None:
    """Insert such documents without asking whose they are."""
    collection = await store.database.create_collection("bare_cards")
    await collection.create_index("serial", unique=True)
    await collection.create_index("member_id")
    await collection.create_index("issue_key", unique=True)
    began = time.perf_counter()
    for first in range(0, count, CHUNK):
        at = now()
        cards = [
            new_card_for(programme.id, MemberId(f"{number:020}"), at, chance)
            for number in range(first, min(count, first + CHUNK))
        ]
        await collection.insert_many([to_document(card) for card in cards])
    took_s = time.perf_counter() - began
    print(f"a bare insert of such cards: {took_s:.1f} s, {count / took_s:,.0f} a second")


async def open_programme(store: Store) -> Programme:
    opening = Opening(
        slug="bench",
        name=LocalText(ru="Проба", en="Bench"),
        currency="RUB",
        zone="Europe/Moscow",
        terms=Terms(),
        merchant_name="Bench",
        outlet_name="Bench",
    )
    return (await OpenProgramme(store, now, chance)(opening)).programme


async def add_members(store: Store, programme: Programme, count: int) -> None:
    for first in range(0, count, CHUNK):
        at = now()
        members = [
            Member(
                id=MemberId(new_id(at, chance)),
                programme_id=programme.id,
                language=Language.RU,
                source="bench",
                enrolled_at=at,
            )
            for _ in range(first, min(count, first + CHUNK))
        ]
        cards = [new_card(member, at, chance) for member in members]
        await store.reading.imports.add_members(members, cards)


def resident_mib() -> float:
    """Give the memory this process holds, its MongoDB not counted."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MIB


def main() -> None:
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT))


if __name__ == "__main__":
    main()
