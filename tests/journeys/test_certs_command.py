"""`tessera certs dev|check`: one line for each thing that is wrong with real files, in both languages."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certs.dev import DEV_PASS_TYPE, DEV_TEAM, DevIdentities, make_dev_identities
from tests.journeys.terminal import Terminal
from tests.unit.identity_files import with_encrypted_key

CERTIFICATE, KEY = "TESSERA_APPLE__CERTIFICATE", "TESSERA_APPLE__KEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """A good set of files, copied where a case may spoil it, and the settings that name it."""

    folder: Path
    settings: dict[str, str]


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(folder=tmp_path, settings={}, monkeypatch=monkeypatch, capsys=capsys)


@pytest.fixture
def files(tmp_path: Path, dev_identities: DevIdentities) -> Files:
    folder = tmp_path / "identities"
    shutil.copytree(dev_identities.folder, folder)
    return Files(
        folder=folder,
        settings={
            CERTIFICATE: str(folder / "pass.pem"),
            KEY: str(folder / "pass.key"),
            "TESSERA_APPLE__INTERMEDIATE": str(folder / "wwdr.pem"),
            "TESSERA_APPLE__PASS_TYPE": DEV_PASS_TYPE,
            "TESSERA_APPLE__TEAM": DEV_TEAM,
            "TESSERA_GOOGLE__SERVICE_ACCOUNT": str(folder / "google.json"),
        },
    )


def google(files: Files, **changed: object) -> None:
    path = files.folder / "google.json"
    document = {**json.loads(path.read_text()), **changed}
    path.write_text(json.dumps({name: value for name, value in document.items() if value is not None}))


def of_another_certificate(files: Files) -> None:
    """Give the key of the APNs server, which is a good key of something else."""
    files.settings[KEY] = str(files.folder / "apns-server.key")


def expired(files: Files) -> None:
    make_dev_identities(files.folder, at=datetime.now(UTC) - timedelta(days=500), force=True)


def locked(files: Files) -> None:
    away = files.folder / "locked"
    away.mkdir()
    encrypted = with_encrypted_key(DevIdentities(folder=files.folder), away, passphrase=None)
    files.settings[KEY] = str(encrypted.key_path)
    files.settings["TESSERA_APPLE__KEY_PASSWORD"] = "wrong"


CASES: dict[str, tuple[Callable[[Files], object], str, str]] = {
    "no file": (lambda files: (files.folder / "pass.pem").unlink(), "there is no such file", "такого файла нет"),
    "no certificate": (
        lambda files: (files.folder / "pass.pem").write_text("Bag"),
        "holds no certificate",
        "сертификата внутри нет",
    ),
    "no key named": (lambda files: files.settings.pop(KEY), "has no private key beside it", "нет закрытого ключа"),
    "no key": (
        lambda files: (files.folder / "pass.key").write_text("Bag"),
        "holds no private key",
        "закрытого ключа внутри нет",
    ),
    "another key": (of_another_certificate, "does not belong to the certificate", "не подходит к сертификату"),
    "a locked key": (locked, "the passphrase is missing or wrong", "пароль"),
    "another pass type": (
        lambda files: files.settings.update(TESSERA_APPLE__PASS_TYPE="pass.com.example.other"),
        "the settings say pass.com.example.other",
        "в настройках pass.com.example.other",
    ),
    "another team": (
        lambda files: files.settings.update(TESSERA_APPLE__TEAM="OTHER"),
        "the settings say OTHER",
        "в настройках OTHER",
    ),
    "expired": (expired, "expired on", "истёк"),
    "apple's intermediate": (
        lambda files: files.settings.pop("TESSERA_APPLE__INTERMEDIATE"),
        "did not issue this certificate",
        "не выдавал этот сертификат",
    ),
    "no json": (lambda files: (files.folder / "google.json").write_text("Bag"), "is no JSON object", "не объект JSON"),
    "another type": (lambda files: google(files, type="authorized_user"), "type is authorized_user", "authorized_user"),
    "a field missing": (lambda files: google(files, client_email=None), "missing: client_email", "client_email"),
    "google's key": (lambda files: google(files, private_key="Bag"), "private_key is no RSA key", "private_key"),
}


@pytest.mark.parametrize("name", CASES)
async def test_each_class_of_wrong_file_has_its_line(terminal: Terminal, files: Files, name: str) -> None:
    spoil, english, russian = CASES[name]
    spoil(files)

    in_english = await terminal.say("certs", "check", settings=files.settings)
    in_russian = await terminal.say("certs", "check", settings=files.settings, language="ru")

    assert (in_english[0], in_russian[0]) == (1, 1)
    assert "error" in in_english[1]
    assert english in in_english[1]
    assert "ошибка" in in_russian[1]
    assert russian in in_russian[1]


async def test_good_files_pass_and_the_development_chain_is_called_what_it_is(terminal: Terminal, files: Files) -> None:
    code, said = await terminal.say("certs", "check", settings=files.settings)

    assert code == 0
    assert f"ok The certificate is for {DEV_PASS_TYPE}." in said
    assert "warning The chain is Tessera's own, for development: real phones refuse its passes." in said
    assert "ok The service account is" in said
    assert "error" not in said


async def test_without_a_setting_there_is_nothing_to_check(terminal: Terminal) -> None:
    in_english, in_russian = await terminal.say("certs", "check"), await terminal.say("certs", "check", language="ru")

    assert in_english == (
        1,
        "Neither TESSERA_APPLE__CERTIFICATE nor TESSERA_GOOGLE__SERVICE_ACCOUNT is set: nothing to check.",
    )
    assert in_russian[1].endswith("проверять нечего.")


async def test_a_throw_away_set_is_written_once_and_replaced_only_when_asked(terminal: Terminal) -> None:
    written = await terminal.say("certs", "dev", "certs", "--pass-type", "pass.a", "--team", "TEAM")
    refused = await terminal.say("certs", "dev", "certs", language="ru")
    replaced = await terminal.say("certs", "dev", "certs", "--force", language="ru")

    assert written[0] == 0
    assert "TESSERA_APPLE__PASS_TYPE=pass.a TESSERA_APPLE__TEAM=TEAM" in written[1]
    settings = dict(line.split("=", 1) for line in written[1].split() if line.startswith("TESSERA_"))
    assert (await terminal.say("certs", "check", settings=settings))[0] == 1, "replaced meanwhile by another pass type"
    assert refused[0] == 1
    assert "Чтобы заменить: --force" in refused[1]
    assert replaced[0] == 0
    assert "Настоящие телефоны такую подпись не примут" in replaced[1]
    assert ((terminal.folder / "certs" / "pass.key").stat().st_mode & 0o777) == 0o600
