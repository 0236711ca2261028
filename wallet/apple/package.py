"""Builds .pkpass archives: content, images, translations, manifest and signature; and bundles of them."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from wallet.apple.archive import Block, Entry
from wallet.apple.signer import PassSigner

PASS_MEDIA_TYPE = "application/vnd.apple.pkpass"  # noqa: S105 -- a media type
BUNDLE_MEDIA_TYPE = "application/vnd.apple.pkpasses"
BUNDLE_LIMIT = 10
IMAGE_LIMIT = 100
IMAGES_LIMIT_BYTES = 20 * 1024 * 1024

_IMAGE_NAME = re.compile(r"([a-z]{2,3}(-[A-Za-z]{2,8})?\.lproj/)?[A-Za-z]{1,40}(@[23]x)?\.(png|pdf)")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
# Other control characters have no spelling in a strings table, and nothing to say to a person.
_ESCAPES = str.maketrans(
    {chr(code): None for code in range(32)} | {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
)


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One image with what the manifest and the archive ask about it, counted once."""

    payload: bytes = field(repr=False)
    sha1: str
    crc: int


@dataclass(frozen=True, slots=True)
class ImageSet:
    """The images of a design, ready to go into any number of passes: hashed and laid out once."""

    files: Mapping[str, ImageFile]
    manifest: Mapping[str, str] = field(repr=False)
    block: Block = field(repr=False)

    @classmethod
    def of(cls, payloads: Mapping[str, bytes]) -> "ImageSet":
        """Images by their names in the package, as `strip@2x.png` or `ru.lproj/strip@2x.png`.

        Raises ValueError for a name that Wallet does not know, and for too many images or bytes.
        """
        if wrong := [name for name in payloads if not _IMAGE_NAME.fullmatch(name)]:
            raise ValueError(f"not an image name of a pass: {wrong[0]!r}")
        total_bytes = sum(map(len, payloads.values()))
        if len(payloads) > IMAGE_LIMIT or total_bytes > IMAGES_LIMIT_BYTES:
            raise ValueError(f"{len(payloads)} images of {total_bytes} bytes are too many for a pass")
        entries = {name: Entry.of(name, payloads[name]) for name in sorted(payloads)}
        files = {name: ImageFile(payloads[name], _sha1(payloads[name]), entry.crc) for name, entry in entries.items()}
        return cls(
            files=MappingProxyType(files),
            manifest=MappingProxyType({name: file.sha1 for name, file in files.items()}),
            block=Block.of(entries.values()),
        )

    def replacing(self, payloads: Mapping[str, bytes]) -> "ImageSet":
        """The same set with some images exchanged or added."""
        return ImageSet.of({name: file.payload for name, file in self.files.items()} | dict(payloads))


def build_pass(
    content: Mapping[str, Any],
    *,
    images: ImageSet,
    signer: PassSigner,
    at: datetime,
    translations: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    attachments: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    """A signed .pkpass; `translations` is language → (text in the pass → its translation).

    `attachments` are further files by name, such as personalization.json.

    The same arguments make the same bytes if the key is RSA (an ECDSA signature is never the same twice).
    """
    files = {"pass.json": json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), **attachments}
    for language, strings in translations.items():
        if not _LANGUAGE.fullmatch(language):
            raise ValueError(f"not a language: {language!r}")
        files[f"{language}.lproj/pass.strings"] = format_strings(strings)
    manifest = format_manifest(images.manifest, files)
    entries = [Entry.of(name, payload) for name, payload in files.items()]
    entries.append(Entry.of("manifest.json", manifest))
    entries.append(Entry.of("signature", signer.sign(manifest, at=at)))
    return images.block.finish(entries)


def format_manifest(hashed: Mapping[str, str], files: Mapping[str, bytes]) -> bytes:
    """Every file of the package with its SHA-1 in lower-case hex: what Apple's manifest is, to this day."""
    return json.dumps(
        {**hashed, **{name: _sha1(payload) for name, payload in files.items()}}, separators=(",", ":")
    ).encode()


def format_strings(strings: Mapping[str, str]) -> bytes:
    """A `pass.strings` table in UTF-8: one `"key" = "text";` a line."""
    lines = (f'"{key.translate(_ESCAPES)}" = "{text.translate(_ESCAPES)}";\n' for key, text in strings.items())
    return "".join(lines).encode()


def build_bundle(passes: Sequence[bytes]) -> bytes:
    """A .pkpasses archive of one to ten passes, for Safari. Raises ValueError for none or more."""
    if not 1 <= len(passes) <= BUNDLE_LIMIT:
        raise ValueError(f"a bundle holds 1 to {BUNDLE_LIMIT} passes, not {len(passes)}")
    entries = (Entry.of(f"pass-{number}.pkpass", payload) for number, payload in enumerate(passes, 1))
    return Block.of(entries).finish()


def _sha1(payload: bytes) -> str:
    return hashlib.sha1(payload, usedforsecurity=False).hexdigest()
