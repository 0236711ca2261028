"""The bot at work, for its tests: a real aiogram bot at the stand-in's door, its lanes in a real worker."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from aiogram import Bot

from bot.channel import TelegramChannel
from bot.polling import Polling
from bot.running import make_dispatcher, open_bot
from bot.tools import BotTools
from bot.updates_lane import UpdatesLane
from offers.engine.card_codes import link_token
from offers.flows.enrol_member import Application, EnrolMember, Enrolment, Given
from offers.flows.react_to_event import ReactToEvent
from offers.flows.settle_purchase import SettlePurchase
from offers.flows.void_purchase import VoidPurchase
from offers.model.consent import Purpose
from offers.model.ledger import POINTS
from offers.model.member import Member
from offers.model.message import Channel, Lane, OutboxItem
from offers.model.programme import Language
from offers.model.purchase import Line, Purchase, Receipt
from offers.store.store import Store
from sandbox.telegram.chats import ChatMessage
from sandbox.telegram.person import Person
from sandbox.telegram.server import TelegramStandIn
from service.now import now
from service.worker import EventLane, Worker
from tests.clock import SettableClock
from tests.doors.conftest import BOT_TOKEN
from tests.doors.member_house import CODE_KEY, PROGRAMME, TILL

PUBLIC_URL = "https://coffee.example"
POLL_S = 2


@dataclass(frozen=True, slots=True)
class BotHouse:
    telegram: TelegramStandIn
    store: Store
    clock: SettableClock
    tools: BotTools
    bot: Bot
    orders: list[str] = field(default_factory=list)

    def person(self, name: str = "Анна", *, language: str = "ru", phone: str = "+79161234567") -> Person:
        return self.telegram.person(first_name=name, language_code=language, phone=phone)

    async def member(self, person: Person) -> Member:
        member = await self.store.reading.members.by_telegram(PROGRAMME.id, person.id)
        assert member is not None
        return member

    async def is_member(self, person: Person) -> bool:
        return await self.store.reading.members.by_telegram(PROGRAMME.id, person.id) is not None

    async def enrol(
        self, person: Person | None = None, *, phone: str | None = None, language: Language = Language.RU
    ) -> Enrolment:
        """Make a member as another door would; with a person, one who uses the bot."""
        if person is not None:
            person.chat.started = True
        given = Given(purpose=Purpose.PERSONAL_DATA, text_version="1", text_digest="d", proof="test")
        application = Application(
            language=language,
            source="test",
            consents=(given,),
            phone=phone,
            telegram_id=person.id if person else None,
        )
        return await EnrolMember(self.store, self.clock, secrets.token_bytes)(PROGRAMME, application)

    def link(self, enrolment: Enrolment) -> str:
        return f"/start c-{link_token(enrolment.card.id, CODE_KEY)}"

    async def buy(self, enrolment: Enrolment, amount_minor: int, *, points: int = 0) -> Receipt:
        self.orders.append("one more")
        order = f"A-{len(self.orders)}"
        purchase = Purchase(
            card_id=enrolment.card.id,
            order_ref=order,
            business_day=self.clock().date().isoformat(),
            lines=(Line(sku="c", category="coffee", quantity=Decimal(1), unit_price_minor=amount_minor),),
            currency="RUB",
            points_to_redeem=points,
            at=self.clock(),
            body_digest=order,
        )
        receipt = await SettlePurchase(self.store, self.clock, secrets.token_bytes)(TILL, purchase)
        self.clock.move(timedelta(minutes=1))
        return receipt

    async def void(self, receipt: Receipt) -> None:
        await VoidPurchase(self.store, self.clock)(TILL, receipt.id)

    async def balance(self, enrolment: Enrolment) -> int:
        account = await self.store.reading.accounts.find(enrolment.member.id, POINTS)
        return account.balance if account else 0

    async def waiting(self) -> int:
        """Count the updates that wait to be handled."""
        return await self.store.reading.outbox.waiting(Lane.UPDATES)

    async def claimed(self) -> list[OutboxItem]:
        """Take the updates as a worker would that never comes back."""
        return await self.store.reading.outbox.claim(
            Lane.UPDATES, claim=secrets.token_hex(4), at=self.clock(), lease_s=30
        )

    def polling(self) -> Polling:
        return Polling(self.bot, self.tools.keep, PROGRAMME.id, POLL_S)

    def updates_lane(self) -> UpdatesLane:
        return UpdatesLane(self.bot, make_dispatcher(self.tools))

    def channel(self) -> TelegramChannel:
        return TelegramChannel(self.bot, self.tools)

    @asynccontextmanager
    async def working(self, *, polls: bool = True) -> AsyncIterator[None]:
        """Run the worker with the bot's lanes, and polling beside it."""
        channels: list[Channel] = [
            EventLane(ReactToEvent(self.store, self.clock)),
            self.updates_lane(),
            self.channel(),
        ]
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(Worker(self.store, channels, self.clock).run())]
            if polls:
                running.append(tasks.create_task(self.polling().run()))
            yield
            for task in running:
                task.cancel()


def told(update_id: int = 7, text: str = "/help", sender: int = 100_001) -> dict[str, Any]:
    person = {"id": sender, "is_bot": False, "first_name": "Анна", "language_code": "ru"}
    chat = {"id": sender, "type": "private", "first_name": "Анна"}
    return {
        "update_id": update_id,
        "message": {"message_id": 1, "date": 1_700_000_000, "from": person, "chat": chat, "text": text},
        "something_of_tomorrow": {"kept": True},
    }


@asynccontextmanager
async def open_bot_house(store: Store, telegram: TelegramStandIn) -> AsyncIterator[BotHouse]:
    """Open the house at the present: conversations and updates of long ago are forgotten by the database."""
    clock = SettableClock(now())
    await store.reading.programmes.keep(PROGRAMME)
    tools = BotTools.over(
        store, PROGRAMME, public_url=PUBLIC_URL, code_key=CODE_KEY, clock=clock, chance=secrets.token_bytes
    )
    async with open_bot(BOT_TOKEN, tools, api_url=telegram.url) as bot:
        yield BotHouse(telegram=telegram, store=store, clock=clock, tools=tools, bot=bot)


async def until_text(person: Person, words: str) -> ChatMessage:
    """Read the bot's messages until one has these words."""
    while True:
        message = await person.next_message()
        if words in message.text:
            return message


async def until_photo(person: Person) -> ChatMessage:
    while True:
        message = await person.next_message()
        if message.photo is not None:
            return message
