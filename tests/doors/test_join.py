"""The page that makes a member: what it takes, what it refuses, and what it never shows."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from offers.engine.card_codes import read_link_token
from offers.flows.look_at_card import CardSight
from offers.model.consent import Purpose
from offers.model.member import Birthday
from offers.model.programme import Language
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY, PROGRAMME
from tests.doors.member_house import PHONE, MemberHouse, open_member_house
from web.consents.words import consent_words
from web.limits import RateLimit

WISH = {"phone": "8 916 123-45-67", "personal_data": "yes"}


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> AsyncIterator[MemberHouse]:
    async with open_member_house(store, clock) as opened:
        yield opened


async def joined(house: MemberHouse, location: str) -> CardSight:
    """Give the member of the card that an enrolment led to."""
    card_id = read_link_token(location.removeprefix("/c/"), CODE_KEY)
    return await house.tools.look_at_card.by_id(card_id)


async def members(house: MemberHouse) -> int:
    return len(await house.store.reading.members.newest(PROGRAMME.id, limit=100))


async def test_a_phone_and_a_consent_make_a_member_and_lead_to_the_card(house: MemberHouse) -> None:
    hidden = await house.open_form()

    answer = await house.send(hidden | WISH)

    assert answer.status == 303
    sight = await joined(house, answer.headers["Location"])
    assert sight.member.phone == PHONE
    assert (sight.member.language, sight.member.source, sight.member.birthday) == (Language.RU, "page", None)
    card = await house.client.get(answer.headers["Location"], headers={"Accept-Language": "ru"})
    assert card.status == 200
    assert "Карта готова." in await card.text()


async def test_every_consent_is_kept_with_the_digest_of_the_text_that_was_shown(house: MemberHouse) -> None:
    hidden = await house.open_form()

    answer = await house.send(hidden | WISH | {"advertising": "yes"}, language="en")

    sight = await joined(house, answer.headers["Location"])
    kept = {each.purpose: each for each in await house.store.reading.consents.of_member(sight.member.id)}
    assert set(kept) == {Purpose.PERSONAL_DATA, Purpose.ADVERTISING}
    for purpose, consent in kept.items():
        words = consent_words(purpose, PROGRAMME, Language.EN)
        assert (consent.text_version, consent.text_digest) == (words.version, words.digest)
        assert consent.proof.startswith("http://127.0.0.1/join/coffee from 127.0.0.1, form ")
        shown = await house.client.get(f"/join/coffee/consent/{purpose.value}", headers={"Accept-Language": "en"})
        page = await shown.text()
        assert all(paragraph in page for paragraph in words.body.split("\n\n"))


async def test_advertising_is_not_agreed_to_unless_ticked(house: MemberHouse) -> None:
    answer = await house.send(await house.open_form() | WISH)

    sight = await joined(house, answer.headers["Location"])
    consents = await house.store.reading.consents.of_member(sight.member.id)
    assert [consent.purpose for consent in consents] == [Purpose.PERSONAL_DATA]


async def test_no_consent_is_ticked_beforehand(house: MemberHouse) -> None:
    answer = await house.client.get("/join/coffee")

    assert "checked" not in await answer.text()


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("/join/coffee?src=poster-7.A_b", "poster-7.A_b"),
        ("/join/coffee", "page"),
        ("/join/coffee?src=" + "x" * 65, "page"),
        ("/join/coffee?src=%3Cscript%3E", "page"),
        ("/join/coffee?src=qr&lang=en", "qr"),
    ],
)
async def test_where_a_member_came_from_is_kept_when_it_is_safe(house: MemberHouse, address: str, source: str) -> None:
    answer = await house.send(await house.open_form(address) | WISH)

    assert (await joined(house, answer.headers["Location"])).member.source == source


async def test_a_forged_source_in_the_body_is_not_kept(house: MemberHouse) -> None:
    answer = await house.send(await house.open_form() | WISH | {"src": "<b>"})

    assert (await joined(house, answer.headers["Location"])).member.source == "page"


@pytest.mark.parametrize(
    ("day", "month", "year", "birthday"),
    [
        ("29", "2", "", Birthday(month=2, day=29)),
        ("29", "2", "2004", Birthday(month=2, day=29, year=2004)),
        ("07", "11", "1985", Birthday(month=11, day=7, year=1985)),
    ],
)
async def test_a_birthday_is_a_day_and_a_month_and_a_year_perhaps(
    house: MemberHouse, day: str, month: str, year: str, birthday: Birthday
) -> None:
    answer = await house.send(await house.open_form() | WISH | {"day": day, "month": month, "year": year})

    assert (await joined(house, answer.headers["Location"])).member.birthday == birthday


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"phone": ""}, "Напишите номер телефона, например +7 912 345-67-89"),
        ({"phone": "916"}, "Напишите его целиком, например +7 912 345-67-89"),
        ({"phone": "позвоните мне"}, "Напишите его целиком"),
        ({"personal_data": ""}, "Без этого согласия карту выдать нельзя"),
        ({"day": "5"}, "Укажите и день, и месяц"),
        ({"month": "5"}, "Укажите и день, и месяц"),
        ({"year": "1990"}, "Укажите и день, и месяц"),
        ({"day": "31", "month": "4"}, "Такого дня нет"),
        ({"day": "29", "month": "2", "year": "2023"}, "Такого дня нет"),
        ({"day": "12", "month": "3", "year": "2026"}, "Такого дня нет"),
        ({"day": "1", "month": "1", "year": "1899"}, "Такого дня нет"),
        ({"day": "1_0", "month": "1"}, "Такого дня нет"),
        ({"day": "0", "month": "13"}, "Такого дня нет"),
    ],
)
async def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(
    house: MemberHouse, typed: dict[str, str], complaint: str
) -> None:
    answer = await house.send(await house.open_form() | WISH | {"advertising": "yes"} | typed)

    page = (await answer.text()).replace("\N{NO-BREAK SPACE}", " ")
    assert answer.status == 422
    assert complaint in page
    assert page.count('class="error"') == 1
    assert 'aria-invalid="true"' in page
    assert f'value="{(WISH | typed)["phone"]}"' in page
    assert page.count("checked") == (1 if "personal_data" in typed else 2)
    assert await members(house) == 0


async def test_what_was_typed_comes_back_as_text_and_not_as_markup(house: MemberHouse) -> None:
    answer = await house.send(await house.open_form() | WISH | {"phone": '"><script>alert(1)</script>'})

    assert "<script>alert" not in await answer.text()


async def test_a_number_of_a_member_does_not_show_the_members_card(house: MemberHouse) -> None:
    first = await house.send(await house.open_form() | WISH)

    answer = await house.send(await house.open_form() | WISH)

    page = await answer.text()
    assert answer.status == 409
    assert "У этого номера уже есть карта" in page
    assert "https://t.me/coffee_bot" in page
    assert first.headers["Location"] not in page
    assert "TSR1." not in page
    assert await members(house) == 1


async def test_without_a_bot_the_page_of_a_known_number_sends_to_the_till(store: Store, clock: SettableClock) -> None:
    async with open_member_house(store, clock, bots={}) as house:
        await house.enrol()

        answer = await house.send(await house.open_form() | WISH)

        assert "Спросите на кассе" in await answer.text()


async def test_a_form_sent_twice_leads_to_one_card(house: MemberHouse) -> None:
    hidden = await house.open_form()

    answers = await asyncio.gather(*(house.send(hidden | WISH) for _ in range(5)))

    assert [answer.status for answer in answers] == [303] * 5
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert await members(house) == 1


async def test_a_form_of_another_visitor_is_not_taken(house: MemberHouse) -> None:
    hidden = await house.open_form()
    house.client.session.cookie_jar.clear()
    await house.open_form()

    answer = await house.send(hidden | WISH)

    assert answer.status == 422
    assert "нажмите кнопку ещё раз" in await answer.text()
    assert await members(house) == 0


@pytest.mark.parametrize("token", ["", "1.2.3", f"0.{'a' * 32}.{'b' * 64}", f"٣.{'a' * 32}.{'b' * 64}"])
async def test_a_form_without_its_own_token_is_not_taken(house: MemberHouse, token: str) -> None:
    await house.open_form()

    answer = await house.send(WISH | {"token": token})

    assert answer.status == 422
    assert await members(house) == 0


async def test_a_form_left_open_for_days_is_taken_at_the_second_press(house: MemberHouse, clock: SettableClock) -> None:
    hidden = await house.open_form()
    clock.set_to(clock().replace(day=clock().day + 2))

    stale = await house.send(hidden | WISH)
    page = await stale.text()
    token = page.split('name="token" value="')[1].split('"')[0]
    answer = await house.send(WISH | {"token": token})

    assert stale.status == 422
    assert answer.status == 303


async def test_a_program_that_fills_every_field_is_turned_back(house: MemberHouse) -> None:
    answer = await house.send(await house.open_form() | WISH | {"company_fax": "+1 555"})

    assert answer.status == 422
    assert await members(house) == 0


async def test_too_many_forms_from_one_address_are_told_to_wait(store: Store, clock: SettableClock) -> None:
    async with open_member_house(store, clock, join_limit=RateLimit(per_minute=6, burst=2)) as house:
        hidden = await house.open_form()
        for _ in range(2):
            assert (await house.send(hidden)).status == 422

        answer = await house.client.post("/join/coffee", data=WISH, headers={"Accept": "text/html"})

        assert answer.status == 429
        assert int(answer.headers["Retry-After"]) in range(1, 11)
        assert answer.content_type == "text/html"


async def test_a_body_beyond_the_limit_and_one_that_is_no_form_are_refused(house: MemberHouse) -> None:
    await house.open_form()

    large = await house.client.post("/join/coffee", data=b"phone=" + b"1" * 9000)
    many = await house.client.post("/join/coffee", data="&".join(["a=1"] * 500).encode())
    binary = await house.client.post("/join/coffee", data=bytes(range(256)))

    assert (large.status, many.status, binary.status) == (413, 422, 422)


@pytest.mark.parametrize("address", ["/join/nothing", "/join/nothing/consent/advertising", "/join/coffee/consent/soul"])
async def test_an_unknown_address_is_a_friendly_page(house: MemberHouse, address: str) -> None:
    answer = await house.client.get(address, headers={"Accept": "text/html", "Accept-Language": "ru"})

    page = await answer.text()
    assert answer.status == 404
    assert answer.content_type == "text/html"
    assert "Проверьте адрес" in page
    assert '<html lang="ru">' in page


async def test_a_program_asking_for_an_unknown_programme_gets_a_problem_document(house: MemberHouse) -> None:
    answer = await house.client.get("/join/nothing")

    assert (answer.status, answer.content_type) == (404, "application/problem+json")
    assert (await answer.json())["code"] == "unknown_programme"


async def test_the_language_is_asked_for_chosen_and_remembered(house: MemberHouse) -> None:
    asked = await house.client.get("/join/coffee", headers={"Accept-Language": "ru,en;q=0.5"})
    chosen = await house.client.get("/join/coffee?lang=en&src=qr", headers={"Accept-Language": "ru"})
    remembered = await house.client.get("/join/coffee", headers={"Accept-Language": "ru"})

    assert "Получить карту" in await asked.text()
    page = await chosen.text()
    assert "Get the card" in page
    assert 'href="?lang=ru&amp;src=qr"' in page
    assert "Get the card" in await remembered.text()


async def test_the_page_carries_no_inline_script_or_style(house: MemberHouse) -> None:
    answer = await house.client.get("/join/coffee")

    page = await answer.text()
    assert "style=" not in page
    assert "<style" not in page
    assert "<script" not in page
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
