"""A pass that was checked whole: its content, pictures, translations, and who signed it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sandbox.phone.chain import Signer, TrustStore
from sandbox.phone.field_rules import Field, walk_fields
from sandbox.phone.package import DOCUMENT, MANIFEST, SIGNATURE, open_package
from sandbox.phone.refusals import PassRefused
from sandbox.phone.rules import check_document, style_of
from sandbox.phone.signature import read_signature
from sandbox.phone.strings import Table, choose_table, read_tables

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
SHARPEST_FIRST: Final = ("@3x", "@2x", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPass:
    """A pass as a phone keeps it. `size_bytes` is the package's."""

    document: Mapping[str, Any]
    files: Mapping[str, bytes]
    tables: Mapping[str, Table]
    signer: Signer
    size_bytes: int

    @property
    def serial(self) -> str:
        return str(self.document["serialNumber"])

    @property
    def pass_type(self) -> str:
        return str(self.document["passTypeIdentifier"])

    @property
    def token(self) -> str:
        return str(self.document.get("authenticationToken", ""))

    @property
    def service_url(self) -> str | None:
        address = self.document.get("webServiceURL")
        return str(address).rstrip("/") if address else None

    @property
    def manifest(self) -> bytes:
        """Two passes with equal manifests are equal in everything but the signature."""
        return self.files[MANIFEST]

    @property
    def is_voided(self) -> bool:
        return bool(self.document.get("voided"))

    def fields(self) -> Iterator[tuple[str, Field]]:
        return walk_fields(self.document[style_of(self.document)])

    def translated(self, text: str, language: str) -> str:
        return choose_table(self.tables, language).get(text, text)

    def organisation(self, language: str) -> str:
        return self.translated(str(self.document["organizationName"]), language)

    def image(self, name: str, language: str = "en") -> bytes | None:
        """Give the sharpest picture of a kind (`strip`, `logo`, …), the language's own before the shared one."""
        for folder in (f"{language}.lproj/", ""):
            for scale in SHARPEST_FIRST:
                if picture := self.files.get(f"{folder}{name}{scale}.png"):
                    return picture
        return None


def open_pass(payload: bytes, trust: TrustStore, *, at: datetime) -> OpenedPass:
    """Check a package as Wallet does before it shows "Add". Raises PassRefused with the first reason."""
    files = open_package(payload)
    signer = trust.judge(read_signature(files[SIGNATURE], files[MANIFEST]), at=at)
    try:
        document = json.loads(files[DOCUMENT])
    except ValueError as error:
        raise PassRefused("document_unreadable") from error
    check_document(document)
    if document["passTypeIdentifier"] != signer.pass_type:
        raise PassRefused("wrong_pass_type", said=document["passTypeIdentifier"], certified=signer.pass_type)
    if document["teamIdentifier"] != signer.team:
        raise PassRefused("wrong_team", said=document["teamIdentifier"], certified=signer.team)
    _check_images(files)
    return OpenedPass(document=document, files=files, tables=read_tables(files), signer=signer, size_bytes=len(payload))


def _check_images(files: Mapping[str, bytes]) -> None:
    for name, payload in files.items():
        if name.endswith(".png") and not payload.startswith(PNG_SIGNATURE):
            raise PassRefused("image_wrong", name=name)
    if not any(f"icon{scale}.png" in files for scale in SHARPEST_FIRST):
        raise PassRefused("icon_missing")
