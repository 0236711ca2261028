"""Joining in Telegram: from /start to a card that a till can read."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image

from offers.engine.card_codes import scan_code
from offers.model.consent import Purpose
from offers.model.programme import Language
from offers.store.store import Store
from sandbox.telegram.person import Person
from sandbox.telegram.server import TelegramStandIn
from tests.coffee_house import CODE_KEY, PROGRAMME
from tests.doors.bot_house import PUBLIC_URL, BotHouse, open_bot_house, until_photo, until_text
from web.consents.words import consent_words

AGREE = "✅ Согласен(на), открыть карту"
SHARE = "📱 Отправить мой номер"
WITHOUT = "Продолжить без номера"


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, telegram: TelegramStandIn) -> AsyncIterator[BotHouse]:
    async with open_bot_house(store, telegram) as opened, opened.working():
        yield opened


async def agree(person: Person, *, start: str = "/start") -> None:
    await person.send(start)
    await until_text(person, "Добро пожаловать")
    await person.press(AGREE)
    await until_text(person, "Остался один шаг")


async def test_a_stranger_agrees_shares_the_number_and_gets_a_card_that_a_till_can_read(
    house: BotHouse, artifacts: Path
) -> None:
    anna = house.person()

    await anna.send("/start")
    assert "согласие на обработку персональных данных" in (await anna.next_message()).text
    await anna.press(AGREE)
    assert "Отправьте номер телефона" in (await anna.next_message()).text
    await anna.press(SHARE)

    assert (await anna.next_message()).text == "Готово, карта открыта! Показывайте её код на кассе перед оплатой."
    shown = await anna.next_message()
    assert shown.photo is not None
    member = await house.member(anna)
    card = await house.store.reading.cards.of_member(member.id)
    assert card is not None
    (artifacts / "bot-card-in-chat.jpg").write_bytes(shown.photo)
    codes = zxingcpp.read_barcodes(Image.open(BytesIO(shown.photo)))
    assert [code.text for code in codes] == [scan_code(card.id, CODE_KEY)]
    assert shown.text.splitlines()[:2] == ["Кофейня", "Баланс: 0 баллов"]
    assert (member.phone, member.language, member.source) == (anna.phone, Language.RU, "telegram")
    wallet = next(button for row in shown.buttons for button in row if button.url)
    assert wallet.url is not None
    assert wallet.url.startswith(f"{PUBLIC_URL}/c/{card.id}")
    assert {button.text for row in anna.keyboard for button in row} == {
        "💳 Моя карта",
        "🛍 Покупки",
        "🎁 Купоны",
        "🌐 Язык",
        "❓ Помощь",
    }


async def test_the_consent_is_kept_with_the_digest_of_its_words_and_the_update_that_gave_it(house: BotHouse) -> None:
    anna = house.person()
    await agree(anna)
    await anna.press(SHARE)
    await until_photo(anna)

    kept = await house.store.reading.consents.of_member((await house.member(anna)).id)

    words = consent_words(Purpose.PERSONAL_DATA, PROGRAMME, Language.RU)
    assert [(each.purpose, each.text_version, each.text_digest) for each in kept] == [
        (Purpose.PERSONAL_DATA, words.version, words.digest)
    ]
    number = kept[0].proof.removeprefix("telegram:")
    update = await house.store.database["updates"].find_one({"_id": f"{house.bot.id}:{number}"})
    assert update is not None
    assert "callback_query" in update["raw"]


async def test_advertising_is_agreed_to_only_by_choice(house: BotHouse) -> None:
    anna = house.person()
    await anna.send("/start")
    await until_text(anna, "Добро пожаловать")
    await anna.press("⬜️ Присылать предложения и новости")
    await anna.until(lambda: "☑️" in anna.messages[-1].buttons[0][0].text)
    await anna.press(AGREE)
    await until_text(anna, "Остался один шаг")
    assert "согласились получать предложения" in anna.messages[1].text
    await anna.press(SHARE)
    await until_photo(anna)

    kept = await house.store.reading.consents.of_member((await house.member(anna)).id)

    assert {each.purpose for each in kept} == {Purpose.PERSONAL_DATA, Purpose.ADVERTISING}


async def test_the_whole_words_of_both_consents_are_a_button_away(house: BotHouse) -> None:
    anna = house.person()
    await anna.send("/start")
    await anna.next_message()

    await anna.press("📄 Полный текст: персональные данные")
    personal = await anna.next_message()
    await anna.press("📄 Полный текст: предложения и новости")
    advertising = await anna.next_message()

    assert personal.text == consent_words(Purpose.PERSONAL_DATA, PROGRAMME, Language.RU).text
    assert advertising.text == consent_words(Purpose.ADVERTISING, PROGRAMME, Language.RU).text


async def test_somebody_elses_contact_is_refused(house: BotHouse) -> None:
    anna = house.person()
    await agree(anna)

    await anna.share_contact(phone="+79999999999", of_someone_else=True)

    assert "чужой контакт" in (await anna.next_message()).text
    assert not await house.is_member(anna)
    await anna.press(SHARE)
    await until_photo(anna)
    assert (await house.member(anna)).phone == anna.phone


async def test_nobody_joins_without_consent(house: BotHouse) -> None:
    anna = house.person()

    await anna.share_contact()

    assert "согласие" in (await anna.next_message()).text
    assert not await house.is_member(anna)


async def test_joining_without_a_number_is_possible_and_the_number_may_come_later(house: BotHouse) -> None:
    anna = house.person()
    await agree(anna)

    await anna.press(WITHOUT)

    await until_photo(anna)
    assert (await house.member(anna)).phone is None
    await anna.press("📱 Добавить номер телефона")
    assert (await anna.next_message()).text == "Номер телефона добавлен к вашей карте."
    assert (await house.member(anna)).phone == anna.phone


async def test_a_number_that_has_a_card_brings_that_card(house: BotHouse) -> None:
    anna = house.person()
    known = await house.enrol(phone=anna.phone)
    await agree(anna)

    await anna.press(SHARE)

    assert (await anna.next_message()).text == "Мы нашли вашу карту. С возвращением!"
    assert (await house.member(anna)).id == known.member.id


async def test_a_number_whose_card_has_another_telegram_is_not_taken_over(house: BotHouse) -> None:
    boris, anna = house.person("Борис"), house.person()
    await house.enrol(boris, phone=anna.phone)
    await agree(anna)

    await anna.press(SHARE)

    assert "уже принадлежит карте с другим аккаунтом" in (await anna.next_message()).text
    assert not await house.is_member(anna)


async def test_a_number_that_cannot_be_called_is_explained(house: BotHouse) -> None:
    anna = house.person(phone="+88801234567")
    await agree(anna)

    await anna.press(SHARE)

    assert "нельзя позвонить" in (await anna.next_message()).text


async def test_the_source_of_the_link_stays_with_the_member(house: BotHouse) -> None:
    anna = house.person()
    await agree(anna, start="/start src-flyer_12")
    await anna.press(WITHOUT)
    await until_photo(anna)

    assert (await house.member(anna)).source == "flyer_12"


@pytest.mark.parametrize("chain", ["src-flyer_12_ref-{code}", "ref-{code}_src-flyer_12"])
async def test_a_link_may_name_a_poster_and_a_friend_and_both_stay_with_the_member(house: BotHouse, chain: str) -> None:
    code = "0123456789"
    anna = house.person()
    await agree(anna, start=f"/start {chain.format(code=code)}")
    await anna.press(SHARE)
    await until_photo(anna)

    member = await house.member(anna)
    assert (member.source, member.arrival and member.arrival.source) == (f"ref-{code}", "flyer_12")
    assert member.phone_verified_at is not None


@pytest.mark.parametrize("payload", ["src-", "what-is-this", "src-" + "x" * 61, "c", "__proto__"])
async def test_an_unknown_payload_harms_nothing(house: BotHouse, payload: str) -> None:
    anna = house.person()

    await agree(anna, start=f"/start {payload}")
    await anna.press(WITHOUT)
    await until_photo(anna)

    assert (await house.member(anna)).source == "telegram"


@pytest.mark.parametrize(
    ("code", "greeting"), [("uk", "Добро пожаловать"), ("fr", "Welcome to"), ("en-GB", "Welcome to")]
)
async def test_a_stranger_is_greeted_in_the_language_of_their_telegram(
    house: BotHouse, code: str, greeting: str
) -> None:
    guest = house.person("Guest", language=code)

    await guest.send("/start")

    assert greeting in (await guest.next_message()).text


async def test_the_language_can_be_switched_before_joining(house: BotHouse) -> None:
    anna = house.person()
    await anna.send("/start")
    await anna.next_message()

    await anna.press("🌐 English")
    await anna.until(lambda: anna.messages[-1].text.startswith("Welcome to “Coffee house”"))
    await anna.press("✅ I agree, open my card")
    await until_text(anna, "One step left")
    await anna.press("📱 Share my phone number")

    shown = await until_photo(anna)
    assert shown.text.splitlines()[:2] == ["Coffee house", "Balance: 0 points"]
    member = await house.member(anna)
    assert member.language is Language.EN
    kept = await house.store.reading.consents.of_member(member.id)
    assert kept[0].text_digest == consent_words(Purpose.PERSONAL_DATA, PROGRAMME, Language.EN).digest


async def test_a_card_that_did_not_arrive_is_shown_when_telegram_works_again(house: BotHouse) -> None:
    anna = house.person()
    await agree(anna)
    house.telegram.fail(method="sendPhoto", status=502, times=3)

    await anna.press(SHARE)

    assert (await anna.next_message()).text.startswith("Готово, карта открыта!")
    async with asyncio.timeout(40):
        while house.telegram.faults._waiting:
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    house.clock.move(timedelta(seconds=5))
    assert (await until_photo(anna)).text.startswith("Кофейня")
    assert len(await house.store.reading.members.newest(PROGRAMME.id, limit=10)) == 1


async def test_whatever_a_stranger_writes_leads_to_the_consent(house: BotHouse) -> None:
    anna = house.person()

    for words in ("привет", "/card", "/nonsense"):
        await anna.send(words)
        assert "Добро пожаловать" in (await anna.next_message()).text


async def test_pressing_agree_twice_is_agreeing_once(house: BotHouse) -> None:
    anna = house.person()
    await anna.send("/start")
    await anna.next_message()
    question = anna.messages[-1].buttons[-1][0]

    anna._ask(question, anna.messages[-1])
    anna._ask(question, anna.messages[-1])
    await until_text(anna, "Остался один шаг")
    await until_text(anna, "Остался один шаг")
    await anna.press(SHARE)
    await until_photo(anna)

    kept = await house.store.reading.consents.of_member((await house.member(anna)).id)
    assert len(kept) == 1
