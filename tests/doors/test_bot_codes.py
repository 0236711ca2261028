"""The bot's code that changes, and what the bot says when a card is blocked or replaced."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest_asyncio
import zxingcpp
from PIL import Image

from offers.engine.code_rights import check_moment
from offers.engine.rotating_codes import is_rotating
from offers.flows.block_card import BlockCard, Blocking
from offers.flows.read_code import ReadCode
from offers.flows.reissue_card import ReissueCard
from offers.model.card import BlockReason
from offers.model.showing import CodePolicy, CodeRights, ShownBy
from offers.store.store import Store
from sandbox.telegram.chats import ChatMessage
from sandbox.telegram.server import TelegramStandIn
from tests.coffee_house import CODE_KEY, PROGRAMME
from tests.doors.bot_house import BotHouse, open_bot_house, until_photo, until_text

ONLY_COLLECT = CodePolicy(static=CodeRights(redeem_points=False))
LOST = Blocking(reason=BlockReason.LOST, by="k1")


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, telegram: TelegramStandIn) -> AsyncIterator[BotHouse]:
    async with open_bot_house(store, telegram) as opened, opened.working():
        terms = replace(PROGRAMME.terms, codes=ONLY_COLLECT)
        await store.reading.programmes.keep(replace(PROGRAMME, terms=terms))
        yield opened


def code_in(message: ChatMessage) -> str:
    assert message.photo is not None
    (read,) = zxingcpp.read_barcodes(Image.open(BytesIO(message.photo)))
    return str(read.text)


async def test_the_picture_shows_the_code_that_changes_where_it_may_do_more(house: BotHouse) -> None:
    anna = house.person()
    enrolment = await house.enrol(anna)
    await anna.send("/card")

    shown = await until_photo(anna)

    scanned = await ReadCode(house.store, CODE_KEY, house.clock)(
        code_in(shown), programme_id=PROGRAMME.id, outlet_id=None
    )
    assert (scanned.card_id, scanned.shown.by) == (enrolment.card.id, ShownBy.ROTATING)
    assert "Код действует до" in shown.text
    for later_s in (0, 40, 75):
        check_moment(scanned.shown, house.clock() + timedelta(seconds=later_s))


async def test_refresh_brings_the_next_code(house: BotHouse) -> None:
    anna = house.person()
    await house.enrol(anna)
    await anna.send("/card")
    before = await until_photo(anna)
    first = code_in(before)
    house.clock.move(timedelta(seconds=61))

    await anna.press("🔄 Обновить")

    await anna.until(lambda: any(message.edited for message in anna.messages))
    after = next(message for message in anna.messages if message.message_id == before.message_id)
    assert is_rotating(code_in(after))
    assert code_in(after) != first


async def test_the_chat_hears_of_a_block_and_of_a_new_card(house: BotHouse) -> None:
    anna = house.person()
    enrolment = await house.enrol(anna)

    await BlockCard(house.store, house.clock)(PROGRAMME.id, enrolment.card.id, LOST)
    await until_text(anna, "Ваша карта заблокирована")
    await BlockCard(house.store, house.clock).unblock(PROGRAMME.id, enrolment.card.id, by="k1")
    await until_text(anna, "Ваша карта снова действует")
    made = await ReissueCard(house.store, house.clock, secrets.token_bytes)(PROGRAMME, enrolment.card.id, LOST)
    await until_text(anna, "У вас новая карта")
    await anna.press("💳 Моя карта")
    shown = await until_photo(anna)

    scanned = await ReadCode(house.store, CODE_KEY, house.clock)(
        code_in(shown), programme_id=PROGRAMME.id, outlet_id=None
    )
    assert scanned.card_id == made.new.id
