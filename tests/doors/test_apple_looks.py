"""Looks in Apple Wallet, against the running service: layers reach phones without a write to their cards."""

import io
import json
import secrets
import subprocess
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from certs.dev import DevIdentities
from offers.engine.card_codes import link_token
from offers.flows.put_layer import EndLayer, LayerWish, PutLayer
from offers.model.card import Announcement, Card
from offers.model.design_parts import NfcTerms, PersonalField, Personalisation
from offers.model.ids import CardId
from offers.model.layer import LayerColours, LayerParts, LayerScope
from offers.model.programme import LocalText
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY, DESIGN, PROGRAMME
from tests.doors.apple_house import AppleHouse, allowed, open_apple_house

TOKEN = {"pushToken": "ab" * 32}
HOUR = timedelta(hours=1)
HAPPY = LocalText(ru="Счастливый час", en="Happy hour")
PARTS = LayerParts(text=HAPPY, colours=LayerColours(background="#101010"))
ASKED = Personalisation(description=HAPPY, fields=(PersonalField.NAME,), terms=LocalText(ru="Условия", en="Terms"))


@pytest.fixture
async def house(store: Store, clock: SettableClock, dev_identities: DevIdentities) -> AsyncIterator[AppleHouse]:
    async with open_apple_house(store, clock, dev_identities) as opened:
        for card in opened.cards:
            async with opened.client.post(opened.registration(card), json=TOKEN, headers=allowed(card)) as response:
                assert response.status == 201
        yield opened


def putting(house: AppleHouse) -> PutLayer:
    return PutLayer(house.store, house.clock, secrets.token_bytes)


def wish(house: AppleHouse, **changes: Any) -> LayerWish:
    at = house.clock()
    return replace(
        LayerWish(scope=LayerScope.EVERYBODY, parts=PARTS, starts_at=at + HOUR, ends_at=at + 2 * HOUR), **changes
    )


async def listed(house: AppleHouse, since: str) -> tuple[list[str], str]:
    async with house.client.get(house.changes(since=since)) as response:
        if response.status == 204:
            return [], since
        body = await response.json()
        return body["serialNumbers"], body["lastUpdated"]


async def fetched(house: AppleHouse, card: Card, since: str | None = None) -> tuple[int, str, dict[str, Any]]:
    """Give status, Last-Modified and pass.json."""
    headers = {**allowed(card), **({"If-Modified-Since": since} if since else {})}
    async with house.client.get(house.pass_of(card), headers=headers) as response:
        body = await response.read()
        content = json.loads(zipfile.ZipFile(io.BytesIO(body)).read("pass.json")) if body else {}
        return response.status, response.headers["Last-Modified"], content


async def test_a_layer_for_everybody_is_news_on_every_card_and_writes_to_none(house: AppleHouse) -> None:
    serials = sorted(card.serial for card in house.cards)
    await putting(house)(PROGRAMME, "happy-hour", wish(house))
    _, tag = await listed(house, "0")
    before = [each async for each in house.store.database["cards"].find()]
    assert await listed(house, tag) == ([], tag)

    house.clock.move(HOUR)
    on, on_tag = await listed(house, tag)
    house.clock.move(HOUR)
    off, off_tag = await listed(house, on_tag)

    assert (on, off) == (serials, serials)
    assert await listed(house, off_tag) == ([], off_tag)
    assert [each async for each in house.store.database["cards"].find()] == before


async def test_each_turn_is_another_pass_with_a_later_date(house: AppleHouse) -> None:
    card = house.cards[0]
    await putting(house)(PROGRAMME, "happy-hour", wish(house))
    seen = [await fetched(house, card)]

    for _ in range(2):
        assert (await fetched(house, card, seen[-1][1]))[0] == 304
        house.clock.move(HOUR)
        seen.append(await fetched(house, card, seen[-1][1]))

    dates = [parsedate_to_datetime(each[1]) for each in seen]
    assert [each[0] for each in seen] == [200, 200, 200]
    assert dates == sorted(set(dates))
    assert dates[1] == house.clock() - HOUR
    assert [each[2]["backgroundColor"] for each in seen] == ["rgb(29,43,54)", "rgb(16,16,16)", "rgb(29,43,54)"]


async def test_a_card_and_a_look_changed_in_one_second_are_two_changes(house: AppleHouse) -> None:
    card = house.cards[0]
    _, first, _ = await fetched(house, card)
    await house.store.reading.cards.raise_version(card.id, Announcement.BALANCE, at=house.clock())
    _, second, _ = await fetched(house, card, first)

    layer = await putting(house)(PROGRAMME, "now", wish(house, starts_at=None))
    _, third, shown = await fetched(house, card, second)
    await EndLayer(house.store, house.clock)(PROGRAMME, layer.id)
    status, fourth, _ = await fetched(house, card, third)

    dates = [parsedate_to_datetime(each) for each in (first, second, third, fourth)]
    assert status == 200
    assert dates == sorted(set(dates))
    assert shown["backgroundColor"] == "rgb(16,16,16)"


async def test_a_text_that_comes_on_is_the_line_of_the_lock_screen(house: AppleHouse) -> None:
    card = house.cards[0]
    await house.store.reading.cards.raise_version(card.id, Announcement.BALANCE, at=house.clock())
    await putting(house)(PROGRAMME, "happy-hour", wish(house))

    house.clock.move(HOUR)
    _, _, shown = await fetched(house, card)

    fields = [field for place in shown["storeCard"].values() for field in place]
    assert [field["key"] for field in fields if "changeMessage" in field] == ["news"]


async def test_a_layer_for_a_segment_is_news_for_its_members_alone(house: AppleHouse) -> None:
    inside = house.cards[1]
    await house.store.reading.members.put_in_segments(inside.member_id, ["students"])
    _, tag = await listed(house, "0")

    await putting(house)(PROGRAMME, "exam", wish(house, scope=LayerScope.SEGMENT, segment="students", starts_at=None))

    assert (await listed(house, tag))[0] == [inside.serial]


async def test_another_edition_of_a_design_is_news(house: AppleHouse) -> None:
    card = house.cards[0]
    _, tag = await listed(house, "0")
    _, date, _ = await fetched(house, card)

    await house.store.reading.designs.keep(replace(DESIGN, edition=2, changed_at=house.clock()))

    assert (await listed(house, tag))[0] == sorted(each.serial for each in house.cards)
    assert (await fetched(house, card, date))[0] == 200


async def test_a_members_cards_come_in_one_bundle(house: AppleHouse) -> None:
    card = house.cards[0]
    gift = replace(card, id=CardId("06cqk3n8w2x5z7b9d1f4"), serial="a" * 32, design="gift", issue_key="gift")
    await house.store.reading.cards.add(gift)

    async with house.client.get(f"/c/{link_token(card.id, CODE_KEY)}.pkpasses") as response:
        assert response.content_type == "application/vnd.apple.pkpasses"
        bundle = zipfile.ZipFile(io.BytesIO(await response.read()))

    passes = [zipfile.ZipFile(io.BytesIO(bundle.read(name))) for name in bundle.namelist()]
    assert [json.loads(each.read("pass.json"))["serialNumber"] for each in passes] == [card.serial, gift.serial]


async def personalising(house: AppleHouse) -> Card:
    design = replace(DESIGN, nfc=NfcTerms(public_key="key"), personalisation=ASKED)
    await house.store.reading.designs.keep(design)
    return house.cards[0]


async def test_what_a_member_tells_their_phone_is_kept_with_its_proof(house: AppleHouse) -> None:
    card = await personalising(house)
    address = f"{house.pass_of(card)}/personalize"
    told = {"fullName": " Анна\x00 К. ", "emailAddress": "a@example.org"}
    body = {"personalizationToken": "token-1", "requiredPersonalizationInfo": told}
    async with house.client.get(house.pass_of(card), headers=allowed(card)) as response:
        before = zipfile.ZipFile(io.BytesIO(await response.read()))

    for _ in range(2):
        async with house.client.post(address, json=body, headers=allowed(card)) as response:
            assert response.status == 200

    member = await house.store.reading.members.get(card.member_id)
    assert member is not None
    assert member.personal is not None
    assert (member.personal.name, member.personal.email) == ("Анна К.", "a@example.org")
    proofs = [each.proof for each in await house.store.reading.consents.of_member(card.member_id)]
    assert proofs.count(f"Apple Wallet, card {card.serial}") == 1
    async with house.client.get(house.pass_of(card), headers=allowed(card)) as response:
        after = zipfile.ZipFile(io.BytesIO(await response.read()))
    assert "personalization.json" in before.namelist()
    assert "personalizationLogo@2x.png" in before.namelist()
    assert "personalization.json" not in after.namelist()


async def test_a_stranger_does_not_write_over_what_a_member_told(house: AppleHouse) -> None:
    card = await personalising(house)
    address = f"{house.pass_of(card)}/personalize"
    for name in ("Anna", "Mallory"):
        body = {"personalizationToken": "t", "requiredPersonalizationInfo": {"fullName": name}}
        async with house.client.post(address, json=body) as response:
            assert response.status == 200

    member = await house.store.reading.members.get(card.member_id)

    assert member is not None
    assert member.personal is not None
    assert member.personal.name == "Anna"


async def test_a_card_that_asks_for_nothing_keeps_nothing(house: AppleHouse) -> None:
    card = house.cards[0]
    body = {"personalizationToken": "t", "requiredPersonalizationInfo": {"fullName": "Anna"}}
    async with house.client.post(f"{house.pass_of(card)}/personalize", json=body) as response:
        assert response.status == 200

    member = await house.store.reading.members.get(card.member_id)

    assert member is not None
    assert member.personal is None


async def test_the_signed_token_verifies_by_openssl(house: AppleHouse, tmp_path: Path) -> None:
    body = {"personalizationToken": "token-1\n"}
    async with house.client.post(f"{house.pass_of(house.cards[0])}/personalize", json=body) as response:
        (tmp_path / "signature").write_bytes(await response.read())
    (tmp_path / "token").write_bytes(b"token-1\n")

    verified = subprocess.run(
        [
            *("openssl", "smime", "-verify", "-binary", "-inform", "DER", "-purpose", "any"),
            *("-in", "signature", "-content", "token"),
            *("-CAfile", str(house.identities.root_path.resolve())),
        ],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )

    assert verified.returncode == 0, verified.stderr.decode()


async def test_complaints_are_kept_with_whose_card_they_name(house: AppleHouse) -> None:
    card = house.cards[0]
    lines = [f"[2026-03-11] Get pass task (serial number {card.serial}) failed", "no serial here"]
    async with house.client.post("/apple/v1/log", json={"logs": lines}) as response:
        assert response.status == 200

    logs = await house.store.reading.device_logs.newest(PROGRAMME.id, before=None, limit=10)

    assert {(log.text, log.programme_id) for log in logs} == {(lines[0], PROGRAMME.id), (lines[1], None)}
    assert (
        await house.store.reading.device_logs.newest(PROGRAMME.id, before=datetime(2020, 1, 1, tzinfo=UTC), limit=9)
        == []
    )
