"""Enrolling on the real MongoDB: a person becomes one member with one card, however often and however they come."""

import asyncio
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from offers.flows.enrol_member import Application, EnrolMember, Enrolment, Given
from offers.model.consent import Purpose
from offers.model.errors import ConsentMissing, ContactTaken
from offers.model.ids import ProgrammeId
from offers.model.member import Birthday
from offers.model.message import Lane
from offers.model.programme import Language, LocalText, Programme, Terms
from offers.store.store import Store
from tests.clock import SettableClock

PHONE = "+79161234567"
PROGRAMME = Programme(
    id=ProgrammeId("p1"),
    slug="coffee",
    name=LocalText(ru="Кофейня", en="Coffee house"),
    currency="RUB",
    zone="Europe/Moscow",
    terms=Terms(),
)
ELSEWHERE = replace(PROGRAMME, id=ProgrammeId("p2"), slug="bakery")
PERSONAL_DATA = Given(purpose=Purpose.PERSONAL_DATA, text_version="1", text_digest="a" * 64, proof="page")
ADVERTISING = Given(purpose=Purpose.ADVERTISING, text_version="1", text_digest="b" * 64, proof="page")
BY_PAGE = Application(
    language=Language.RU, source="poster", consents=(PERSONAL_DATA,), phone=PHONE, key="join:one submission"
)
BY_BOT = Application(language=Language.EN, source="bot", consents=(PERSONAL_DATA,), telegram_id=7)


@pytest.fixture
def enrol(store: Store, clock: SettableClock) -> EnrolMember:
    return EnrolMember(store, clock, secrets.token_bytes)


async def members(database: AsyncDatabase[dict[str, Any]]) -> list[dict[str, Any]]:
    return [document async for document in database["members"].find().limit(100)]


async def test_a_new_member_gets_a_card_and_proof_of_every_consent(
    store: Store, enrol: EnrolMember, clock: SettableClock
) -> None:
    birthday = Birthday(month=2, day=29)
    application = replace(BY_PAGE, birthday=birthday, consents=(PERSONAL_DATA, ADVERTISING))

    enrolment = await enrol(PROGRAMME, application)

    assert enrolment.is_new
    kept = await store.reading.members.get(enrolment.member.id)
    assert kept == enrolment.member
    assert (kept.phone, kept.source, kept.language, kept.birthday) == (PHONE, "poster", Language.RU, birthday)
    assert await store.reading.cards.of_member(kept.id) == enrolment.card
    consents = await store.reading.consents.of_member(kept.id)
    assert {(consent.purpose, consent.text_digest, consent.proof) for consent in consents} == {
        (Purpose.PERSONAL_DATA, "a" * 64, "page"),
        (Purpose.ADVERTISING, "b" * 64, "page"),
    }
    assert all(consent.granted and consent.at == clock() and consent.language is Language.RU for consent in consents)
    assert await store.reading.outbox.waiting(Lane.EVENTS) == 1


async def test_without_consent_to_personal_data_nothing_is_kept(
    database: AsyncDatabase[dict[str, Any]], enrol: EnrolMember
) -> None:
    with pytest.raises(ConsentMissing):
        await enrol(PROGRAMME, replace(BY_PAGE, consents=(ADVERTISING,)))

    assert await members(database) == []


async def test_a_phone_typed_by_somebody_else_does_not_open_the_card(enrol: EnrolMember) -> None:
    await enrol(PROGRAMME, BY_PAGE)

    with pytest.raises(ContactTaken):
        await enrol(PROGRAMME, replace(BY_PAGE, key="join:another submission"))
    with pytest.raises(ContactTaken):
        await enrol(PROGRAMME, replace(BY_PAGE, key=None))


async def test_a_member_enrolled_without_a_key_is_not_recognised_by_having_none(enrol: EnrolMember) -> None:
    await enrol(PROGRAMME, replace(BY_PAGE, key=None))

    with pytest.raises(ContactTaken):
        await enrol(PROGRAMME, replace(BY_PAGE, key=None))


async def test_the_same_submission_sent_again_opens_the_same_card(
    database: AsyncDatabase[dict[str, Any]], enrol: EnrolMember
) -> None:
    first = await enrol(PROGRAMME, BY_PAGE)

    again = await enrol(PROGRAMME, BY_PAGE)

    assert (again.card, again.is_new) == (first.card, False)
    assert await database["consents"].count_documents({}) == 1


async def test_a_phone_is_one_member_in_each_programme(
    database: AsyncDatabase[dict[str, Any]], enrol: EnrolMember
) -> None:
    here = await enrol(PROGRAMME, BY_PAGE)

    there = await enrol(ELSEWHERE, BY_PAGE)

    assert there.is_new
    assert there.member.id != here.member.id
    assert len(await members(database)) == 2


async def test_a_phone_shared_in_telegram_opens_the_card_made_on_the_page(store: Store, enrol: EnrolMember) -> None:
    by_page = await enrol(PROGRAMME, BY_PAGE)

    by_bot = await enrol(PROGRAMME, replace(BY_BOT, phone=PHONE))

    assert (by_bot.card, by_bot.is_new) == (by_page.card, False)
    kept = await store.reading.members.by_telegram(PROGRAMME.id, 7)
    assert kept == by_bot.member
    assert kept.phone == PHONE


async def test_a_telegram_member_who_shares_a_phone_owns_it(store: Store, enrol: EnrolMember) -> None:
    first = await enrol(PROGRAMME, BY_BOT)

    again = await enrol(PROGRAMME, replace(BY_BOT, phone=PHONE))

    assert again.card == first.card
    kept = await store.reading.members.by_phone(PROGRAMME.id, PHONE)
    assert kept == again.member


async def test_a_phone_and_a_telegram_account_of_two_members_are_not_mixed(enrol: EnrolMember) -> None:
    await enrol(PROGRAMME, BY_PAGE)
    await enrol(PROGRAMME, BY_BOT)

    with pytest.raises(ContactTaken):
        await enrol(PROGRAMME, replace(BY_BOT, phone=PHONE))


async def test_a_phone_bound_to_one_telegram_account_is_not_given_to_another(enrol: EnrolMember) -> None:
    await enrol(PROGRAMME, replace(BY_BOT, phone=PHONE))

    with pytest.raises(ContactTaken):
        await enrol(PROGRAMME, replace(BY_BOT, phone=PHONE, telegram_id=8))


async def test_a_recognised_member_keeps_new_consents_once(
    store: Store, enrol: EnrolMember, clock: SettableClock
) -> None:
    enrolment = await enrol(PROGRAMME, BY_BOT)
    clock.move(timedelta(days=1))
    reworded = replace(PERSONAL_DATA, text_version="2", text_digest="c" * 64, proof="update 5")
    later = replace(BY_BOT, consents=(reworded, ADVERTISING))

    await enrol(PROGRAMME, later)
    await enrol(PROGRAMME, later)

    consents = await store.reading.consents.of_member(enrolment.member.id)
    assert [(consent.purpose, consent.text_version) for consent in consents] == [
        (Purpose.PERSONAL_DATA, "1"),
        (Purpose.PERSONAL_DATA, "2"),
        (Purpose.ADVERTISING, "1"),
    ]


@pytest.mark.parametrize("application", [BY_PAGE, BY_BOT, replace(BY_BOT, phone=PHONE)])
async def test_ten_at_once_enrol_one(
    store: Store, database: AsyncDatabase[dict[str, Any]], enrol: EnrolMember, application: Application
) -> None:
    enrolments = await asyncio.gather(*(enrol(PROGRAMME, application) for _ in range(10)))

    assert len({enrolment.card.id for enrolment in enrolments}) == 1
    assert sum(enrolment.is_new for enrolment in enrolments) == 1
    assert len(await members(database)) == 1
    assert await database["cards"].count_documents({}) == 1
    assert await database["consents"].count_documents({}) == 1
    assert await store.reading.outbox.waiting(Lane.EVENTS) == 1


async def test_of_ten_submissions_of_one_phone_at_once_one_enrols(
    database: AsyncDatabase[dict[str, Any]], enrol: EnrolMember
) -> None:
    applications = [replace(BY_PAGE, key=f"join:{number}") for number in range(10)]

    answers = await asyncio.gather(*(enrol(PROGRAMME, each) for each in applications), return_exceptions=True)

    enrolled = [answer for answer in answers if isinstance(answer, Enrolment)]
    assert len(enrolled) == 1
    assert all(isinstance(answer, ContactTaken) for answer in answers if answer is not enrolled[0])
    assert len(await members(database)) == 1


async def test_the_page_and_the_bot_at_once_make_one_member(
    database: AsyncDatabase[dict[str, Any]], enrol: EnrolMember
) -> None:
    """Either may be first: the bot then opens the page's card, or the page is told that the phone is taken."""
    answers = await asyncio.gather(
        *(enrol(PROGRAMME, each) for each in (BY_PAGE, replace(BY_BOT, phone=PHONE))), return_exceptions=True
    )

    assert len(await members(database)) == 1
    assert isinstance(answers[1], Enrolment)
    assert isinstance(answers[0], Enrolment | ContactTaken)
