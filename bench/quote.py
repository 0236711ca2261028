"""What a quote costs with 200 active offers and a basket of twenty lines: processor time to decide, time to answer.

`decide` is measured alone, then the whole quote on the embedded MongoDB: rulebook, card, member, account and budgets
looked up, the price decided and kept; one till after another, then eight at once.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import uvloop

from bench.offers import LINES, OFFERS, basket_lines, offers
from bench.till import PROGRAMME, TILL, enrol_members
from offers.engine.decide import decide
from offers.engine.ready_rulebook import make_ready
from offers.flows.enrol_member import Enrolment
from offers.flows.quote_purchase import QuotePurchase
from offers.flows.set_budget import SetBudget
from offers.model.budget import Budget, BudgetId, Measure
from offers.model.decision import Basket
from offers.model.facts import Facts
from offers.model.member import Birthday
from offers.model.rules import Rules
from offers.store.store import Store
from service.now import chance, now
from service.opening import open_store
from service.settings import Settings

QUOTES = 400
TILLS = 8
BUDGETS = 20
RULES = Rules(programme_id=PROGRAMME.id, edition=1, offers=offers())
BASKET = Basket(lines=basket_lines(), currency=PROGRAMME.currency)


async def measure() -> None:
    decide_alone()
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Settings(data_folder=Path(folder))) as opened:
            store = opened.store
            members = await enrol_members(store, TILLS)
            await store.reading.rulebooks.keep(RULES, at=now())
            await add_budgets(store)
            await quote(store, members[0])
            for tills in (1, TILLS):
                await answer_times(store, members[:tills])


def decide_alone() -> None:
    """Decide again and again: nothing but the processor."""
    ready = make_ready(RULES.rulebook(PROGRAMME))
    facts = Facts(
        outlet_id=TILL.outlet.id, zone=TILL.outlet.zone, points_available=500, spend_minor=150_000, purchases=4,
        birthday=Birthday(month=11, day=20),
    )  # fmt: skip
    spent_ms = []
    for _ in range(QUOTES):
        started = time.process_time_ns()
        decision = decide(ready, facts, BASKET, now())
        spent_ms.append((time.process_time_ns() - started) / 1e6)
    applied = len(decision.offers)
    print(f"{OFFERS} offers, {LINES} lines: {applied} applied, {len(decision.explain)} lines of explanation")
    print(f"decide: {statistics.median(spent_ms):.2f} ms of CPU, p95 {percentile(spent_ms, 95):.2f} (aim 5.00)")


async def answer_times(store: Store, members: list[Enrolment]) -> None:
    """Let every till quote one basket after another, all tills at once."""
    took_ms: list[float] = []

    async def till(member: Enrolment) -> None:
        for _ in range(QUOTES // len(members)):
            started = time.perf_counter()
            await quote(store, member)
            took_ms.append((time.perf_counter() - started) * 1e3)

    cpu_s = time.process_time()
    await asyncio.gather(*(till(member) for member in members))
    cpu_ms = (time.process_time() - cpu_s) * 1e3 / len(took_ms)
    print(
        f"quote, {len(members)} at once: p50 {percentile(took_ms, 50):.1f} ms, p95 {percentile(took_ms, 95):.1f} ms, "
        f"{cpu_ms:.2f} ms of CPU each"
    )


async def quote(store: Store, member: Enrolment) -> None:
    await QuotePurchase(store, now, chance)(TILL, member.card.id, BASKET)


async def add_budgets(store: Store) -> None:
    for number in range(BUDGETS):
        budget = Budget(
            id=BudgetId(""), programme_id=PROGRAMME.id, owner=f"offer:offer-{number * 7}", name=f"budget {number}",
            measure=Measure.USES, cap=10**9, zone="UTC", created_at=now(),
        )  # fmt: skip
        await SetBudget(store, now, chance).add(budget)


def percentile(values: list[float], rank: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * rank // 100)]


def main() -> None:
    uvloop.run(measure())


if __name__ == "__main__":
    main()
