"""Opens a .pkpass as Wallet does: flat archive, manifest that lists every file, no file left unhashed."""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Final

from sandbox.phone.refusals import PassRefused

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "signature"
DOCUMENT: Final = "pass.json"
ENTRIES_LIMIT: Final = 300
UNPACKED_LIMIT_BYTES: Final = 64 * 1024 * 1024

_NAME: Final = re.compile(r"([A-Za-z0-9-]{1,40}\.lproj/)?[A-Za-z0-9@._-]{1,80}")
_SHA1: Final = re.compile(r"[0-9a-f]{40}")
_ENCRYPTED: Final = 0x1


def open_package(payload: bytes) -> Mapping[str, bytes]:
    """Give every file by its name, hashes checked, manifest and signature included. Raises PassRefused."""
    files = _unpack(payload)
    for name in (MANIFEST, SIGNATURE, DOCUMENT):
        if name not in files:
            is_wrapped = any(each.endswith(f"/{DOCUMENT}") for each in files)
            raise PassRefused("wrapped") if is_wrapped else PassRefused("file_missing", name=name)
    _check_manifest(files)
    return MappingProxyType(files)


def _unpack(payload: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(BytesIO(payload)) as archive:
            entries = archive.infolist()
            if len(entries) > ENTRIES_LIMIT or sum(each.file_size for each in entries) > UNPACKED_LIMIT_BYTES:
                raise PassRefused("zip_too_large")
            return _read_entries(archive, entries)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise PassRefused("not_a_zip") from error


def _read_entries(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    if any(each.filename.endswith(f"/{DOCUMENT}") for each in entries):
        raise PassRefused("wrapped")
    files: dict[str, bytes] = {}
    for entry in entries:
        name = entry.filename
        is_odd = entry.flag_bits & _ENCRYPTED or not _NAME.fullmatch(name) or name.startswith(".")
        if is_odd or name in files:
            raise PassRefused("zip_entry", name=name)
        files[name] = archive.read(entry)
    return files


def _check_manifest(files: Mapping[str, bytes]) -> None:
    try:
        listed = json.loads(files[MANIFEST])
    except ValueError as error:
        raise PassRefused("manifest_unreadable") from error
    if not isinstance(listed, dict) or not all(
        isinstance(digest, str) and _SHA1.fullmatch(digest) for digest in listed.values()
    ):
        raise PassRefused("manifest_unreadable")
    packed = files.keys() - {MANIFEST, SIGNATURE}
    for name in sorted(packed - listed.keys()):
        raise PassRefused("not_in_manifest", name=name)
    for name in sorted(listed.keys() - packed):
        raise PassRefused("listed_but_missing", name=name)
    for name in sorted(packed):
        if hashlib.sha1(files[name], usedforsecurity=False).hexdigest() != listed[name]:
            raise PassRefused("hash_mismatch", name=name)
