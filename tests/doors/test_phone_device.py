"""A device against the real pass web service and worker: add, register, push, fetch, remove."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from certs.dev import DEV_PASS_TYPE, DevIdentities
from certs.identity import PassIdentity
from offers.store.store import Store
from sandbox.apns import ReceivedPush
from sandbox.phone.device import AppleDevice
from sandbox.phone.refusals import PassRefused
from sandbox.phone.service_client import ServiceFailed
from tests.passes import SERIAL, document_of, files_of, pack, points
from tests.phone_house import PhoneHouse, open_phone_house
from wallet.apple.signer import PassSigner

PUSH_TOKEN = "ab" * 32


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, dev_identities: DevIdentities) -> AsyncIterator[PhoneHouse]:
    async with open_phone_house(store, dev_identities) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as opened:
        yield opened


def device_of(
    session: ClientSession, identities: DevIdentities, *, number: int = 1, language: str = "ru"
) -> AppleDevice:
    return AppleDevice(
        device_id=f"device-{number}",
        push_token=PUSH_TOKEN if number == 1 else f"{number:064x}",
        language=language,
        session=session,
        trust_root=identities.root_path,
        retry_pause_s=0.01,
    )


@pytest.fixture
def device(session: ClientSession, dev_identities: DevIdentities) -> AppleDevice:
    return device_of(session, dev_identities)


async def next_push(pushes: AsyncIterator[ReceivedPush]) -> ReceivedPush:
    async with asyncio.timeout(40):
        return await anext(pushes)


def value(device: AppleDevice, serial: str, key: str) -> object:
    return next(field["value"] for _, field in device.passes[serial].opened.fields() if field["key"] == key)


async def test_a_purchase_reaches_the_lock_screen(house: PhoneHouse, device: AppleDevice) -> None:
    enrolment = await house.enrol()
    serial = enrolment.card.serial

    held = await device.add(f"{house.link(enrolment)}.pkpass")
    with house.apns.watching() as pushes:
        await house.buy(enrolment, 50_000)
        push = await next_push(pushes)
    notices = await device.on_push(push.topic)

    assert held.is_registered
    assert (push.token, push.topic) == (PUSH_TOKEN, DEV_PASS_TYPE)
    assert [notice.text for notice in notices] == ["Баллов на карте: 25"]
    assert notices[0].texts["en"] == "Points on the card: 25"
    assert notices[0].titles == {"ru": "Кофейня", "en": "Coffee house"}
    assert value(device, serial, "balance") == 25


async def test_a_new_discount_outranks_the_new_balance(house: PhoneHouse, device: AppleDevice) -> None:
    enrolment = await house.enrol()
    await device.add(f"{house.link(enrolment)}.pkpass")

    with house.apns.watching() as pushes:
        for amount in (500_000, 100_000):
            await house.buy(enrolment, amount)
            await device.on_push((await next_push(pushes)).topic)

    texts = [notice.texts["en"] for notice in device.notices]
    assert texts[-1] in {"Your discount is now 3%", "Points on the card: 300", "Points on the card: 298"}
    assert "Your discount is now 3%" in texts
    assert value(device, enrolment.card.serial, "discount") == 0.03


async def test_two_cards_on_one_device_are_updated_each_for_itself(house: PhoneHouse, device: AppleDevice) -> None:
    first, second = await house.enrol(), await house.enrol(phone="+79990000002")
    for enrolment in (first, second):
        await device.add(f"{house.link(enrolment)}.pkpass")
    await device.refresh()

    with house.apns.watching() as pushes:
        await house.buy(second, 50_000)
        notices = await device.on_push((await next_push(pushes)).topic)

    assert [notice.serial for notice in notices] == [second.card.serial]
    assert value(device, first.card.serial, "balance") == 0


async def test_a_second_push_without_a_change_says_nothing(house: PhoneHouse, device: AppleDevice) -> None:
    enrolment = await house.enrol()
    await device.add(f"{house.link(enrolment)}.pkpass")
    with house.apns.watching() as pushes:
        await house.buy(enrolment, 50_000)
        push = await next_push(pushes)
    await device.on_push(push.topic)

    with device.news.watching() as news:
        again = await device.on_push(push.topic)
        device.news.close()
        steps = [step async for step in news]

    assert again == []
    assert [step.verb for step in steps] == ["pushed", "listed"]
    assert steps[-1].facts["count"] == 0


async def test_a_pass_added_twice_is_one_pass(house: PhoneHouse, device: AppleDevice) -> None:
    enrolment = await house.enrol()

    await device.add(f"{house.link(enrolment)}.pkpass")
    await device.add(f"{house.link(enrolment)}.pkpass")

    assert list(device.passes) == [enrolment.card.serial]
    assert len(await house.store.reading.devices.of_device("device-1", DEV_PASS_TYPE)) == 1


async def test_a_removed_pass_is_pushed_no_more(house: PhoneHouse, device: AppleDevice) -> None:
    enrolment = await house.enrol()
    await device.add(f"{house.link(enrolment)}.pkpass")

    await device.remove(enrolment.card.serial)

    assert device.passes == {}
    assert await house.store.reading.devices.of_device("device-1", DEV_PASS_TYPE) == []


async def test_two_devices_hear_of_one_purchase(
    house: PhoneHouse, session: ClientSession, dev_identities: DevIdentities
) -> None:
    devices = [device_of(session, dev_identities, number=number, language="en") for number in (1, 2)]
    enrolment = await house.enrol()
    for each in devices:
        await each.add(f"{house.link(enrolment)}.pkpass")

    with house.apns.watching() as pushes:
        await house.buy(enrolment, 50_000)
        tokens = {(await next_push(pushes)).token for _ in devices}

    assert tokens == {each.push_token for each in devices}
    assert [(await each.on_push(DEV_PASS_TYPE))[0].text for each in devices] == ["Points on the card: 25"] * 2


async def test_a_pass_from_strangers_is_refused_and_not_kept(
    house: PhoneHouse, device: AppleDevice, pass_identity: PassIdentity
) -> None:
    payload = pack(files_of(document_of(pass_identity)), PassSigner(pass_identity), datetime.now(UTC))

    with pytest.raises(PassRefused):
        await device.add(payload[:-40])
    with pytest.raises(ServiceFailed) as failure:
        await device.add(f"{house.url}/c/nonsense.pkpass")

    assert failure.value.status == 404
    assert device.passes == {}


class FlakyService:
    """A pass web service that does what it is told, for what a good one never does."""

    def __init__(self, identity: PassIdentity) -> None:
        self.identity = identity
        self.signer = PassSigner(identity)
        self.statuses: list[int] = []
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.changed: object = {"serialNumbers": [SERIAL], "lastUpdated": "t1"}
        self.balance = 10
        self.token = "0123456789abcdef"
        self.url = ""

    def make(self) -> bytes:
        document = document_of(
            self.identity,
            points(self.balance, changeMessage="Points on the card: %@"),
            webServiceURL=self.url,
            authenticationToken=self.token,
        )
        return pack(files_of(document), self.signer, datetime.now(UTC))

    async def answer(self, request: web.Request) -> web.Response:
        self.requests.append(f"{request.method} {request.path_qs}")
        if request.path.endswith("/v1/log"):
            self.complaints += (await request.json())["logs"]
            return web.Response()
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        if request.method == "POST":
            return web.Response(status=201)
        if "/passes/" in request.path:
            return web.Response(body=self.make(), content_type="application/vnd.apple.pkpass")
        return web.json_response(self.changed)


@pytest_asyncio.fixture(loop_scope="session")
async def flaky(pass_identity: PassIdentity) -> AsyncIterator[FlakyService]:
    service = FlakyService(pass_identity)
    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", service.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}/apple"
    yield service
    await runner.cleanup()


async def test_a_service_that_stumbles_is_asked_again(flaky: FlakyService, device: AppleDevice) -> None:
    flaky.statuses = [503, 500, 429]

    held = await device.add(flaky.make())

    assert held.is_registered
    assert len(flaky.requests) == 4
    assert flaky.complaints == []


async def test_a_service_that_stays_down_leaves_the_pass_and_reads_it_in_its_log(
    flaky: FlakyService, device: AppleDevice
) -> None:
    flaky.statuses = [503] * 4

    held = await device.add(flaky.make())

    assert not held.is_registered
    assert list(device.passes) == [SERIAL]
    assert "register: answered 503" in flaky.complaints[0]


async def test_a_tag_that_is_no_string_is_not_understood(flaky: FlakyService, device: AppleDevice) -> None:
    await device.add(flaky.make())
    flaky.changed = {"serialNumbers": [SERIAL], "lastUpdated": 17}
    flaky.balance = 20

    assert await device.on_push(flaky.identity.pass_type_identifier) == []

    assert value(device, SERIAL, "balance") == 10
    assert "lastUpdated" in flaky.complaints[0]


async def test_the_tag_comes_back_as_it_was_and_only_after_all_was_fetched(
    flaky: FlakyService, device: AppleDevice
) -> None:
    await device.add(flaky.make())
    flaky.balance, flaky.token = 20, "another token, 16 chars"
    await device.refresh()

    flaky.token = "0123456789abcdef"
    await device.refresh()
    await device.refresh()

    asked = [path for path in flaky.requests if "registrations" in path and path.startswith("GET")]
    assert ["passesUpdatedSince=t1" in path for path in asked] == [False, False, True]
    assert "authenticationToken differs" in flaky.complaints[0]
    assert value(device, SERIAL, "balance") == 20


async def test_an_update_that_is_not_good_leaves_the_old_pass(
    flaky: FlakyService, device: AppleDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    await device.add(flaky.make())
    flaky.balance = 20
    monkeypatch.setattr(flaky, "make", lambda: b"not a pass")

    assert await device.refresh() == []

    assert value(device, SERIAL, "balance") == 10
    assert "no zip archive" in flaky.complaints[0]
