"""Passes built and signed per CPU-second, against one raw RSA-2048 signature of the same key.

Every row is measured in turns with the raw signature, so that a busy machine slows both alike.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from certs.dev import make_dev_identities
from certs.identity import PassIdentity, load_pass_identity
from wallet.apple.package import build_pass
from wallet.apple.signer import PassSigner
from wallet.images import apple_images
from wallet.palette import Palette

ROUNDS = 15
CALLS = 40
AIM = 3.0

OPTIONS = (pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities)
PALETTE = Palette.parse(background="#1d2b36", foreground="#ffffff", label="#f2c14e")


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cost_us: float
    ratio: float  # to the raw signature of the same rounds


def content_of(number: int) -> dict[str, Any]:
    """A store card of usual size, different for every number."""
    return {
        "formatVersion": 1,
        "passTypeIdentifier": "pass.dev.tessera.card",
        "serialNumber": f"{number:020d}",
        "teamIdentifier": "TESSERADEV",
        "organizationName": "Кофейня",
        "description": "Карта лояльности",
        "logoText": "Кофейня",
        "webServiceURL": "https://cards.example.com/apple/",
        "authenticationToken": f"{number:040x}",
        "backgroundColor": "rgb(29,43,54)",
        "foregroundColor": "rgb(255,255,255)",
        "labelColor": "rgb(242,193,78)",
        "sharingProhibited": True,
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": f"TSR1.{number:016x}.{number:016x}",
                "messageEncoding": "iso-8859-1",
            }
        ],
        "storeCard": {
            "headerFields": [{"key": "discount", "label": "discount_label", "value": "5 %"}],
            "primaryFields": [
                {"key": "balance", "label": "balance_label", "value": number, "changeMessage": "balance_change"}
            ],
            "secondaryFields": [{"key": "level", "label": "level_label", "value": "Серебро"}],
            "auxiliaryFields": [{"key": "next", "label": "next_label", "value": "1 200 ₽"}],
            "backFields": [
                {"key": f"back{line}", "label": f"back_label_{line}", "value": "текст " * 20} for line in range(6)
            ],
        },
    }


TRANSLATIONS = {
    language: {f"back_label_{line}": f"{language} {line}" for line in range(12)} for language in ("ru", "en")
}


def measure(rounds: int = ROUNDS, calls: int = CALLS) -> list[Row]:
    """Rows of median cost; the raw signature first, at ratio 1."""
    with tempfile.TemporaryDirectory() as folder:
        at = datetime.now(UTC)
        identity = load_pass_identity(make_dev_identities(Path(folder), at=at).pass_files, at=at)
    works = works_of(identity, at)
    costs: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work(0)
    for _ in range(rounds):
        for name, work in works.items():
            costs[name].append(cost_us(work, calls))
    raw = next(iter(costs.values()))
    return [
        Row(
            name,
            statistics.median(spent),
            statistics.median(one / base for one, base in zip(spent, raw, strict=True)),
        )
        for name, spent in costs.items()
    ]


def works_of(identity: PassIdentity, at: datetime) -> dict[str, Callable[[int], object]]:
    key, signer = identity.private_key, PassSigner(identity)
    assert isinstance(key, rsa.RSAPrivateKey)
    images = apple_images(PALETTE)
    manifest = b'{"pass.json":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}' * 12

    def by_library(_: int) -> bytes:
        builder = pkcs7.PKCS7SignatureBuilder().set_data(manifest)
        builder = builder.add_signer(identity.certificate, key, hashes.SHA256())
        return builder.add_certificate(identity.wwdr).sign(serialization.Encoding.DER, OPTIONS)

    return {
        "raw RSA-2048 signature": lambda _: key.sign(manifest, padding.PKCS1v15(), hashes.SHA256()),
        "CMS by PKCS7SignatureBuilder": by_library,
        "CMS by PassSigner": lambda _: signer.sign(manifest, at=at),
        "pass built and signed": lambda number: build_pass(
            content_of(number), images=images, signer=signer, at=at, translations=TRANSLATIONS
        ),
    }


def cost_us(work: Callable[[int], object], calls: int) -> float:
    """Process CPU time of one call, in microseconds."""
    begun = time.process_time()
    for number in range(calls):
        work(number)
    return (time.process_time() - begun) / calls * 1e6


def main() -> None:
    rows = measure()
    print(f"{'':32}{'µs of CPU':>12}{'per CPU-s':>12}{'× raw':>8}")
    for row in rows:
        print(f"{row.name:32}{row.cost_us:12.0f}{1e6 / row.cost_us:12.0f}{row.ratio:8.2f}")
    ratio = rows[-1].ratio
    print(f"pass / raw signature: {ratio:.2f}, the aim is at most {AIM} -> {'kept' if ratio <= AIM else 'MISSED'}")


if __name__ == "__main__":
    main()
