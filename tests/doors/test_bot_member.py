"""What a member asks the bot for: card, balance, purchases, language, help."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.running import open_bot
from bot.session import TELEGRAM_URL
from bot.showing import look, page_url
from locales.numbers import money
from offers.model.card import CardState
from offers.model.programme import Language
from offers.store.store import Store
from sandbox.telegram.server import TelegramStandIn
from tests.doors.bot_house import BotHouse, open_bot_house, until_photo, until_text


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, telegram: TelegramStandIn) -> AsyncIterator[BotHouse]:
    async with open_bot_house(store, telegram) as opened, opened.working():
        yield opened


async def test_start_shows_a_member_the_card_and_the_menu(house: BotHouse) -> None:
    anna = house.person()
    await house.enrol(anna)

    await anna.send("/start")

    assert (await anna.next_message()).text == "Рады видеть вас снова!"
    await until_photo(anna)
    assert any(button.text == "💳 Моя карта" for row in anna.keyboard for button in row)


async def test_refresh_puts_the_card_up_to_date_in_its_place(house: BotHouse) -> None:
    anna = house.person()
    enrolment = await house.enrol(anna)
    await anna.send("/card")
    before = await until_photo(anna)
    await house.buy(enrolment, 50_000)
    await until_text(anna, "+25 баллов")

    await anna.press("🔄 Обновить")

    await anna.until(lambda: any(message.edited for message in anna.messages))
    after = next(message for message in anna.messages if message.message_id == before.message_id)
    assert "Баланс: 25 баллов" in after.text
    assert after.photo != before.photo
    await anna.until(lambda: bool(anna.toasts))
    assert anna.toasts[-1].text == "Карта обновлена."


async def test_refresh_without_news_uploads_nothing(house: BotHouse) -> None:
    anna = house.person()
    await house.enrol(anna)
    await anna.send("/card")
    await until_photo(anna)

    await anna.press("🔄 Обновить")

    await anna.until(lambda: bool(anna.toasts))
    assert anna.toasts[-1].text == "Ничего не изменилось."
    assert not [call for call in house.telegram.calls if call.method == "editMessageMedia"]


async def test_a_blocked_card_is_not_shown_as_one_that_works(house: BotHouse) -> None:
    anna = house.person()
    enrolment = await house.enrol(anna)
    await house.store.reading.cards.set_state(enrolment.card.id, CardState.BLOCKED.value)

    await anna.send("/card")

    shown = await anna.next_message()
    assert shown.photo is None
    assert shown.text == "Ваша карта заблокирована. Спросите на кассе, что делать."


async def test_the_balance_comes_with_the_discount_and_the_way_to_the_next_level(house: BotHouse) -> None:
    anna = house.person()
    enrolment = await house.enrol(anna)
    await house.buy(enrolment, 600_000)
    await until_text(anna, "Новый уровень")

    await anna.send("/balance")

    lines = (await anna.next_message()).text.replace("\N{NO-BREAK SPACE}", " ").splitlines()
    assert lines == ["У вас 300 баллов.", "Скидка 3 % · Серебро", "Потратьте ещё 14 000 ₽, и скидка станет 7,5 %"]


async def test_without_purchases_the_bot_says_what_to_do(house: BotHouse) -> None:
    anna = house.person()
    await house.enrol(anna)

    await anna.send("/purchases")

    empty = await anna.next_message()
    assert "Покупок по карте пока нет" in empty.text
    await anna.press("💳 Моя карта")
    await until_photo(anna)


async def test_the_last_five_purchases_are_listed_newest_first_with_their_points(house: BotHouse) -> None:
    anna = house.person()
    enrolment = await house.enrol(anna)
    for number in range(1, 7):
        await house.buy(enrolment, number * 10_000)
    redeeming = await house.buy(enrolment, 20_000, points=10)
    cancelled = await house.buy(enrolment, 77_700)
    await house.void(cancelled)
    await until_text(anna, "Покупка отменена")

    await anna.send("🛍 Покупки")

    lines = (await anna.next_message()).text.splitlines()
    assert lines[0] == "🛍 Ваши последние покупки"
    assert len(lines) == 2 + 5 + 2
    assert lines[-1] == "Почему нет скидки? Нажмите на покупку – покажу, как она посчитана."
    assert money("ru", 77_700, "RUB") in lines[2]
    assert lines[2].endswith("отменена")
    assert lines[3].endswith(f"+{redeeming.points_accrued} баллов · −10 баллов")
    assert money("ru", 60_000, "RUB") in lines[4]


async def test_the_language_of_a_member_changes_every_word_and_button(house: BotHouse) -> None:
    anna = house.person()
    enrolment = await house.enrol(anna)
    await anna.send("/language")
    await anna.next_message()

    await anna.press("English")

    assert (await anna.next_message()).text == "Now I speak English."
    assert any(button.text == "💳 My card" for row in anna.keyboard for button in row)
    assert (await house.member(anna)).language is Language.EN
    await house.buy(enrolment, 50_000)
    assert (
        await until_text(anna, "+25 points")
    ).text == "+25 points for the purchase of RUB\N{NO-BREAK SPACE}500.\nBalance: 25 points."
    await anna.send("💳 Моя карта")
    assert (await until_photo(anna)).text.startswith("Coffee house")


async def test_what_the_bot_does_not_understand_is_answered_with_what_it_can_do(house: BotHouse) -> None:
    anna = house.person()
    await house.enrol(anna)

    await anna.send("сколько стоит латте?")
    assert "Вот что я умею" in (await anna.next_message()).text
    await anna.send_document(b"%PDF", name="x.pdf")
    assert "Вот что я умею" in (await anna.next_message()).text
    await anna.send("/help")
    assert "/coupons – ваши купоны и их коды" in (await anna.next_message()).text


async def test_a_number_of_another_card_is_not_added_to_this_one(house: BotHouse) -> None:
    anna = house.person()
    await house.enrol(anna)
    await house.enrol(phone=anna.phone)

    await anna.share_contact()

    assert "принадлежит другой карте" in (await anna.next_message()).text
    assert (await house.member(anna)).phone is None


async def test_an_old_button_of_somebody_who_is_no_member_leads_to_the_consent(house: BotHouse) -> None:
    anna = house.person()
    enrolment = await house.enrol(anna)
    await anna.send("/card")
    await until_photo(anna)
    await house.store.database["members"].delete_one({"_id": enrolment.member.id})

    await anna.press("🔄 Обновить")

    assert "Добро пожаловать" in (await anna.next_message()).text


async def test_a_member_whose_card_is_gone_is_told_so_kindly(house: BotHouse) -> None:
    anna = house.person()
    enrolment = await house.enrol(anna)
    await house.store.database["cards"].delete_one({"_id": enrolment.card.id})

    await anna.send("/card")

    assert (await anna.next_message()).text == "Такой карты в программе нет."


@pytest.mark.parametrize(
    ("public_url", "api_url", "has_link"),
    [
        ("https://coffee.example", TELEGRAM_URL, True),
        ("http://127.0.0.1:8080", TELEGRAM_URL, False),
        ("http://localhost:8080", TELEGRAM_URL, False),
        ("http://127.0.0.1:8080", "http://127.0.0.1:9", True),
    ],
)
async def test_a_link_that_telegram_would_refuse_is_left_out(
    house: BotHouse, public_url: str, api_url: str, *, has_link: bool
) -> None:
    anna = house.person()
    enrolment = await house.enrol(anna)
    tools = replace(house.tools, public_url=public_url)
    async with open_bot("1:token", tools, api_url=api_url) as bot:
        address = page_url(bot, await look(enrolment.member, tools), tools)

    assert (address is not None) is has_link


async def test_dates_are_those_of_the_programmes_zone(house: BotHouse) -> None:
    anna = house.person()
    enrolment = await house.enrol(anna)
    at = house.clock()
    await house.buy(enrolment, 10_000)
    await until_text(anna, "+5 баллов")

    await anna.send("/purchases")

    in_moscow = at + timedelta(hours=3)
    assert f"{in_moscow:%H:%M}" in (await anna.next_message()).text
