"""A device that carries passes as iOS does: checks, registers, answers pushes, and tells the lock screen."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from aiohttp import ClientSession

from locales.catalogue import LANGUAGES
from sandbox.changes import Changes
from sandbox.phone.chain import TrustStore
from sandbox.phone.held import HeldPass, Notice
from sandbox.phone.lock_screen import changed_keys, lock_screen_text
from sandbox.phone.news import DeviceNews, Verb
from sandbox.phone.opened import OpenedPass, open_pass
from sandbox.phone.refusals import PassRefused
from sandbox.phone.service_client import Fetched, ServiceClient, ServiceFailed

PASSES_LIMIT: Final = 50
NOTICES_LIMIT: Final = 50


class AppleDevice:
    """Give it a `.pkpass` or its address with `add`, its pushes with `on_push`; read `passes` and `notices`.

    Raises PassRefused from `add` alone: an update that is refused leaves the old pass and goes to the
    service's log.
    """

    def __init__(
        self,
        *,
        device_id: str,
        push_token: str,
        language: str,
        session: ClientSession,
        trust_root: Path,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        retry_pause_s: float = 0.5,
    ) -> None:
        self.device_id = device_id
        self.push_token = push_token
        self.language = language
        self.passes: dict[str, HeldPass] = {}
        self.notices: deque[Notice] = deque(maxlen=NOTICES_LIMIT)
        self.news: Changes[DeviceNews] = Changes()
        self._trust = TrustStore.load(trust_root)
        self._clock = clock
        self._service = ServiceClient(
            session=session, device_id=device_id, language=language, retry_pause_s=retry_pause_s
        )
        self._tags: dict[tuple[str, str], str] = {}
        self._noticed = 0
        # One thing at a time: a push that comes during an update must see what the update left.
        self._busy = asyncio.Lock()

    async def add(self, source: bytes | str) -> HeldPass:
        """Take a pass, given whole or by its address, and register for its changes.

        A pass with a serial that is here already replaces the old one. Raises PassRefused; ServiceFailed
        when the address gives nothing.
        """
        async with self._busy:
            fetched = await self._bring(source)
            opened = self._open(fetched.payload)
            if len(self.passes) >= PASSES_LIMIT and opened.serial not in self.passes:
                raise PassRefused("value_wrong", name="serialNumber", value=f"more than {PASSES_LIMIT} passes")
            at = self._clock()
            held = HeldPass(opened=opened, added_at=at, changed_at=at, last_modified=fetched.last_modified)
            self.passes[opened.serial] = held
            self._tell("added", opened, size_bytes=opened.size_bytes)
            return await self._register(held)

    async def on_push(self, pass_type: str) -> list[Notice]:
        """Do what a push asks for: nothing is in it, so ask every service of this type what changed."""
        self.news.tell(DeviceNews(verb="pushed", at=self._clock(), facts={"pass_type": pass_type}))
        return await self.refresh(pass_type)

    async def refresh(self, pass_type: str | None = None) -> list[Notice]:
        """Ask what changed without a push, as the daily poll and a pull on the back of a pass do."""
        async with self._busy:
            services = {
                (held.opened.service_url, held.opened.pass_type)
                for held in self.passes.values()
                if held.opened.service_url and pass_type in {None, held.opened.pass_type}
            }
            notices = []
            for service, kind in sorted(services, key=str):
                if service:
                    notices += await self._ask(service, kind)
            return notices

    async def remove(self, serial: str) -> None:
        """Take a pass off the device and tell its service; the pass goes whatever the service answers."""
        async with self._busy:
            opened = self.passes.pop(serial).opened
            self._tell("removed", opened)
            if opened.service_url is None:
                return
            try:
                await self._service.unregister(opened.service_url, opened.pass_type, serial, token=opened.token)
                self._tell("unregistered", opened)
            except ServiceFailed as failure:
                await self._complain(opened, str(failure))

    async def _bring(self, source: bytes | str) -> Fetched:
        if isinstance(source, bytes):
            return Fetched(payload=source, last_modified=None)
        return await self._service.download(source)

    def _open(self, payload: bytes) -> OpenedPass:
        try:
            opened = open_pass(payload, self._trust, at=self._clock())
        except PassRefused as refusal:
            facts = {"code": refusal.code, **refusal.facts}
            self.news.tell(DeviceNews(verb="refused", at=self._clock(), facts=facts))
            raise
        signer = opened.signer
        self._tell("verified", opened, name=signer.name, intermediate=signer.intermediate, root=signer.root)
        return opened

    async def _register(self, held: HeldPass) -> HeldPass:
        opened = held.opened
        if opened.service_url is None:
            return held
        try:
            status = await self._service.register(
                opened.service_url, opened.pass_type, opened.serial, token=opened.token, push_token=self.push_token
            )
        except ServiceFailed as failure:
            await self._complain(opened, str(failure))
            return held
        self._tell("registered", opened, status=status)
        self.passes[opened.serial] = replace(held, is_registered=True)
        return self.passes[opened.serial]

    async def _ask(self, service: str, pass_type: str) -> list[Notice]:
        """Ask one service and fetch what it names; the new tag is kept only when all of it was brought home."""
        some = next(held.opened for held in self.passes.values() if held.opened.service_url == service)
        try:
            changed = await self._service.changed(service, pass_type, tag=self._tags.get((service, pass_type)))
        except ServiceFailed as failure:
            await self._complain(some, str(failure))
            return []
        named = [serial for serial in changed.serials if serial in self.passes] if changed else []
        self.news.tell(DeviceNews(verb="listed", at=self._clock(), facts={"count": len(named)}))
        outcomes = [await self._update(self.passes[serial]) for serial in named]
        if changed and all(is_home for is_home, _ in outcomes):
            self._tags[service, pass_type] = changed.tag
        return [notice for _, notice in outcomes if notice]

    async def _update(self, held: HeldPass) -> tuple[bool, Notice | None]:
        """Bring one pass up to date: whether it is, and what the lock screen says."""
        opened = held.opened
        try:
            fetched = await self._service.fetch(
                opened.service_url or "",
                opened.pass_type,
                opened.serial,
                token=opened.token,
                last_modified=held.last_modified,
            )
            if fetched is None:
                self._tell("fetched", opened, status=304, size_bytes=0)
                return True, None
            self._tell("fetched", opened, status=200, size_bytes=len(fetched.payload))
            newer = self._open(fetched.payload)
            _check_same(opened, newer)
        except (ServiceFailed, PassRefused) as failure:
            await self._complain(opened, str(failure))
            return False, None
        changed_at = held.changed_at if newer.manifest == opened.manifest else self._clock()
        self.passes[opened.serial] = replace(
            held, opened=newer, last_modified=fetched.last_modified, changed_at=changed_at
        )
        return True, self._notice(opened, newer)

    def _notice(self, before: OpenedPass, after: OpenedPass) -> Notice | None:
        texts = {language: lock_screen_text(before, after, language) for language in {*LANGUAGES, self.language}}
        shown = {language: text for language, text in texts.items() if text is not None}
        if self.language not in shown:
            self._tell("silent", after, changed=", ".join(changed_keys(before, after)))
            return None
        self._noticed += 1
        notice = Notice(
            number=self._noticed,
            serial=after.serial,
            text=shown[self.language],
            texts=MappingProxyType(shown),
            titles=MappingProxyType({language: after.organisation(language) for language in shown}),
            at=self._clock(),
        )
        self.notices.append(notice)
        self._tell("noticed", after, **{f"text_{language}": text for language, text in shown.items()})
        return notice

    async def _complain(self, opened: OpenedPass, problem: str) -> None:
        self._tell("failed", opened, problem=problem)
        if opened.service_url is not None:
            line = f"[{self._clock():%Y-%m-%d %H:%M:%S} UTC] {opened.pass_type} {opened.serial}: {problem}"
            await self._service.complain(opened.service_url, line)

    def _tell(self, verb: Verb, opened: OpenedPass, **facts: str | int) -> None:
        self.news.tell(DeviceNews(verb=verb, at=self._clock(), serial=opened.serial, facts=facts))


def _check_same(before: OpenedPass, after: OpenedPass) -> None:
    """An update may change everything but what names the pass. Raises PassRefused."""
    for name in ("passTypeIdentifier", "serialNumber", "authenticationToken"):
        if before.document.get(name) != after.document.get(name):
            raise PassRefused("pass_replaced", name=name)
