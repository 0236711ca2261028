"""Every row of the request/expect table of the pass web service, against the running server."""

import io
import json
import subprocess
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import pytest

from certs.dev import DevIdentities
from offers.model.card import Announcement, Card
from offers.store.store import Store
from tests.clock import SettableClock
from tests.doors.apple_house import PASS_TYPE, AppleHouse, allowed, open_apple_house

TOKEN = {"pushToken": "ab" * 32}
OTHER_TOKEN = {"pushToken": "cd" * 32}


@pytest.fixture
async def house(store: Store, clock: SettableClock, dev_identities: DevIdentities) -> AsyncIterator[AppleHouse]:
    async with open_apple_house(store, clock, dev_identities) as opened:
        yield opened


async def register(house: AppleHouse, card: Card, body: dict[str, str] = TOKEN) -> int:
    async with house.client.post(house.registration(card), json=body, headers=allowed(card)) as response:
        return response.status


async def raise_version(house: AppleHouse, card: Card) -> Card:
    raised = await house.store.reading.cards.raise_version(card.id, Announcement.BALANCE, at=house.clock())
    assert raised is not None
    return raised


async def listed(house: AppleHouse, since: str | None) -> tuple[int, dict[str, object]]:
    async with house.client.get(house.changes(since=since)) as response:
        body = await response.read()
        return response.status, json.loads(body) if body else {}


async def test_row_1_a_list_before_any_registration_is_204_and_empty(house: AppleHouse) -> None:
    assert await listed(house, "0") == (204, {})


async def test_row_2_removing_what_was_never_registered_is_404(house: AppleHouse) -> None:
    card = house.cards[0]
    async with house.client.delete(house.registration(card), headers=allowed(card)) as response:
        assert response.status == 404


@pytest.mark.parametrize("scheme", ["", "Bearer {token}", "ApplePass", "ApplePass wrong", "applepass {token}"])
async def test_row_3_registering_without_the_right_authorization_is_401(house: AppleHouse, scheme: str) -> None:
    card = house.cards[0]
    headers = {"Authorization": scheme.format(token=card.apple_token)} if scheme else {}
    async with house.client.post(house.registration(card), json=TOKEN, headers=headers) as response:
        assert response.status == 401


async def test_row_4_an_unknown_type_is_404_and_an_unknown_serial_401(house: AppleHouse) -> None:
    card = house.cards[0]
    wrong_type = house.registration(card, pass_type="pass.other")
    unknown = house.registration(card).replace(card.serial, "0" * 32)
    async with house.client.post(wrong_type, json=TOKEN, headers=allowed(card)) as response:
        assert response.status == 404
    async with house.client.post(unknown, json=TOKEN, headers=allowed(card)) as response:
        assert response.status == 401


@pytest.mark.parametrize("body", [b"", b"{}", b"not json", b"[]", b'{"pushToken": "xyz"}', b'{"pushToken": 5}'])
async def test_row_5_registering_without_a_push_token_is_400(house: AppleHouse, body: bytes) -> None:
    card = house.cards[0]
    async with house.client.post(house.registration(card), data=body, headers=allowed(card)) as response:
        assert response.status == 400


async def test_row_6_a_malformed_serial_is_401(house: AppleHouse) -> None:
    card = house.cards[0]
    address = house.registration(card).replace(card.serial, "not-a-serial")
    async with house.client.post(address, json=TOKEN, headers=allowed(card)) as response:
        assert response.status == 401


async def test_rows_7_to_9_registering_is_201_then_200_and_a_new_token_replaces_the_old(house: AppleHouse) -> None:
    card = house.cards[0]

    answers = [await register(house, card), await register(house, card), await register(house, card, OTHER_TOKEN)]

    kept = await house.store.reading.devices.of_serials([card.serial])
    assert answers == [201, 200, 200]
    assert [each.push_token for each in kept] == [OTHER_TOKEN["pushToken"]]


async def test_row_9_a_devices_new_token_reaches_all_of_its_cards(house: AppleHouse) -> None:
    first, second = house.cards
    await register(house, first)

    await register(house, second, OTHER_TOKEN)

    kept = await house.store.reading.devices.of_serials([first.serial, second.serial])
    assert {each.push_token for each in kept} == {OTHER_TOKEN["pushToken"]}


async def test_rows_10_and_11_the_tag_of_a_list_is_a_string_after_which_nothing_is_new(house: AppleHouse) -> None:
    card = house.cards[0]
    await register(house, card)

    status, body = await listed(house, "0")

    tag = body["lastUpdated"]
    assert status == 200
    assert body["serialNumbers"] == [card.serial]
    assert isinstance(tag, str)
    assert await listed(house, tag) == (204, {})


async def test_row_12_two_cards_changed_in_the_same_second_are_both_listed(house: AppleHouse) -> None:
    for card in house.cards:
        await register(house, card)
    _, before = await listed(house, None)

    for card in house.cards:
        await raise_version(house, card)

    _, body = await listed(house, str(before["lastUpdated"]))
    assert body["serialNumbers"] == sorted(card.serial for card in house.cards)
    await raise_version(house, house.cards[0])
    _, again = await listed(house, str(body["lastUpdated"]))
    assert again["serialNumbers"] == [house.cards[0].serial]


async def test_rows_13_and_14_a_pass_is_sent_with_its_own_change_time_and_304_after_it(house: AppleHouse) -> None:
    card = await raise_version(house, house.cards[0])
    address, headers = house.pass_of(card), allowed(card)
    old = format_datetime(card.last_modified - timedelta(days=1), usegmt=True)
    house.clock.move(timedelta(hours=3))

    async with house.client.get(address, headers={**headers, "If-Modified-Since": old}) as response:
        assert response.status == 200
        assert response.content_type == "application/vnd.apple.pkpass"
        assert parsedate_to_datetime(response.headers["Last-Modified"]) == card.last_modified
        same = response.headers["Last-Modified"]
    later = format_datetime(house.clock(), usegmt=True)
    for since in (same, later):
        async with house.client.get(address, headers={**headers, "If-Modified-Since": since}) as response:
            assert response.status == 304
            assert await response.read() == b""


async def test_two_changes_within_a_second_are_two_changes_for_the_phone(house: AppleHouse) -> None:
    once = await raise_version(house, house.cards[0])

    twice = await raise_version(house, house.cards[0])

    since = format_datetime(once.last_modified, usegmt=True)
    assert twice.last_modified == once.last_modified + timedelta(seconds=1)
    headers = {**allowed(once), "If-Modified-Since": since}
    async with house.client.get(house.pass_of(once), headers=headers) as response:
        assert response.status == 200


async def test_row_15_a_pass_asked_for_wrongly_is_401_404_or_401(house: AppleHouse) -> None:
    card = house.cards[0]
    address = house.pass_of(card)
    async with house.client.get(address, headers={"Authorization": "ApplePass wrong"}) as response:
        assert response.status == 401
    async with house.client.get(address.replace(PASS_TYPE, "pass.other"), headers=allowed(card)) as response:
        assert response.status == 404
    async with house.client.get(address.replace(card.serial, "f" * 32), headers=allowed(card)) as response:
        assert response.status == 401


async def test_row_16_head_answers_as_get_without_a_body(house: AppleHouse) -> None:
    card = house.cards[0]
    async with house.client.head(house.pass_of(card), headers=allowed(card)) as response:
        assert response.status == 200
        assert "Last-Modified" in response.headers
        assert await response.read() == b""


async def test_row_17_removing_is_401_for_a_malformed_serial_and_200_for_a_registered_one(house: AppleHouse) -> None:
    card = house.cards[0]
    await register(house, card)
    address = house.registration(card)
    async with house.client.delete(address.replace(card.serial, "?"), headers=allowed(card)) as response:
        assert response.status in {401, 404}
    async with house.client.delete(address.replace(card.serial, "bad"), headers=allowed(card)) as response:
        assert response.status == 401
    async with house.client.delete(address, headers=allowed(card)) as response:
        assert response.status == 200
    assert await listed(house, None) == (204, {})


async def test_row_18_complaints_are_kept_junk_is_400_and_floods_are_429(house: AppleHouse) -> None:
    async with house.client.post("/apple/v1/log", json={"logs": ["x" * 5_000]}) as response:
        assert response.status == 200
    async with house.client.post("/apple/v1/log", data=b"junk") as response:
        assert response.status == 400
    kept = [each async for each in house.store.database["device_logs"].find()]
    assert [len(each["text"]) for each in kept] == [1_000]
    statuses = set()
    for _ in range(12):
        async with house.client.post("/apple/v1/log", json={"logs": []}) as response:
            statuses.add(response.status)
    assert statuses == {200, 429}


async def test_row_19_personalisation_signs_the_token(house: AppleHouse) -> None:
    card = house.cards[0]
    body = {"personalizationToken": "token-1", "requiredPersonalizationInfo": {"fullName": "Sample"}}
    address = f"{house.pass_of(card)}/personalize"
    async with house.client.post(address, json=body) as response:
        assert response.status == 200
        assert response.content_type == "application/octet-stream"
        assert (await response.read())[:1] == b"\x30"
    async with house.client.post(address.replace(card.serial, "bad"), json=body) as response:
        assert response.status == 400
    async with house.client.post(address.replace(PASS_TYPE, "pass.other"), json=body) as response:
        assert response.status == 404
    async with house.client.post(address, json=body, headers={"Authorization": "ApplePass no"}) as response:
        assert response.status == 401


async def test_the_pass_is_whole_and_openssl_accepts_its_signature(house: AppleHouse, tmp_path: Path) -> None:
    card = await raise_version(house, house.cards[0])
    async with house.client.get(house.pass_of(card), headers=allowed(card)) as response:
        archive = zipfile.ZipFile(io.BytesIO(await response.read()))

    content = json.loads(archive.read("pass.json"))
    balance = content["storeCard"]["headerFields"][0]
    assert content["serialNumber"] == card.serial
    assert content["authenticationToken"] == card.apple_token
    assert balance == {
        "key": "balance",
        "label": "POINTS",
        "value": 0,
        "numberStyle": "PKNumberStyleDecimal",
        "changeMessage": "Points on the card: %@",
    }
    assert '"POINTS" = "БАЛЛЫ";' in archive.read("ru.lproj/pass.strings").decode()
    assert '"Coffee house" = "Кофейня";' in archive.read("ru.lproj/pass.strings").decode()
    (tmp_path / "manifest.json").write_bytes(archive.read("manifest.json"))
    (tmp_path / "signature").write_bytes(archive.read("signature"))
    verified = subprocess.run(
        [
            *("openssl", "smime", "-verify", "-binary", "-inform", "DER", "-purpose", "any"),
            *("-in", "signature", "-content", "manifest.json"),
            *("-CAfile", str(house.identities.root_path.resolve())),
        ],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stderr.decode()
