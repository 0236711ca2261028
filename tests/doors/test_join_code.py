"""Joining where text messages can be sent: every phone is asked for a code, and its member gets their own card."""

import secrets
from collections.abc import AsyncIterator

import pytest_asyncio

from offers.engine.card_codes import read_link_token
from offers.engine.phone_codes import PER_PHONE_HOUR, TRIES
from offers.flows.offer_card import OfferCard
from offers.model.member import Member
from offers.model.programme import Language
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY, PROGRAMME, TILL
from tests.doors.member_house import PHONE, MemberHouse, open_member_house
from tests.doors.texted import PHONE_KEY, last_texted, verifying

WISH = {"phone": "8 916 123-45-67", "personal_data": "yes"}


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> AsyncIterator[MemberHouse]:
    offer = OfferCard(store, clock, secrets.token_bytes, public_url="http://127.0.0.1", sms_key=PHONE_KEY)
    async with open_member_house(store, clock, verify_phone=verifying(store, clock), offer_card=offer) as opened:
        yield opened


async def send_form(house: MemberHouse, address: str = "/join/coffee", **fields: str) -> tuple[dict[str, str], str]:
    """Open a page, send its form, and give what the page of the code carries on, with the page itself."""
    hidden = await house.open_form(address)
    answer = await house.send(hidden | WISH | fields)
    assert answer.status == 200
    page = await answer.text()
    return house.hidden_in(page), page


async def type_code(house: MemberHouse, carried: dict[str, str], code: str) -> tuple[int, str, str]:
    """Give status, location and page."""
    answer = await house.client.post(
        "/join/coffee/code", data=carried | {"code": code}, allow_redirects=False, headers={"Accept-Language": "ru"}
    )
    return answer.status, answer.headers.get("Location", ""), await answer.text()


async def member_of(house: MemberHouse, location: str) -> Member:
    card_id = read_link_token(location.removeprefix("/c/").partition("?")[0], CODE_KEY)
    return (await house.tools.look_at_card.by_id(card_id)).member


async def test_a_stranger_joins_by_the_code_with_everything_typed_before(house: MemberHouse) -> None:
    address = "/join/coffee?src=poster&utm_campaign=spring%20sale&utm_medium=print"
    carried, page = await send_form(house, address, day="8", month="3", advertising="yes")
    assert "8 916 123-45-67" in page

    status, location, _ = await type_code(house, carried, await last_texted(house.store, house.clock, PHONE))

    assert (status, "welcome" in location) == (303, False)
    member = await member_of(house, location)
    assert (member.phone, member.source, member.phone_verified_at) == (PHONE, "poster", house.clock())
    assert member.birthday is not None
    assert member.arrival is not None
    assert (member.arrival.campaign, member.arrival.medium) == ("spring sale", "print")
    assert len(await house.store.reading.consents.of_member(member.id)) == 2


async def test_a_known_member_types_the_phone_and_gets_their_own_card(house: MemberHouse) -> None:
    enrolment = await house.enrol()
    carried, _ = await send_form(house)

    status, location, _ = await type_code(house, carried, await last_texted(house.store, house.clock, PHONE))

    assert (status, location) == (303, f"{house.card_page(enrolment)}?welcome=back")
    card = await house.client.get(location, headers={"Accept-Language": "ru"})
    assert "С возвращением!" in await card.text()


async def test_the_answer_tells_nobody_whether_a_phone_is_known(house: MemberHouse) -> None:
    await house.enrol()

    _, known = await send_form(house)
    _, unknown = await send_form(house, phone="8 916 000-00-00")

    secret = ('name="token"', 'name="challenge"')
    shown = [
        [line for line in page.splitlines() if not any(mark in line for mark in secret)] for page in (known, unknown)
    ]
    assert "\n".join(shown[0]).replace("8 916 123-45-67", "") == "\n".join(shown[1]).replace("8 916 000-00-00", "")


async def test_the_same_code_twice_leads_to_the_same_card(house: MemberHouse) -> None:
    carried, _ = await send_form(house)
    code = await last_texted(house.store, house.clock, PHONE)

    first, again = await type_code(house, carried, code), await type_code(house, carried, code)

    assert first[:2] == again[:2]
    assert first[0] == 303


async def test_a_wrong_code_is_told_with_what_is_left_and_the_last_one_offers_a_new_code(house: MemberHouse) -> None:
    carried, _ = await send_form(house)
    code = await last_texted(house.store, house.clock, PHONE)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    told = [await type_code(house, carried, wrong) for _ in range(TRIES)]

    assert [status for status, _, _ in told] == [422] * (TRIES - 1) + [409]
    assert "Осталось 4 попытки" in told[0][2]
    assert "Осталась 1 попытка" in told[-2][2]
    assert "больше не действует" in told[-1][2]
    assert 'name="challenge"' not in told[-1][2]
    assert (await type_code(house, carried, code))[0] == 409


async def test_a_code_typed_with_blanks_is_taken(house: MemberHouse) -> None:
    carried, _ = await send_form(house)
    code = await last_texted(house.store, house.clock, PHONE)

    status, _, _ = await type_code(house, carried, f" {code[:3]} {code[3:]} ")

    assert status == 303


async def test_another_phone_in_the_carried_form_gets_nobody_elses_card(house: MemberHouse) -> None:
    victim = await house.enrol(phone="+79160000001")
    carried, _ = await send_form(house)
    code = await last_texted(house.store, house.clock, PHONE)

    status, location, _ = await type_code(house, carried | {"phone": "+79160000001"}, code)

    assert status == 303
    member = await member_of(house, location)
    assert member.phone == PHONE
    assert member.id != victim.member.id


async def test_too_many_codes_are_a_page_that_says_when_and_what_to_do(house: MemberHouse) -> None:
    for _ in range(PER_PHONE_HOUR):
        await send_form(house)
    hidden = await house.open_form()

    answer = await house.client.post(
        "/join/coffee", data=hidden | WISH, headers={"Accept": "text/html", "Accept-Language": "ru"}
    )

    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Отправлено слишком много кодов" in await answer.text()


async def test_a_tills_link_fills_in_the_phone_and_is_asked_for_a_code(house: MemberHouse) -> None:
    offered = await house.tools.offer_card(TILL, phone=PHONE, language=Language.RU, send=False)
    address = offered.link.removeprefix("http://127.0.0.1")
    page = await (await house.client.get(address)).text()
    assert f'value="{PHONE}"' in page

    carried, _ = await send_form(house, address)
    status, location, _ = await type_code(house, carried, await last_texted(house.store, house.clock, PHONE))

    assert status == 303
    member = await member_of(house, location)
    assert (member.source, member.arrival and member.arrival.medium) == ("till-main", "till")
    after = await (await house.client.get(address, headers={"Accept-Language": "ru"})).text()
    assert PHONE not in after
    assert "Ссылка с кассы больше не действует" in after


async def test_a_link_that_went_to_the_phone_proves_it_without_a_code(house: MemberHouse) -> None:
    known = await house.enrol()
    await house.tools.offer_card(TILL, phone=PHONE, language=Language.RU, send=True)
    link = await last_texted(house.store, house.clock, PHONE)
    hidden = await house.open_form(link.removeprefix("http://127.0.0.1"))

    answer = await house.send(hidden | WISH)

    assert answer.status == 303
    assert answer.headers["Location"] == f"{house.card_page(known)}?welcome=back"


async def test_a_link_that_went_to_one_phone_does_not_prove_another(house: MemberHouse) -> None:
    await house.enrol(phone="+79160000001")
    await house.tools.offer_card(TILL, phone=PHONE, language=Language.RU, send=True)
    link = await last_texted(house.store, house.clock, PHONE)
    hidden = await house.open_form(link.removeprefix("http://127.0.0.1"))

    answer = await house.send(hidden | WISH | {"phone": "+79160000001"})

    assert answer.status == 200
    assert 'name="challenge"' in await answer.text()
    assert len(await house.store.reading.members.newest(PROGRAMME.id, limit=9)) == 1
