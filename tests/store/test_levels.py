"""Levels over time on the real MongoDB: reached, kept, announced and lost, whether or not a job ran."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from bot.notices import notice
from offers.flows.agree_own_terms import AgreeOwnTerms
from offers.flows.enrol_member import Enrolment
from offers.flows.look_at_card import LookAtCard, face_of
from offers.flows.react_to_event import ReactToEvent
from offers.flows.review_levels import Reviewed, ReviewLevels
from offers.model.held_level import HeldLevel, LevelPeriod, LevelRules
from offers.model.member import OwnTerms
from offers.model.message import Lane, OutboxItem
from offers.model.programme import DiscountLevel, Language, LocalText, Terms
from offers.model.purchase import Receipt
from offers.store.store import Store
from service.sweeper import Sweeper
from tests.checkout_house import CheckoutHouse, line, open_checkout_house
from tests.clock import SettableClock
from tests.ledger_house import NOON
from tests.store.test_merge_members import merge, part

CODE_KEY = b"k" * 32
LEVELS = tuple(
    DiscountLevel(name=LocalText(ru=ru, en=en), spend_threshold_minor=threshold, discount_bp=bp, slug=en.lower())
    for ru, en, threshold, bp in (("Серебро", "Silver", 100_000, 300), ("Золото", "Gold", 500_000, 500))
)
ROLLING = LevelRules(period=LevelPeriod.ROLLING, rolling_days=365, grace_days=30)
YEARLY = LevelRules(period=LevelPeriod.CALENDAR_YEAR, grace_days=30)
LAPSE = datetime(2027, 4, 13, 21, tzinfo=UTC)
"""When a level reached at noon on 14 March 2026 is lost: a year and thirty days later, at midnight in Moscow."""


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> CheckoutHouse:
    return await open_checkout_house(store, clock, Terms(accrual_bp=100, levels=LEVELS, level_rules=ROLLING))


async def spend(house: CheckoutHouse, who: Enrolment, minor: int) -> Receipt:
    house.orders += 1
    return await house.sell(who, line(minor), order=f"S-{house.orders}")


async def held(house: CheckoutHouse, who: Enrolment) -> HeldLevel | None:
    member = await house.store.reading.members.get(who.member.id)
    assert member is not None
    return member.held_level


async def kept(house: CheckoutHouse, who: Enrolment) -> str | None:
    level = await held(house, who)
    return level.level if level else None


async def shown_bp(house: CheckoutHouse, who: Enrolment) -> int:
    sight = await LookAtCard(house.store, CODE_KEY, house.clock).by_member(who.member.id)
    return face_of(sight, code_key=CODE_KEY, at=house.clock()).discount_bp


async def quoted_bp(house: CheckoutHouse, who: Enrolment) -> int:
    return (await house.quote(who, line(1_000))).decision.discount_bp


async def review(house: CheckoutHouse) -> Reviewed:
    return await ReviewLevels(house.store, house.clock)(house.programme)


async def told(house: CheckoutHouse, lane: Lane) -> Sequence[OutboxItem]:
    items = await house.store.reading.outbox.claim(lane, claim=f"c{house.clock()}", at=house.clock(), lease_s=0)
    return [item for item in items if item.kind.startswith("Level")]


async def test_a_purchase_reaches_a_level_and_the_receipts_say_so(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)

    await spend(house, anna, 500_000)

    assert await held(house, anna) == HeldLevel(
        level="gold", since=NOON, safe_until=datetime(2027, 3, 14, 21, tzinfo=UTC)
    )
    assert (await spend(house, anna, 1_000)).discount_bp == 500


async def test_a_level_is_lost_at_its_instant_without_any_job(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    await spend(house, anna, 500_000)

    seen = []
    for at in (LAPSE - timedelta(milliseconds=1), LAPSE):
        house.clock.set_to(at)
        seen.append((await quoted_bp(house, anna), await shown_bp(house, anna)))

    assert seen == [(500, 500), (300, 300)]
    assert await kept(house, anna) == "gold", "nobody wrote it down yet"
    assert (await spend(house, anna, 1_000)).discount_bp == 300
    assert await kept(house, anna) == "silver"
    (item,) = await told(house, Lane.EVENTS)
    assert (item.payload["level_en"], item.payload["now_en"]) == ("Gold", "Silver")


async def test_only_what_was_spent_in_the_window_counts(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    await spend(house, anna, 300_000)
    house.clock.move(timedelta(days=400))

    await spend(house, anna, 250_000)

    assert await kept(house, anna) == "silver"


@pytest.mark.parametrize("way", ["void", "return"])
async def test_a_level_that_was_bought_and_brought_back_is_gone(house: CheckoutHouse, way: str) -> None:
    anna = await house.enrol(1)
    await spend(house, anna, 120_000)
    house.clock.move(timedelta(minutes=1))
    much = await spend(house, anna, 500_000)
    assert await quoted_bp(house, anna) == 500

    if way == "void":
        await house.void(much)
    else:
        returned = await house.bring_back(much)
        assert returned.is_whole

    assert await kept(house, anna) == "silver"
    assert await quoted_bp(house, anna) == 300


async def test_a_cup_that_comes_back_costs_no_level(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    await spend(house, anna, 500_000)
    before = await held(house, anna)
    house.clock.move(timedelta(days=300))
    cup = await spend(house, anna, 1_000)
    assert await held(house, anna) != before, "the purchase reached the level again"

    await house.bring_back(cup)

    assert await kept(house, anna) == "gold"
    house.clock.set_to(LAPSE)
    assert await quoted_bp(house, anna) == 300, "what came back has not prolonged it"


async def test_a_calendar_year_ends_at_the_midnight_of_the_programme(house: CheckoutHouse) -> None:
    await house.agree(level_rules=YEARLY)
    anna, boris = await house.enrol(1), await house.enrol(2)
    new_year = datetime(2026, 12, 31, 21, tzinfo=UTC)
    house.clock.set_to(new_year - timedelta(seconds=1))
    await spend(house, anna, 60_000)
    await spend(house, boris, 60_000)
    await spend(house, boris, 60_000)
    house.clock.set_to(new_year)
    await spend(house, anna, 60_000)

    assert (await kept(house, anna), await kept(house, boris)) == (None, "silver")
    house.clock.set_to(datetime(2028, 1, 30, 20, 59, tzinfo=UTC))
    assert await quoted_bp(house, boris) == 300
    house.clock.set_to(datetime(2028, 1, 30, 21, 0, tzinfo=UTC))
    assert await quoted_bp(house, boris) == 0


async def test_a_member_is_told_once_before_and_once_when_the_level_is_lost(house: CheckoutHouse) -> None:
    anna = await house.enrol(1, telegram_id=7)
    await spend(house, anna, 500_000)
    assert await review(house) == Reviewed()

    house.clock.set_to(LAPSE - timedelta(days=14))
    assert await review(house) == Reviewed(warned=1)
    assert await review(house) == Reviewed()
    (warning,) = await told(house, Lane.TELEGRAM)
    house.clock.set_to(LAPSE)
    assert await review(house) == Reviewed(lost=1)
    assert await review(house) == Reviewed()

    assert await kept(house, anna) == "silver"
    (loss,) = await told(house, Lane.EVENTS)
    assert notice(warning.kind, warning.payload, house.programme, Language.EN) == (
        "⏳ Your level “Gold” ends after 13 April unless you reach it again by then."
    )
    assert notice(loss.kind, loss.payload, house.programme, Language.RU) == (
        "Срок вашего уровня «Золото» закончился. Теперь ваш уровень – «Серебро», скидка 3 %."
    ).replace("3 %", "3\N{NO-BREAK SPACE}%")


async def test_whoever_reaches_the_level_again_is_not_warned(house: CheckoutHouse) -> None:
    anna = await house.enrol(1, telegram_id=7)
    await spend(house, anna, 500_000)
    house.clock.move(timedelta(days=370))
    await spend(house, anna, 600_000)

    house.clock.set_to(LAPSE)

    assert await review(house) == Reviewed()
    assert await kept(house, anna) == "gold"


async def test_the_sweeper_reviews_levels(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    await spend(house, anna, 100_000)
    house.clock.set_to(LAPSE)

    await Sweeper(house.store, house.clock).step()

    assert await kept(house, anna) is None
    assert [item.payload["now_en"] for item in await told(house, Lane.EVENTS)] == [""]


async def test_over_a_lifetime_nothing_is_kept_and_nothing_is_lost(house: CheckoutHouse) -> None:
    await house.agree(level_rules=LevelRules())
    anna = await house.enrol(1)
    await spend(house, anna, 500_000)
    house.clock.move(timedelta(days=3_000))

    assert (await held(house, anna), await quoted_bp(house, anna), await shown_bp(house, anna)) == (None, 500, 500)
    assert await review(house) == Reviewed()


async def test_the_card_leads_from_the_level_held_to_the_next_above(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    await spend(house, anna, 100_000)
    house.clock.set_to(LAPSE - timedelta(days=1))  # nothing counts any more, the level is still held

    sight = await LookAtCard(house.store, CODE_KEY, house.clock).by_member(anna.member.id)
    face = face_of(sight, code_key=CODE_KEY, at=house.clock())

    assert (face.level_name, face.next_level_name) == (LEVELS[0].name, LEVELS[1].name)
    assert face.missing_minor == 500_000


async def react(house: CheckoutHouse) -> Sequence[OutboxItem]:
    """Let the worker react to every event; gives what the chat is asked to say then."""
    reading = house.store.reading
    react_to = ReactToEvent(house.store, house.clock)
    for item in await reading.outbox.claim(Lane.EVENTS, claim=f"w{house.clock()}", at=house.clock(), lease_s=9):
        assert await react_to(item)
    return await reading.outbox.claim(Lane.TELEGRAM, claim=f"t{house.clock()}", at=house.clock(), lease_s=9)


async def test_the_news_of_a_lost_level_reaches_the_card_and_the_chat(house: CheckoutHouse) -> None:
    anna = await house.enrol(1, telegram_id=7)
    await spend(house, anna, 100_000)
    await react(house)
    house.clock.set_to(LAPSE)
    await review(house)
    before = await house.store.reading.cards.get(anna.card.id)

    (item,) = [said for said in await react(house) if said.kind == "LevelLost"]

    now = await house.store.reading.cards.get(anna.card.id)
    assert before is not None
    assert now is not None
    assert now.version == before.version + 1
    assert notice(item.kind, item.payload, house.programme, Language.EN) == (
        "Your level “Silver” has ended. Your purchases lead to it again."
    )


async def test_own_terms_reach_the_card_and_disturb_nobody(house: CheckoutHouse) -> None:
    anna = await house.enrol(1, telegram_id=7)
    await react(house)
    agree = AgreeOwnTerms(house.store, house.clock)

    await agree(house.programme, anna.member.id, OwnTerms(discount_bp=700), staff_id="olga")
    said = await react(house)

    card = await house.store.reading.cards.get(anna.card.id)
    assert card is not None
    assert (card.version, said) == (2, [])
    assert await shown_bp(house, anna) == 700


async def test_own_terms_are_shown_until_they_end(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    own = OwnTerms(discount_bp=1_500, until=house.clock() + timedelta(days=1))
    await house.store.reading.members.agree(anna.member.id, own)

    during = (await shown_bp(house, anna), await quoted_bp(house, anna))
    house.clock.move(timedelta(days=1))

    assert (during, await shown_bp(house, anna)) == ((1_500, 1_500), 0)


async def test_a_merge_keeps_the_better_level_and_parting_counts_again(house: CheckoutHouse) -> None:
    anna, double = await house.enrol(1), await house.enrol(2)
    await spend(house, anna, 100_000)
    await spend(house, double, 400_000)

    done = await merge(house, anna, double)
    together = (await kept(house, anna), await quoted_bp(house, anna))
    await part(house, done.id)

    assert together == ("gold", 500)
    assert (await kept(house, anna), await kept(house, double)) == ("silver", "silver")
