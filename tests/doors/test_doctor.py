"""The doctor: a house that is well, and every single fault named with its mend."""

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from certs.dev import DevIdentities
from locales.catalogue import LANGUAGES
from offers.flows.open_programme import OpenProgramme
from offers.store.store import Store
from service.cli import doctor as command
from service.doctor.observations import Part, is_healthy
from tests.doctors_ward import HOST, TOKEN, Ward, open_ward
from tests.till_door import COFFEE


@pytest.fixture
async def ward(store: Store, dev_identities: DevIdentities, tmp_path: Path) -> AsyncIterator[Ward]:
    async with open_ward(store, dev_identities, tmp_path) as ward:
        await OpenProgramme(store, ward.clock, secrets.token_bytes)(COFFEE)
        yield ward


async def test_a_house_that_is_well_is_told_in_one_line_a_part(ward: Ward) -> None:
    observations = await ward.observations()

    assert [(each.part.value, each.level.value, each.code) for each in observations] == [
        ("database", "ok", "mongo_well"),
        ("programmes", "ok", "programmes_well"),
        ("pictures", "ok", "pictures_well"),
        ("outbox", "ok", "outbox_well"),
        ("address", "ok", "address_well"),
        ("clock", "ok", "clock_well"),
        ("apple", "warning", "wwdr_development"),
        ("pushes", "ok", "pushes_well"),
        ("google", "ok", "google_well"),
        ("telegram", "ok", "telegram_polling_well"),
    ]
    assert is_healthy(observations)
    for each in observations:
        for language in LANGUAGES:
            assert "{" not in command.line(each, language)


async def test_what_is_switched_off_is_said_so_and_is_no_fault(ward: Ward) -> None:
    off = ward.with_settings(apple={"certificate": None}, google={"service_account": None}, telegram={"token": None})

    told = await off.found()

    for part in (Part.APPLE, Part.PUSHES, Part.GOOGLE, Part.TELEGRAM):
        assert told[part] == [("ok", f"{part.value}_off")]
    assert told[Part.CLOCK] == [("ok", "clock_unknown")]


APNS_REASONS = {
    "BadCertificate": "pushes_certificate_refused",
    "BadCertificateEnvironment": "pushes_certificate_refused",
    "Forbidden": "pushes_certificate_refused",
    "BadTopic": "pushes_topic_refused",
    "TopicDisallowed": "pushes_topic_refused",
    "InvalidPushType": "pushes_odd_answer",
    "BadDeviceToken": "pushes_well",
}


@pytest.mark.parametrize(("reason", "code"), APNS_REASONS.items())
async def test_what_apns_says_to_nobodys_token_tells_of_the_certificate(ward: Ward, reason: str, code: str) -> None:
    ward.apns.answer_next(reason)

    told = (await ward.found())[Part.PUSHES]

    assert [each[1] for each in told] == [code]


async def test_apns_that_cannot_be_reached_is_named(ward: Ward) -> None:
    gone = ward.with_settings(apple={"apns_url": "https://127.0.0.1:1"})

    assert (await gone.found())[Part.PUSHES] == [("error", "pushes_unreachable")]


async def test_a_certificate_that_expired_is_named_and_not_shown_to_apns(ward: Ward) -> None:
    ward.clock.move(timedelta(days=4_000))

    told = await ward.found()

    assert ("error", "expired") in told[Part.APPLE]
    assert told[Part.PUSHES] == [("warning", "pushes_blocked")]
    assert not ward.apns.received


@pytest.mark.parametrize(
    ("apple", "code"),
    [
        ({"pass_type": "pass.other"}, "pass_type_mismatch"),
        ({"team": "OTHER"}, "team_mismatch"),
        ({"certificate": Path("/nowhere.pem")}, "file_missing"),
    ],
)
async def test_what_is_wrong_with_apples_files_is_named(ward: Ward, apple: dict[str, Any], code: str) -> None:
    told = (await ward.with_settings(apple=apple).found())[Part.APPLE]

    assert ("error", code) in told


async def test_a_key_of_another_certificate_is_named(ward: Ward, dev_identities: DevIdentities) -> None:
    other = ward.with_settings(apple={"key": dev_identities.server_key_path})

    assert ("error", "key_mismatch") in (await other.found())[Part.APPLE]


async def test_an_intermediate_of_another_generation_is_named(ward: Ward) -> None:
    other = ward.with_settings(apple={"intermediate": None})

    assert ("error", "wwdr_not_issuer") in (await other.found())[Part.APPLE]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"status": 403, "reason": "permissionDenied", "door": "api"}, "google_not_invited"),
        ({"status": 400, "door": "token"}, "google_token_refused"),
        ({"status": 503, "door": "api"}, "google_unreachable"),
        ({"cut": True, "door": "api"}, "google_unreachable"),
    ],
)
async def test_what_google_refuses_is_named(ward: Ward, fault: dict[str, Any], code: str) -> None:
    ward.google.fail(times=None, **fault)

    assert (await ward.found())[Part.GOOGLE] == [("error", code)]


async def test_google_without_an_issuer_or_callbacks_is_named(ward: Ward) -> None:
    nobody = ward.with_settings(google={"issuer_id": ""})
    unheard = ward.with_settings(web={"public_url": f"http://{HOST}:1"})

    assert (await nobody.found())[Part.GOOGLE] == [("error", "google_issuer_missing")]
    assert (await unheard.found())[Part.GOOGLE] == [("warning", "google_no_callbacks")]


async def test_a_broken_key_file_of_google_is_named(ward: Ward, tmp_path: Path) -> None:
    broken = tmp_path / "google.json"
    broken.write_text("{}")

    told = (await ward.with_settings(google={"service_account": broken}).found())[Part.GOOGLE]

    assert [each[0] for each in told] == ["error"]


def webhook_of(ward: Ward, url: str) -> None:
    ward.telegram.bot().webhook.set(url, secret="s", max_connections=1)


async def test_a_token_telegram_does_not_know_is_named_and_never_told(ward: Ward) -> None:
    wrong = ward.with_settings(telegram={"token": SecretStr("43:another-token")})

    observations = [each for each in await wrong.observations() if each.part is Part.TELEGRAM]

    assert [each.code for each in observations] == ["telegram_token_refused"]
    assert "another-token" not in repr(observations)


async def test_telegram_out_of_reach_is_named_without_the_token(ward: Ward) -> None:
    gone = ward.with_settings(telegram={"api_url": "http://127.0.0.1:1"})

    observations = [each for each in await gone.observations() if each.part is Part.TELEGRAM]

    assert [each.code for each in observations] == ["telegram_unreachable"]
    assert TOKEN not in repr(observations)


async def test_another_bots_name_and_another_programme_are_named(ward: Ward) -> None:
    told = (await ward.with_settings(telegram={"username": "other_bot", "programme": "tea"}).found())[Part.TELEGRAM]

    assert told == [("error", "telegram_other_name"), ("error", "telegram_programme_missing")]


async def test_a_webhook_in_the_way_of_polling_is_named(ward: Ward) -> None:
    webhook_of(ward, "http://127.0.0.1:1/elsewhere")

    assert (await ward.found())[Part.TELEGRAM] == [("error", "telegram_webhook_in_the_way")]


async def test_the_ways_of_a_webhook_are_told_apart(ward: Ward) -> None:
    hooked = ward.with_settings(telegram={"webhook_secret": SecretStr("s")}, web={"public_url": "http://127.0.0.1:1"})
    wanted = "http://127.0.0.1:1/telegram/42"

    unset = (await hooked.found())[Part.TELEGRAM]
    webhook_of(ward, "http://127.0.0.1:1/elsewhere")
    elsewhere = (await hooked.found())[Part.TELEGRAM]
    webhook_of(ward, wanted)
    right = (await hooked.found())[Part.TELEGRAM]
    webhook = ward.telegram.bot().webhook
    webhook.last_error, webhook.last_error_at = "Connection refused", ward.clock()
    failing = (await hooked.found())[Part.TELEGRAM]

    assert [each[0][1] for each in (unset, elsewhere, right, failing)] == [
        "telegram_webhook_not_set",
        "telegram_webhook_elsewhere",
        "telegram_webhook_well",
        "telegram_webhook_failing",
    ]
