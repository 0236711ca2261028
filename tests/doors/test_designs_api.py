"""Designs, pictures, layers and previews through their API."""

import io
import json
import secrets
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image

from certs.dev import DevIdentities
from offers.flows.enrol_member import EnrolMember
from offers.flows.open_programme import OpenProgramme
from offers.flows.read_device_logs import DeviceLogs
from offers.model.design import CardKind
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import application
from tests.doors.studio import Studio, open_studio
from tests.till_door import COFFEE

HAPPY = {"ru": "Счастливый час", "en": "Happy hour"}


@pytest_asyncio.fixture(loop_scope="session")
async def studio(store: Store, clock: SettableClock, dev_identities: DevIdentities) -> AsyncIterator[Studio]:
    async with open_studio(store, clock, dev_identities) as opened:
        yield opened


def picture(size: tuple[int, int], kind: str = "JPEG") -> bytes:
    stream = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(stream, kind)
    return stream.getvalue()


async def test_the_main_design_is_there_from_the_beginning(studio: Studio) -> None:
    status, found = await studio.ask("GET", "/v1/designs")

    assert status == 200
    assert [(each["slug"], each["kind"], each["edition"]) for each in found["designs"]] == [("main", "bonus", 1)]


async def test_what_was_read_can_be_sent_back_and_changes_nothing(studio: Studio) -> None:
    design = await studio.design()

    status, kept = await studio.ask("PUT", "/v1/designs/main", json=design, headers={"If-Match": '"1"'})

    assert (status, kept["edition"], kept["design"]) == (200, 1, design)


@pytest.mark.parametrize("kind", list(CardKind))
async def test_a_design_of_every_kind_can_be_kept_and_shown(studio: Studio, kind: CardKind) -> None:
    design = {**await studio.design(), "kind": kind.value}

    status, kept = await studio.ask("PUT", f"/v1/designs/{kind.value}", json=design)
    shown, face = await studio.ask(
        "POST", f"/v1/designs/{kind.value}/preview", params={"card": studio.card}, json=design
    )

    assert (status, kept["edition"], kept["slug"]) == (201, 1, kind.value)
    assert (shown, face["kind"], face["faults"]) == (200, kind.value, [])


async def test_a_changed_design_has_another_edition_is_told_and_written_down(studio: Studio) -> None:
    design = await studio.design()
    design["colours"] = {"background": "#112233", "foreground": "#ffffff", "label": "#ffcc00"}

    status, kept = await studio.ask("PUT", "/v1/designs/main", json=design, headers={"If-Match": '"1"'})
    stale, refusal = await studio.ask("PUT", "/v1/designs/main", json=design, headers={"If-Match": '"1"'})

    assert (status, kept["edition"]) == (200, 2)
    assert (stale, refusal["code"]) == (412, "version_conflict")
    told = [item["payload"]["design"] async for item in studio.store.database["outbox"].find({"kind": "LookChanged"})]
    assert told == ["main"]
    (line,) = await studio.store.reading.audit.last(studio.opened.programme.id)
    assert (line.action, line.subject, line.facts["edition"]) == ("design_changed", "main", 2)
    _, face = await studio.preview()
    assert face["colours"]["background"] == "#112233"


async def test_everything_wrong_is_told_at_once_where_it_stands_and_in_the_askers_language(studio: Studio) -> None:
    design = await studio.design()
    design["colours"]["label"] = "#445566"
    design["fields"][0]["bound"] = "account.karma"
    design["images"]["banner"] = "0" * 64

    status, refusal = await studio.ask("PUT", "/v1/designs/main", json=design, headers={"Accept-Language": "ru"})

    assert (status, refusal["code"]) == (422, "invalid_design")
    found = {fault["pointer"]: fault["code"] for fault in refusal["errors"]}
    assert found == {
        "/fields/0/bound": "unknown_binding",
        "/colours/label": "low_contrast",
        "/images/banner": "image_not_kept",
    }
    assert "контраст" in next(each["detail"] for each in refusal["errors"] if each["code"] == "low_contrast")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
async def test_a_picture_of_any_usual_format_becomes_one_kept_by_its_content(studio: Studio, kind: str) -> None:
    payload = picture((1200, 400), kind)

    status, kept = await studio.ask("POST", "/v1/designs/images", data=io.BytesIO(payload))
    _, again = await studio.ask("POST", "/v1/designs/images", data=io.BytesIO(payload))

    assert (status, kept["width"], kept["height"]) == (201, 1200, 400)
    assert again == kept
    _, stored = await studio.ask("GET", f"/v1/designs/images/{kept['digest']}")
    assert Image.open(io.BytesIO(stored)).size == (1200, 400)


async def test_a_banner_that_was_uploaded_shows_on_the_card(studio: Studio) -> None:
    _, kept = await studio.ask("POST", "/v1/designs/images", data=picture((1200, 400)))
    design = await studio.design()
    design["images"]["banner"] = kept["digest"]

    status, _ = await studio.ask("PUT", "/v1/designs/main", json=design)

    _, face = await studio.preview()
    assert status == 200
    assert face["images"] == {"banner": kept["digest"]}


async def test_what_is_no_picture_is_refused(studio: Studio) -> None:
    status, refusal = await studio.ask("POST", "/v1/designs/images", data=b"<svg/>")
    missing, unknown = await studio.ask("GET", "/v1/designs/images/nothing")

    assert (status, refusal["code"], missing, unknown["code"]) == (415, "not_an_image", 404, "unknown_image")


async def test_a_design_with_cards_stays_and_one_without_goes(studio: Studio) -> None:
    design = await studio.design()
    await studio.ask("PUT", "/v1/designs/gift", json={**design, "kind": "gift"})

    used, refusal = await studio.ask("DELETE", "/v1/designs/main")
    gone, _ = await studio.ask("DELETE", "/v1/designs/gift")
    again, missing = await studio.ask("DELETE", "/v1/designs/gift")

    assert (used, refusal["code"], gone, again, missing["code"]) == (409, "design_in_use", 204, 404, "unknown_design")


async def test_cards_in_wallets_do_not_turn_into_another_kind(studio: Studio) -> None:
    design = await studio.design()

    other, refusal = await studio.ask("PUT", "/v1/designs/main", json={**design, "kind": "gift"})
    related, kept = await studio.ask("PUT", "/v1/designs/main", json={**design, "kind": "cashback"})

    assert (other, refusal["code"]) == (409, "kind_in_use")
    assert (related, kept["design"]["kind"]) == (200, "cashback"), "both are loyalty cards to a wallet"


async def put_layer(studio: Studio, **changes: Any) -> tuple[int, Any]:
    at = studio.clock()
    body = {
        "cause_key": "happy-hour",
        "scope": "everybody",
        "text": HAPPY,
        "starts_at": (at + timedelta(hours=1)).isoformat(),
        "ends_at": (at + timedelta(hours=2)).isoformat(),
        **changes,
    }
    return await studio.ask("POST", "/v1/layers", json=body)


async def test_a_preview_shows_a_card_before_during_and_after_a_layer(studio: Studio) -> None:
    status, layer = await put_layer(studio)

    shown = []
    for hours in (0, 1, 2):
        _, face = await studio.preview(at=(studio.clock() + timedelta(hours=hours)).isoformat())
        shown.append((face["news"], face["layers"]))

    assert status == 201
    assert shown == [(None, []), (HAPPY, [layer["id"]]), (None, [])]


async def test_a_layer_is_listed_changed_and_ended(studio: Studio) -> None:
    _, layer = await put_layer(studio, starts_at=None)
    path = f"/v1/layers/{layer['id']}"

    status, changed = await studio.ask(
        "PUT", path, json={"discount_bp": 1_500, "ends_at": layer["ends_at"]}, headers={"If-Match": '"1"'}
    )
    conflict, _ = await studio.ask("PUT", path, json={"discount_bp": 1}, headers={"If-Match": '"1"'})
    _, listed = await studio.ask("GET", "/v1/layers")
    _, ended = await studio.ask("POST", f"{path}/end")

    assert (status, changed["edition"], changed["discount_bp"], changed["text"]) == (200, 2, 1_500, None)
    assert conflict == 412
    assert [(each["id"], each["is_on"]) for each in listed["layers"]] == [(layer["id"], True)]
    assert (ended["is_on"], (await studio.ask("GET", "/v1/layers"))[1]["layers"]) == (False, [])
    lines = await studio.store.reading.audit.last(studio.opened.programme.id)
    assert [line.action for line in lines] == ["layer_ended", "layer_changed", "layer_put"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ends_at": "2020-01-01T00:00:00Z"}, "invalid_design"),
        ({"scope": "segment"}, "invalid_design"),
        ({"text": None}, "invalid_design"),
        ({"scope": "nobody"}, "invalid_body"),
        ({"cause_key": "with space"}, "invalid_body"),
        ({"priority": 101}, "invalid_body"),
    ],
)
async def test_a_layer_that_cannot_be_is_refused(studio: Studio, changes: dict[str, Any], code: str) -> None:
    status, refusal = await put_layer(studio, **changes)

    assert (status, refusal["code"]) == (422, code)


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_a_preview_is_a_picture_a_till_can_scan(studio: Studio, language: str, artifacts: Path) -> None:
    status, drawn = await studio.preview(**{"as": "png", "language": language})

    (artifacts / f"preview-{language}.png").write_bytes(drawn)
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn)))
    _, face = await studio.preview()
    assert (status, code.text) == (200, face["code"])


async def test_a_preview_is_a_pass_that_is_not_the_members_own(studio: Studio) -> None:
    await put_layer(studio, colours={"background": "#101010"})

    status, payload = await studio.preview(
        **{"as": "pkpass", "at": (studio.clock() + timedelta(minutes=90)).isoformat()}
    )

    content = json.loads(zipfile.ZipFile(io.BytesIO(payload)).read("pass.json"))
    assert (status, content["backgroundColor"]) == (200, "rgb(16,16,16)")
    assert content["serialNumber"] == f"preview-{studio.enrolment.card.serial}"
    assert not {"webServiceURL", "authenticationToken"} & set(content)


async def test_what_phones_complain_of_can_be_read(studio: Studio) -> None:

    await DeviceLogs(studio.store, studio.clock).keep([f"serial {studio.enrolment.card.serial}: no", "what"])

    _, found = await studio.ask("GET", "/v1/apple/logs")
    _, earlier = await studio.ask("GET", "/v1/apple/logs", params={"before": studio.clock().isoformat()})

    assert {(each["text"].split(":")[-1].strip(), each["is_ours"]) for each in found["logs"]} == {
        ("no", True),
        ("what", False),
    }
    assert earlier == {"logs": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/designs"), ("PUT", "/v1/designs/main"), ("POST", "/v1/layers"), ("GET", "/v1/apple/logs")],
)
async def test_looks_are_the_operators_alone(studio: Studio, method: str, path: str) -> None:
    till, refusal = await studio.ask(method, path, key=studio.opened.till_key.secret, json={})
    nobody, _ = await studio.ask(method, path, key="tsk_nobody", json={})

    assert (till, refusal["code"], nobody) == (403, "wrong_scope", 401)


async def test_a_card_of_another_programme_has_no_preview(studio: Studio, store: Store, clock: SettableClock) -> None:

    other = await OpenProgramme(store, clock, secrets.token_bytes)(replace(COFFEE, slug="bakery"))
    stranger = await EnrolMember(store, clock, secrets.token_bytes)(other.programme, application())

    status, refusal = await studio.ask("GET", f"/v1/cards/{stranger.card.id}/preview")

    assert (status, refusal["code"]) == (404, "unknown_card")
