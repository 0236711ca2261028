"""One phone with two wallets and a chat, watched over its shoulder: what the page shows and what people do on it."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox.phone.apple_face import apple_face, notice_face
from sandbox.phone.bell import Bell
from sandbox.phone.chat_face import chat_face
from sandbox.phone.device import AppleDevice
from sandbox.phone.google_wallet import GoogleWallet
from sandbox.phone.links import card_token
from sandbox.phone.steps import write_chat, write_news
from sandbox.phone.surroundings import Owner, Surroundings
from sandbox.phone.timeline import Step, Timeline

TIMEOUT: Final = ClientTimeout(total=30)
STEPS_SHOWN: Final = 40
NOTICES_SHOWN: Final = 8
SMS_SHOWN: Final = 12
TYPING_LASTS: Final = timedelta(seconds=5)
LOOK_AGAIN: Final = timedelta(seconds=2)
AFTER_TURN_S: Final = 0.05


class GoogleRefused(Exception):
    """The card could not be saved to Google Wallet; the text says what was answered."""


class Phone:
    """`run` follows everything that reaches the phone, until cancelled; `bell` rings at every change."""

    def __init__(
        self,
        around: Surroundings,
        session: ClientSession,
        *,
        owner: Owner,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.around = around
        self.owner = owner
        self.is_on = True
        self.is_google_limited = False
        self.is_telegram_down = False
        self.bell = Bell()
        self.timeline = Timeline()
        self.last_token: str | None = None
        self.device = AppleDevice(
            device_id=secrets.token_hex(16),
            push_token=secrets.token_hex(32),
            language=owner.language,
            session=session,
            trust_root=around.trust_root,
            clock=clock,
        )
        self.person = around.telegram.person(
            first_name=owner.first_name, language_code=owner.language, phone=owner.phone
        )
        self.google = GoogleWallet(around.google, self.timeline)
        self.session = session
        self._clock = clock
        self._held_pushes: set[str] = set()
        self._typing_until: datetime | None = None

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for follow in (
                self._follow_pushes,
                self._follow_device,
                self._follow_google,
                self._follow_reports,
                self._turn_codes,
                self._follow_chat,
                self._follow_sms,
            ):
                tasks.create_task(follow())

    async def add_apple(self, text: str) -> str:
        """Add a card by its link and give its serial. Raises NotACardLink, PassRefused, ServiceFailed."""
        token = card_token(text, self.around.public_url)
        held = await self.device.add(f"{self.around.public_url}/c/{token}.pkpass")
        self._remember(token)
        return held.opened.serial

    async def add_google(self, text: str) -> None:
        """Follow the card's link to Google's save page. Raises NotACardLink, GoogleRefused."""
        token = card_token(text, self.around.public_url)
        address = f"{self.around.public_url}/c/{token}/google"
        try:
            async with self.session.get(address, timeout=TIMEOUT) as answer:
                if answer.status != HTTPStatus.OK:
                    raise GoogleRefused(f"{answer.method} {answer.url.path[:60]} → {answer.status}")
        except (ClientError, TimeoutError) as error:
            raise GoogleRefused(type(error).__name__) from error
        self._remember(token)

    async def switch(self, *, on: bool) -> None:
        """Switch the phone off and on; the pushes that APNs kept meanwhile arrive then."""
        if on is self.is_on:
            return
        self.is_on = on
        self.own_up("phone_on" if on else "phone_off")
        while on and self._held_pushes:
            await self.device.on_push(self._held_pushes.pop())

    def limit_google(self, *, on: bool) -> None:
        """Let Google answer 429 to everything, or again as it should."""
        self.is_google_limited = on
        self.around.google.faults.clear()
        if on:
            self.around.google.fail(times=None, status=HTTPStatus.TOO_MANY_REQUESTS, retry_after_s=2, door="api")
        self.own_up("google_limited" if on else "google_answers")

    def cut_telegram(self, *, on: bool) -> None:
        """Let Telegram drop every connection, or answer again."""
        self.is_telegram_down = on
        self.around.telegram.faults.clear()
        if on:
            self.around.telegram.fail(times=None, cut=True)
        self.own_up("telegram_down" if on else "telegram_up")

    def snapshot(self, language: str) -> dict[str, Any]:
        """Give the whole screen, texts in one language."""
        passes = self.device.passes
        is_typing = self._typing_until is not None and self._clock() < self._typing_until
        return {
            "is_on": self.is_on,
            "is_google_limited": self.is_google_limited,
            "is_telegram_down": self.is_telegram_down,
            "last_token": self.last_token,
            "apple": [apple_face(held, language) for held in passes.values()],
            "notices": [
                notice_face(each, passes.get(each.serial), language)
                for each in list(self.device.notices)[-NOTICES_SHOWN:]
            ],
            "google": self.google.faces(language, at=self._clock()),
            "chat": chat_face(self.person, bot_username=self.around.bot_username, is_typing=is_typing),
            "sms": [
                {"number": each.number, "to": each.to, "text": each.text, "at": each.at.isoformat()}
                for each in (self.around.sms.messages[-SMS_SHOWN:] if self.around.sms else ())
            ],
            "steps": [_step(each, language) for each in list(self.timeline.steps)[-STEPS_SHOWN:]],
        }

    def own_up(self, code: str) -> None:
        """Write down what the person at the page did to the world around."""
        self.timeline.add("you", code, self._clock())
        self.bell.ring()

    def _remember(self, token: str) -> None:
        self.last_token = token
        self.bell.ring()

    async def _follow_pushes(self) -> None:
        with self.around.apns.watching() as pushes:
            async for push in pushes:
                if push.token != self.device.push_token:
                    continue
                if self.is_on:
                    await self.device.on_push(push.topic)
                else:
                    self._held_pushes.add(push.topic)
                    self.timeline.add("apple", "held", self._clock(), pass_type=push.topic)
                self.bell.ring()

    async def _follow_device(self) -> None:
        with self.device.news.watching() as news:
            async for each in news:
                write_news(self.timeline, each)
                self.bell.ring()

    async def _follow_google(self) -> None:
        with self.around.google.watching() as changes:
            async for change in changes:
                self.google.take(change)
                self.bell.ring()

    async def _follow_reports(self) -> None:
        with self.around.google.callbacks.news.watching() as reports:
            async for each in reports:
                status = each.problem or str(each.status)
                self.timeline.add("google", "google_reported", self._clock(), event=each.event_type, status=status)
                self.bell.ring()

    async def _turn_codes(self) -> None:
        """Draw the screen anew whenever a rotating code on it becomes another one."""
        while True:
            turn = self.google.next_turn(self._clock())
            await asyncio.sleep(min(turn or LOOK_AGAIN, LOOK_AGAIN).total_seconds() + AFTER_TURN_S)
            if turn is not None and turn <= LOOK_AGAIN:
                self.bell.ring()

    async def _follow_sms(self) -> None:
        if self.around.sms is None:
            return
        with self.around.sms.watching() as messages:
            async for _ in messages:
                self.bell.ring()

    async def _follow_chat(self) -> None:
        with self.person.watching() as changes:
            async for change in changes:
                at = self._clock()
                self._typing_until = at + TYPING_LASTS if change.verb == "typing" else None
                write_chat(self.timeline, change, at)
                self.bell.ring()


def _step(step: Step, language: str) -> dict[str, Any]:
    return {
        "number": step.number,
        "actor": step.actor,
        "code": step.code,
        "text": step.text(language),
        "detail": step.detail(language),
        "at": step.at.isoformat(),
    }
