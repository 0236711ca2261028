"""Packages: what zipfile, unzip and Apple's rules say about our own archives."""

import hashlib
import io
import json
import re
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certs.dev import DevIdentities
from certs.identity import PassIdentity
from tests.unit.test_signer import openssl_verify
from wallet.apple.archive import ARCHIVE_LIMIT_BYTES, ArchiveTooLarge, Block, Entry
from wallet.apple.package import ImageSet, build_bundle, build_pass, format_strings
from wallet.apple.signer import PassSigner

AT = datetime(2027, 3, 11, 14, 30, tzinfo=UTC)
CONTENT = {"formatVersion": 1, "organizationName": "Кофейня", "serialNumber": "A" * 20}
IMAGES = {"icon.png": b"\x89PNG icon", "strip@2x.png": b"\x89PNG strip" * 99, "ru.lproj/strip.png": b"\x89PNG ru"}
TRANSLATIONS = {"ru": {"Balance": "Баланс"}, "en": {"Balance": "Balance"}}


@pytest.fixture(scope="module")
def signer(pass_identity: PassIdentity) -> PassSigner:
    return PassSigner(pass_identity)


@pytest.fixture(scope="module")
def package(signer: PassSigner) -> bytes:
    return build_pass(CONTENT, images=ImageSet.of(IMAGES), signer=signer, at=AT, translations=TRANSLATIONS)


def read(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {entry.filename: opened.read(entry) for entry in opened.infolist()}


def test_the_package_holds_everything_and_nothing_more(package: bytes) -> None:
    assert set(read(package)) == {
        "pass.json",
        *IMAGES,
        "ru.lproj/pass.strings",
        "en.lproj/pass.strings",
        "manifest.json",
        "signature",
    }


def test_the_manifest_names_every_other_file_by_its_sha1(package: bytes) -> None:
    files = read(package)

    manifest = json.loads(files.pop("manifest.json"))
    del files["signature"]

    assert manifest == {name: hashlib.sha1(payload).hexdigest() for name, payload in files.items()}  # noqa: S324 -- Apple's own
    assert all(re.fullmatch(r"[0-9a-f]{40}", digest) for digest in manifest.values())


def test_openssl_accepts_the_signature_in_the_package(
    package: bytes, dev_identities: DevIdentities, tmp_path: Path
) -> None:
    files = read(package)

    seen = openssl_verify(tmp_path, dev_identities.root_path, files["manifest.json"], files["signature"])

    assert seen.returncode == 0, seen.stderr


def test_unzip_finds_no_fault(package: bytes, tmp_path: Path) -> None:
    path = tmp_path / "card.pkpass"
    path.write_bytes(package)

    seen = subprocess.run(["unzip", "-t", str(path)], capture_output=True, check=False, timeout=30)

    assert seen.returncode == 0, seen.stdout
    assert b"No errors detected" in seen.stdout


def test_entries_are_stored_flat_files_of_one_instant(package: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        entries = opened.infolist()

    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert not any(entry.is_dir() for entry in entries)


def test_the_same_content_makes_the_same_bytes(package: bytes, signer: PassSigner) -> None:
    again = build_pass(CONTENT, images=ImageSet.of(IMAGES), signer=signer, at=AT, translations=TRANSLATIONS)

    assert again == package


def test_the_content_is_kept_as_it_was_said(package: bytes) -> None:
    assert json.loads(read(package)["pass.json"]) == CONTENT


def test_a_pass_without_images_and_translations_is_still_whole(signer: PassSigner) -> None:
    package = build_pass(CONTENT, images=ImageSet.of({}), signer=signer, at=AT)

    assert set(read(package)) == {"pass.json", "manifest.json", "signature"}


def test_replacing_an_image_changes_that_image_alone() -> None:
    images = ImageSet.of(IMAGES)

    changed = images.replacing({"strip@2x.png": b"new"})

    assert changed.files["strip@2x.png"].payload == b"new"
    assert changed.files["icon.png"] == images.files["icon.png"]
    assert images.files["strip@2x.png"].payload == IMAGES["strip@2x.png"]


@pytest.mark.parametrize(
    "name",
    ["", "pass.json", "../icon.png", "/icon.png", "icon.exe", "icon@4x.png", "a/b/icon.png", "ru.lproj/", "icon\n.png"],
)
def test_names_that_wallet_does_not_know_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not an image name"):
        ImageSet.of({name: b""})


def test_a_language_that_is_a_path_is_refused(signer: PassSigner) -> None:
    with pytest.raises(ValueError, match="not a language"):
        build_pass(CONTENT, images=ImageSet.of({}), signer=signer, at=AT, translations={"../ru": {}})


def test_too_many_images_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        ImageSet.of(
            {f"{'a' * (n + 1)}.png": b"" for n in range(40)}
            | {f"{'B' * (n + 1)}.png": b"" for n in range(40)}
            | {f"{'C' * (n + 1)}.png": b"" for n in range(40)}
        )


def test_strings_are_escaped_and_lose_what_has_no_spelling() -> None:
    table = format_strings({'say "hi"': "a\\b\nc\td\x00\x07", "ключ": "знач;ение"})

    assert table.decode() == '"say \\"hi\\"" = "a\\\\b\\nc\\td";\n"ключ" = "знач;ение";\n'


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=5))
def test_a_strings_table_is_one_line_for_one_text(strings: dict[str, str]) -> None:
    readable = {key: text for key, text in strings.items() if (key + text).isprintable()}

    lines = format_strings(readable).decode().splitlines()

    assert len(lines) == len(readable)
    assert all(re.fullmatch(r'"(\\.|[^"\\])*" = "(\\.|[^"\\])*";', line) for line in lines)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,20}\.bin", fullmatch=True), st.binary(max_size=300), max_size=12))
@settings(max_examples=50)
def test_archives_read_back_by_zipfile_as_written(files: dict[str, bytes]) -> None:
    half = len(files) // 2
    entries = [Entry.of(name, payload) for name, payload in files.items()]

    archive = Block.of(entries[:half]).finish(entries[half:])

    assert read(archive) == files


def test_a_bundle_holds_its_passes(package: bytes) -> None:
    bundle = read(build_bundle([package, package[::-1]]))

    assert list(bundle.values()) == [package, package[::-1]]
    assert all(name.endswith(".pkpass") for name in bundle)


@pytest.mark.parametrize("count", [0, 11])
def test_a_bundle_of_none_or_of_more_than_ten_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 10"):
        build_bundle([b"pass"] * count)


def test_an_archive_beyond_the_limit_is_refused() -> None:
    large = Entry("large.bin", b"", 0, 0)
    block = Block(local=bytes(ARCHIVE_LIMIT_BYTES + 1), central=b"", count=1)

    with pytest.raises(ArchiveTooLarge):
        block.finish([large])
    with pytest.raises(ArchiveTooLarge):
        Block.of([large] * 200).finish([large])
