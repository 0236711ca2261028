"""The link from a card's page: it ties a Telegram account to the card's member, and never in silence."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from offers.engine.card_codes import link_token
from offers.model.ids import CardId, ProgrammeId
from offers.store.store import Store
from sandbox.telegram.server import TelegramStandIn
from tests.coffee_house import CODE_KEY, PROGRAMME
from tests.doors.bot_house import BotHouse, open_bot_house, until_photo, until_text

YES = "Да, привязать сюда"
NO = "Нет, оставить как есть"


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, telegram: TelegramStandIn) -> AsyncIterator[BotHouse]:
    async with open_bot_house(store, telegram) as opened, opened.working():
        yield opened


async def test_the_link_ties_the_chat_to_the_card(house: BotHouse) -> None:
    anna = house.person()
    known = await house.enrol(phone="+79165550000")

    await anna.send(house.link(known))

    assert (await anna.next_message()).text == "Теперь этот чат привязан к вашей карте."
    await until_photo(anna)
    assert (await house.member(anna)).id == known.member.id


async def test_the_link_followed_twice_shows_the_card_again(house: BotHouse) -> None:
    anna = house.person()
    known = await house.enrol(phone="+79165550000")
    await anna.send(house.link(known))
    await until_photo(anna)

    await anna.send(house.link(known))

    assert (await anna.next_message()).text == "Рады видеть вас снова!"
    await until_photo(anna)


async def test_a_card_with_another_account_is_tied_only_after_a_yes_and_the_other_account_hears_of_it(
    house: BotHouse,
) -> None:
    boris, anna = house.person("Борис"), house.person()
    known = await house.enrol(boris)

    await anna.send(house.link(known))

    assert "привязана к другому аккаунту" in (await anna.next_message()).text
    assert (await house.member(boris)).id == known.member.id
    await anna.press(YES)
    await until_text(anna, "Теперь этот чат привязан")
    assert (await house.member(anna)).id == known.member.id
    assert not await house.is_member(boris)
    assert "Если это были не вы" in (await boris.next_message()).text


async def test_a_no_changes_nothing(house: BotHouse) -> None:
    boris, anna = house.person("Борис"), house.person()
    known = await house.enrol(boris)
    await anna.send(house.link(known))
    await anna.next_message()

    await anna.press(NO)

    assert (await anna.next_message()).text == "Ничего не изменилось."
    assert not await house.is_member(anna)
    assert (await house.member(boris)).id == known.member.id


async def test_an_account_with_a_card_of_its_own_keeps_it(house: BotHouse) -> None:
    anna = house.person()
    own = await house.enrol(anna)
    other = await house.enrol(phone="+79165550000")

    await anna.send(house.link(other))

    assert "уже есть другая карта" in (await anna.next_message()).text
    await until_photo(anna)
    assert (await house.member(anna)).id == own.member.id


@pytest.mark.parametrize("token", ["", "short", "0" * 36, "я" * 10])
async def test_a_link_that_is_none_is_said_to_be_none(house: BotHouse, token: str) -> None:
    anna = house.person()

    await anna.send(f"/start c-{token}")

    assert "не ведёт к карте" in (await anna.next_message()).text
    assert "Добро пожаловать" in (await anna.next_message()).text


async def test_a_genuine_link_to_a_card_that_is_gone_is_said_to_be_none(house: BotHouse) -> None:
    anna = house.person()

    await anna.send("/start c-" + link_token(CardId("0" * 20), CODE_KEY))

    assert "не ведёт к карте" in (await anna.next_message()).text


async def test_a_card_of_another_programme_is_not_this_bots_to_tie(house: BotHouse) -> None:
    anna = house.person()
    elsewhere = replace(PROGRAMME, id=ProgrammeId("p2"), slug="elsewhere")
    await house.store.reading.programmes.keep(elsewhere)
    known = await house.enrol(phone="+79165550000")
    await house.store.database["cards"].update_one({"_id": known.card.id}, {"$set": {"programme_id": "p2"}})

    await anna.send(house.link(known))

    assert "не ведёт к карте" in (await anna.next_message()).text
    assert not await house.is_member(anna)
