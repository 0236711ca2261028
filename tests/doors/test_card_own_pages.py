"""What a member does with the card: consents, unsubscribing, purchases, language, data, friends, a lost card."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from offers.engine.card_codes import read_link_token
from offers.flows.enrol_member import Enrolment
from offers.flows.export_member import PER_DAY
from offers.flows.join_telegram import JoinTelegram
from offers.model.card import Card, CardState
from offers.model.consent import Purpose
from offers.model.programme import Language
from offers.model.referral_terms import ReferralTerms
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY, PROGRAMME
from tests.doors.member_house import PHONE, MemberHouse, open_member_house
from tests.doors.texted import last_texted, verifying
from web.limits import RateLimit

RU = {"Accept-Language": "ru", "Accept": "text/html"}


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> AsyncIterator[MemberHouse]:
    async with open_member_house(store, clock) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def enrolment(house: MemberHouse) -> Enrolment:
    return await house.enrol()


async def page(house: MemberHouse, enrolment: Enrolment, part: str, *, status: int = 200) -> str:
    answer = await house.client.get(f"{house.card_page(enrolment)}{part}", headers=RU)
    assert answer.status == status
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "no-store"
    return await answer.text()


async def press(house: MemberHouse, enrolment: Enrolment, part: str, **fields: str) -> tuple[int, str]:
    answer = await house.client.post(
        f"{house.card_page(enrolment)}{part}", data=fields, headers=RU, allow_redirects=False
    )
    return answer.status, await answer.text()


async def advertising(house: MemberHouse, enrolment: Enrolment) -> list[bool]:
    """Every word of the member about advertising, oldest first."""
    lines = await house.store.reading.consents.of_member(enrolment.member.id)
    return [line.granted for line in lines if line.purpose is Purpose.ADVERTISING]


async def test_consents_are_given_and_withdrawn_with_proof_and_twice_is_once(
    house: MemberHouse, enrolment: Enrolment
) -> None:
    for wish in ("give", "give", "withdraw", "withdraw", "give"):
        status, _ = await press(house, enrolment, f"/consents/advertising/{wish}")
        assert status == 303
        house.clock.move(timedelta(minutes=1))

    lines = [
        line
        for line in await house.store.reading.consents.of_member(enrolment.member.id)
        if line.purpose is Purpose.ADVERTISING
    ]
    assert [line.granted for line in lines] == [True, False, True]
    assert len({line.text_digest for line in lines}) == 1
    assert all(enrolment.card.id in line.proof and "127.0.0.1" in line.proof for line in lines)
    shown = await page(house, enrolment, "/consents?kept=advertising")
    assert "Записано" in shown
    assert lines[-1].text_digest in shown


async def test_the_text_shown_is_the_one_agreed_to(house: MemberHouse, enrolment: Enrolment) -> None:
    await press(house, enrolment, "/consents/advertising/give")

    shown = await page(house, enrolment, "/consents/advertising")

    assert "2026-03" in shown
    assert "Кофейня" in shown


async def test_personal_data_cannot_be_withdrawn_by_one_press(house: MemberHouse, enrolment: Enrolment) -> None:
    status, _ = await press(house, enrolment, "/consents/personal_data/withdraw")

    assert status == 404
    assert "попросите на кассе закрыть карту" in await page(house, enrolment, "/consents")


async def test_opening_the_unsubscribe_link_changes_nothing_and_one_press_does(
    house: MemberHouse, enrolment: Enrolment
) -> None:
    await press(house, enrolment, "/consents/advertising/give")
    assert "Не писать об акциях?" in await page(house, enrolment, "/unsubscribe")
    assert await advertising(house, enrolment) == [True]

    status, told = await press(house, enrolment, "/unsubscribe")

    assert status == 200
    assert "больше не пишем" in told
    assert await advertising(house, enrolment) == [True, False]


async def test_a_mail_program_unsubscribes_by_one_click_as_rfc_8058_says(
    house: MemberHouse, enrolment: Enrolment
) -> None:
    await press(house, enrolment, "/consents/advertising/give")
    address = f"{house.card_page(enrolment)}/unsubscribe"

    answers = [
        await house.client.post(
            address,
            data=b"List-Unsubscribe=One-Click",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            allow_redirects=False,
        )
        for _ in range(2)
    ]

    assert [answer.status for answer in answers] == [200, 200]
    lines = await house.store.reading.consents.of_member(enrolment.member.id)
    assert [line.granted for line in lines[-2:]] == [True, False]
    assert "One-Click" in lines[-1].proof


async def test_all_purchases_come_page_by_page(house: MemberHouse, enrolment: Enrolment) -> None:
    for amount in range(1, 24):
        await house.buy(enrolment, amount * 1_000)
    assert f"{house.card_page(enrolment)}/history" in await page(house, enrolment, "")

    first = await page(house, enrolment, "/history")
    older = first.split("/history?before=")[1].split('"')[0]
    second = await page(house, enrolment, f"/history?before={older}")

    assert (first.count('<span class="amount">'), second.count('<span class="amount">')) == (20, 3)
    assert "/history?before=" not in second
    assert (await house.client.get(f"{house.card_page(enrolment)}/history?before=nothing")).status == 404


async def test_a_new_member_reads_what_to_do_where_nothing_is_yet(house: MemberHouse, enrolment: Enrolment) -> None:
    assert "Покажите код на кассе" in await page(house, enrolment, "/history")


async def test_the_language_is_kept_with_the_member(house: MemberHouse, enrolment: Enrolment) -> None:
    status, _ = await press(house, enrolment, "/language/en")

    member = await house.store.reading.members.get(enrolment.member.id)
    assert status == 303
    assert member is not None
    assert member.language is Language.EN
    assert (await press(house, enrolment, "/language/de"))[0] == 404


async def test_everything_kept_on_the_member_comes_as_one_document_without_secrets(
    house: MemberHouse, enrolment: Enrolment
) -> None:
    other = await house.enrol(phone="+79160000001")
    await house.buy(other, 5_000)
    receipt = await house.buy(enrolment, 50_000)

    answer = await house.client.post(f"{house.card_page(enrolment)}/export")
    text = await answer.text()
    document = json.loads(text)

    assert answer.headers["Content-Disposition"] == 'attachment; filename="coffee-2026-03-11.json"'
    assert document["about"]["format"] == "tessera-member-1"
    assert [each["phone"] for each in document["member"]] == [PHONE]
    assert [each["id"] for each in document["purchases"]] == [receipt.id]
    assert document["movements"][0]["points"] == 25
    assert document["consents"][0]["proof"] == "test"
    assert document["cards"][0]["serial"] == enrolment.card.serial
    assert enrolment.card.apple_token not in text
    assert other.member.id not in text


async def test_an_export_is_made_three_times_a_day(house: MemberHouse, enrolment: Enrolment) -> None:
    address = f"{house.card_page(enrolment)}/export"
    told = [(await house.client.post(address)).status for _ in range(PER_DAY + 1)]
    house.clock.move(timedelta(days=1))

    assert told == [200] * PER_DAY + [429]
    assert (await house.client.post(address)).status == 200


async def test_the_link_for_friends_names_its_member_and_says_what_both_get(
    house: MemberHouse, enrolment: Enrolment
) -> None:
    terms = ReferralTerms(inviter_points=300, invited_points=1, min_purchase_minor=30_000)
    await house.store.reading.programmes.keep(replace(PROGRAMME, terms=replace(PROGRAMME.terms, referral=terms)))

    shown = (await page(house, enrolment, "/share")).replace("\N{NO-BREAK SPACE}", " ")

    member = await house.store.reading.members.get(enrolment.member.id)
    assert member is not None
    assert f"/join/coffee?ref={member.referral_code}&amp;src=friend" in shown
    assert "Вы получите 300 баллов, а друг — 1 балл" in shown
    assert "от 300 ₽" in shown


async def test_one_card_is_asked_about_so_often_and_no_more(store: Store, clock: SettableClock) -> None:
    async with open_member_house(store, clock, card_limit=RateLimit(per_minute=60, burst=3)) as house:
        mine, other = await house.enrol(), await house.enrol(phone="+79160000001")
        told = [(await house.client.get(f"{house.card_page(mine)}/state")).status for _ in range(4)]

        assert told == [200, 200, 200, 429]
        assert (await house.client.get(f"{house.card_page(other)}/state")).status == 200


async def card_of(house: MemberHouse, enrolment: Enrolment) -> Card:
    card = await house.store.reading.cards.get(enrolment.card.id)
    assert card is not None
    return card


async def test_a_lost_card_is_replaced_after_a_code_to_its_members_phone(store: Store, clock: SettableClock) -> None:
    async with open_member_house(store, clock, verify_phone=verifying(store, clock)) as house:
        enrolment = await house.enrol()
        await house.buy(enrolment, 50_000)
        asked = await page(house, enrolment, "/lost")
        assert "45-67" in asked
        assert PHONE not in asked
        assert (await card_of(house, enrolment)).state is CardState.ACTIVE

        _, told = await press(house, enrolment, "/lost")
        assert (await card_of(house, enrolment)).state is CardState.ACTIVE
        fields = house.hidden_in(told) | {"code": await last_texted(store, clock, PHONE)}
        page_of_code = f"{house.card_page(enrolment)}/lost/code"
        answers = [await house.client.post(page_of_code, data=fields, headers=RU, allow_redirects=False) for _ in "12"]

        assert [answer.status for answer in answers] == [303, 303]
        (location,) = {answer.headers["Location"] for answer in answers}
        new = read_link_token(location.removeprefix("/c/"), CODE_KEY)
        old = await card_of(house, enrolment)
        assert (old.state, old.replaced_by) == (CardState.VOIDED, new)
        assert '<span class="figure">25</span>' in await (await house.client.get(location, headers=RU)).text()
        assert "заменена новой" in await page(house, enrolment, "")
        assert location not in await page(house, enrolment, "")
        for part in ("/history", "/consents", "/share", "/codes"):
            answer = await house.client.get(house.card_page(enrolment) + part, headers=RU)
            assert answer.status == 409 or (await answer.json())["codes"] == [], part
        assert (await house.client.post(f"{house.card_page(enrolment)}/export")).status == 409


async def test_a_wrong_code_replaces_nothing(store: Store, clock: SettableClock) -> None:
    async with open_member_house(store, clock, verify_phone=verifying(store, clock)) as house:
        enrolment = await house.enrol()
        _, told = await press(house, enrolment, "/lost")
        wrong = f"{(int(await last_texted(store, clock, PHONE)) + 1) % 1_000_000:06}"

        status, again = await press(house, enrolment, "/lost/code", **house.hidden_in(told), code=wrong)

        assert status == 422
        assert "Осталось 4 попытки" in again
        assert (await card_of(house, enrolment)).state is CardState.ACTIVE


async def test_without_messages_the_new_card_of_a_member_of_the_bot_appears_there_alone(house: MemberHouse) -> None:
    enrolment = await house.enrol()
    token = house.card_page(enrolment).removeprefix("/c/")
    await JoinTelegram(house.store, CODE_KEY)(PROGRAMME.id, 7, token)

    status, told = await press(house, enrolment, "/lost")

    old = await card_of(house, enrolment)
    assert status == 200
    assert old.replaced_by is not None
    assert "Новая карта — в боте" in told
    assert str(old.replaced_by) not in told
    assert (await press(house, enrolment, "/lost"))[0] == 200


async def test_whoever_proves_nothing_can_only_block_the_card(house: MemberHouse, enrolment: Enrolment) -> None:
    assert "Заблокировать потерянную карту?" in await page(house, enrolment, "/lost")

    _, told = await press(house, enrolment, "/lost")

    assert "Карта заблокирована" in told
    assert (await card_of(house, enrolment)).state is CardState.BLOCKED
    closed = await page(house, enrolment, "")
    assert "пока заблокирована" in closed
    assert "/history" not in closed
    assert (await house.client.post(f"{house.card_page(enrolment)}/export")).status == 409
    assert (await press(house, enrolment, "/unsubscribe"))[0] == 200


@pytest.mark.parametrize("part", ["/consents", "/unsubscribe", "/history", "/share", "/lost", "/codes", "/state"])
async def test_no_page_opens_by_a_torn_link(house: MemberHouse, enrolment: Enrolment, part: str) -> None:
    torn = house.card_page(enrolment)[:-1]

    assert (await house.client.get(torn + part)).status == 404
