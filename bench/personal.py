"""A personal offer for each of 100,000 members: the dry run, and issuing what it decided, with memory at each quarter.

`python -m bench.personal [COUNT]`. Beside it: a bare insert of such coupons. Process and MongoDB share the cores.
"""

import asyncio
import random
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from bench.issue import CHUNK, add_members, open_programme, resident_mib
from offers.flows.change_offers import ChangeOffers
from offers.flows.issue_personal import IssuePersonal
from offers.flows.publish_scores import PublishScores
from offers.flows.rule_kinds import TEMPLATE
from offers.model.condition import AllOf
from offers.model.offer import OfferState, offer_id
from offers.model.personal import Guardrails, PercentLevels, Template
from offers.model.personal_run import PersonalRun
from offers.model.programme import LocalText, Programme
from offers.model.scores import MemberScores, ScoreRun, ScoreRunId
from offers.store.store import Store
from service.now import chance, now
from service.opening import open_store
from service.personal.rehearse import RehearsePersonal
from service.settings import Settings

COUNT = 100_000
CODE = "come-back"
STAFF = "bench"


async def measure(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        async with open_store(Settings(data_folder=Path(name))) as opened:
            store = opened.store
            programme = await open_programme(store)
            await add_members(store, programme, count)
            await _score(store, programme, count)
            await _put_template(store, programme)
            run = await _rehearse(store, programme)
            await _issue(store, programme, run)
            await _bare(store)


async def _rehearse(store: Store, programme: Programme) -> PersonalRun:
    began, before = time.perf_counter(), resident_mib()
    run = await RehearsePersonal(store, now, chance)(programme, CODE, staff_id=STAFF)
    took_s, decided = time.perf_counter() - began, run.rehearsal.decided
    print(f"dry run over {decided:,} members: {took_s:.1f} s, {decided / took_s:,.0f} a second")
    print(f"  memory before and after, MiB: {before:.0f}, {resident_mib():.0f}")
    return run


async def _issue(store: Store, programme: Programme, run: PersonalRun) -> None:
    issue = IssuePersonal(store, now, chance)
    run = await issue.begin(programme, run.id, staff_id=STAFF)
    began, memory = time.perf_counter(), [resident_mib()]
    async for stage in issue.walk(programme, run):
        run = stage
        if run.looked_at * 4 // run.rehearsal.decided >= len(memory):
            memory.append(resident_mib())
    took_s = time.perf_counter() - began
    assert run.issued == await store.database["coupons"].count_documents({})
    told = ", ".join(f"{each:.0f}" for each in memory)
    print(
        f"{run.looked_at:,} members dealt with, {run.issued:,} coupons issued: {took_s:.1f} s, "
        f"{run.looked_at / took_s:,.0f} members a second"
    )
    print(f"  memory at each quarter, MiB: {told}; grown by {memory[-1] - memory[1]:.0f} MiB after the first quarter")


async def _bare(store: Store) -> None:
    """Insert the same documents without deciding, logging or telling anybody anything."""
    bare = await store.database.create_collection("bare_coupons")
    await bare.create_index([("programme_id", 1), ("owner", 1), ("grant_key", 1)], unique=True)
    await bare.create_index([("owner", 1), ("_id", -1)])
    coupons = [coupon async for coupon in store.database["coupons"].find()]
    began = time.perf_counter()
    for first in range(0, len(coupons), CHUNK):
        await bare.insert_many(coupons[first : first + CHUNK])
    took_s = time.perf_counter() - began
    print(f"a bare insert of such coupons: {took_s:.1f} s, {len(coupons) / took_s:,.0f} a second")


async def _score(store: Store, programme: Programme, count: int) -> None:
    """Let everybody be somewhat asleep, each in a way of their own."""
    dice = random.Random(0)  # noqa: S311 -- whom an offer suits
    run = ScoreRun(
        id=ScoreRunId("bench"), programme_id=programme.id, as_of=date(2026, 1, 1), horizon_days=30, model="bench",
        fingerprint="bench", members=count, made_at=now(),
    )  # fmt: skip
    ids = [each["_id"] async for each in store.database["members"].find({}, {"_id": 1})]
    rows = (
        MemberScores(
            run_id=run.id, member_id=member_id, programme_id=programme.id, buys_again_bp=dice.randrange(500, 4_000),
            purchases_centi=dice.randrange(10, 90), spend_minor=dice.randrange(3_000, 90_000), segment="sleeping",
        )
        for member_id in ids
    )  # fmt: skip
    await PublishScores(store, now)(run, rows)


async def _put_template(store: Store, programme: Programme) -> None:
    template = Template(
        id=offer_id(programme.id, CODE), programme_id=programme.id, version=1, code=CODE,
        title=LocalText(ru="Возвращайтесь", en="Come back"), levels=PercentLevels(rates_bp=(500, 1_000, 1_500)),
        guardrails=Guardrails(margin_bp=6_000), budget_minor=10**10, condition=AllOf(conditions=()),
        state=OfferState.ACTIVE, explore_bp=1_000,
    )  # fmt: skip
    await ChangeOffers(store, now).put(programme, TEMPLATE, template, staff_id=STAFF)


def main() -> None:
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT))


if __name__ == "__main__":
    main()
