"""What is asked again and again is found by an index: none of it walks through a whole collection."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from offers.model.history import MemberKey
from offers.model.ids import CardId, CheckoutId, MemberId, ProgrammeId
from offers.model.message import Lane, Priority
from offers.model.personal_run import PersonalRunId
from offers.model.purchase import Purchase
from offers.model.returns import ReturnRequest
from offers.model.take import TakeKind
from offers.store.exposures import Draws
from offers.store.indexes import ensure_indexes
from offers.store.store import Store
from offers.store.work import Work
from tests.coffee_house import TILL

pytestmark = pytest.mark.asyncio(loop_scope="session")
AT = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
HOUSE, ANNA = ProgrammeId("p1"), MemberId("m1")
DRAWS = Draws(programme_id=HOUSE, campaign="personal:win-back", since=AT, until=AT + timedelta(days=1), without=["r1"])

OUTLET = TILL.outlet.id
SALE = Purchase(
    card_id=CardId("c1"),
    order_ref="A-7",
    business_day="2026-03-14",
    lines=(),
    currency="RUB",
    points_to_redeem=0,
    at=AT,
    body_digest="d",
    idempotency_key="k-7",
)
RETURN = ReturnRequest(return_ref="R-7", goods=None, body_digest="d", idempotency_key="k-7")

Question = Callable[[Work], Awaitable[Any]]


async def whole(found: AsyncIterator[Any]) -> list[Any]:
    return [each async for each in found]


QUESTIONS: dict[str, Question] = {
    "levels that are due": lambda work: work.members.levels_due(HOUSE, before=AT, limit=10),
    "counters that are due": lambda work: work.imports.due_for_recount(HOUSE, limit=10),
    "points that come alive": lambda work: work.accounts.due("next_activation_at", before=AT, limit=10),
    "points that expire": lambda work: work.accounts.due("next_expiry_at", before=AT, limit=10),
    "points to remind of": lambda work: work.accounts.due("next_reminder_for", before=AT, limit=10, programme_id=HOUSE),
    "quotes whose hold is over": lambda work: work.quotes.lapsed(AT, limit=10),
    "takes whose time is over": lambda work: work.takes.lapsed(AT, limit=10),
    "takes of a pocket": lambda work: work.takes.lapsed(AT, pocket="b1", limit=10),
    "marks on coupons": lambda work: work.coupons.stale_marks(AT, limit=10),
    "marks on budgets": lambda work: work.budgets.stale_marks(AT, limit=10),
    "marks on vouchers": lambda work: work.vouchers.stale_marks(AT, limit=10),
    "what a voucher holds": lambda work: work.takes.held_of(TakeKind.VOUCHER, "v1"),
    "coupons that expire": lambda work: work.coupons.ended(AT, limit=10),
    "a member's coupons": lambda work: work.coupons.of_member(ANNA, limit=10),
    "a member's card": lambda work: work.cards.of_member(ANNA),
    "all cards of a member": lambda work: work.cards.all_of_member(ANNA),
    "the outbox": lambda work: work.outbox.oldest_due(Lane.APPLE, Priority.BALANCE, at=AT),
    "cards to tell again": lambda work: work.shown.due_for_healing(at=AT, limit=10),
    "stale cards": lambda work: work.shown.stale(HOUSE, owed_before=AT, after=(AT, CardId("c1")), limit=10),
    "how many cards are stale": lambda work: work.shown.count_stale(HOUSE, owed_before=AT),
    "layers that turn": lambda work: work.layers.due(at=AT, limit=10),
    "the next turn": lambda work: work.layers.next_turn(),
    "who was merged into a member": lambda work: work.exports.merged_into(ANNA),
    "who got a personal offer": lambda work: work.personal.rested(HOUSE, since=AT),
    "who of some got one": lambda work: work.personal.rested(HOUSE, since=AT, among=[ANNA]),
    "a page of a run": lambda work: work.personal.picks(PersonalRunId("r1"), after=ANNA, limit=10),
    "runs that were issued": lambda work: whole(work.personal.issued(HOUSE, until=AT)),
    "a run's coupons": lambda work: whole(work.coupon_lives.of_run(PersonalRunId("r1"), until=AT, share=0.1)),
    "campaigns": lambda work: work.exposures.campaigns(HOUSE),
    "how many draws": lambda work: work.exposures.count(DRAWS),
    "the last draw": lambda work: work.exposures.last(DRAWS, before=3),
    "draws of some members": lambda work: whole(work.exposures.stream(DRAWS, share=0.1)),
}


NAMED: dict[str, tuple[str, Question]] = {
    "a member by phone": ("phone", lambda work: work.members.by_phone(HOUSE, "+79990000000")),
    "a member by Telegram": ("telegram_id", lambda work: work.members.by_telegram(HOUSE, 7_000)),
    "a member by their own number": ("external_id", lambda work: work.members.by_external(HOUSE, "U-7")),
    "a member by their invitation": ("referral_code", lambda work: work.members.by_referral_code(HOUSE, "ANNA")),
    "members of a file": ("external_id", lambda work: work.imports.members(HOUSE, [MemberKey(external_id="U-7")])),
    "members of a file by phone": ("phone", lambda work: work.imports.members(HOUSE, [MemberKey(phone="+7999")])),
    "counters that are due": ("recount_due", lambda work: work.imports.due_for_recount(HOUSE, limit=10)),
    "a sale told again": ("idempotency_key", lambda work: work.receipts.find(OUTLET, SALE)),
    "a return told again": ("idempotency_key", lambda work: work.returns.find(OUTLET, CheckoutId("s"), RETURN)),
    "codes asked for again": ("request_key", lambda work: work.vouchers.batch_asked_by(HOUSE, "k-7")),
}
"""With the field whose index has to answer: others begin with the programme or the outlet, and hold all of it."""


async def fill(store: Store) -> None:
    """Enough documents for a plan to be chosen by what it costs."""
    numbers = range(200)
    people = [{"phone": f"+7{number}", "telegram_id": number + 1, "external_id": f"U{number}"} for number in numbers]
    await store.database["members"].insert_many(
        [{**one, "programme_id": HOUSE, "referral_code": one["phone"]} for one in people]
    )
    for name in ("receipts", "returns"):
        places = [{"business_day": "2026-03-14", "order_ref": f"{number}", "return_ref": "r"} for number in numbers]
        keys = [{"outlet_id": OUTLET, "checkout_id": f"{number}", "idempotency_key": f"{number}"} for number in numbers]
        await store.database[name].insert_many([a | b for a, b in zip(places, keys, strict=True)])
    await store.database["voucher_batches"].insert_many(
        [{"programme_id": HOUSE, "request_key": f"{number}"} for number in numbers]
    )


async def plans_of(store: Store, question: Question) -> list[str]:
    """Ask with MongoDB's profiler on; gives how each part of it was planned."""
    database = store.database
    await database.command({"profile": 1, "slowms": -1, "filter": {"planSummary": {"$exists": True}}})
    try:
        await question(store.reading)
        return [each["planSummary"] async for each in database["system.profile"].find({}, {"planSummary": 1})]
    finally:
        await database.command({"profile": 0, "slowms": 1_000, "filter": "unset"})
        await database["system.profile"].drop()


async def test_an_index_answers_whatever_is_asked_again_and_again(store: Store) -> None:
    """A plan without an index is chosen only where no index would do, however few documents there are."""
    plans = {name: await plans_of(store, question) for name, question in QUESTIONS.items()}

    assert all(plans.values())
    assert not {name: each for name, each in plans.items() if "COLLSCAN" in each}


async def test_the_index_that_knows_the_name_answers(store: Store) -> None:
    await fill(store)

    plans = {name: await plans_of(store, question) for name, (_, question) in NAMED.items()}

    assert not {name: each for name, each in plans.items() if NAMED[name][0] not in " ".join(each)}
    assert not {name: each for name, each in plans.items() if any("COLLSCAN" in one for one in each)}


async def test_an_index_that_was_made_otherwise_is_made_anew(store: Store) -> None:
    members, names = store.database["members"], ("programme_id_1_phone_1", "programme_id_1_segments_1__id_1")
    wanted = await members.index_information()
    await members.drop_index(names[0])
    await members.create_index(
        [("programme_id", 1), ("phone", 1)], unique=True, partialFilterExpression={"phone": {"$type": "string"}}
    )

    await ensure_indexes(store.database)

    assert await members.index_information() == wanted
    assert set(names) <= set(wanted)


async def test_what_no_index_answers_is_noticed(store: Store) -> None:
    async def by_language(work: Work) -> None:
        await work.members._database["members"].find_one({"language": "ru"})

    assert await plans_of(store, by_language) == ["COLLSCAN"]
