"""Passes built and signed per CPU-second, against one raw RSA-2048 signature of the same key, and against others.

Every row of ours is measured in turns with the raw signature, so that a busy machine slows both alike. Public libraries
of PyPI and npm are installed for the occasion and make the same pass, each in a process of its own.
"""

import gc
import json
import resource
import shutil
import statistics
import sys
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

from bench.peers import measured, node_peers, python_peers
from certs.dev import DevIdentities, make_dev_identities
from certs.identity import PassIdentity, load_pass_identity
from wallet.apple.package import build_pass
from wallet.apple.signer import PassSigner
from wallet.images import apple_images
from wallet.palette import Palette

ROUNDS = 15
CALLS = 40
AIM = 2.5
PEER_CALLS = 60
MEMORY_PASSES = 4_000
MEMORY_AIM_MIB = 8
SCRIPTS = Path(__file__).with_name("peer_scripts")

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


def lay_out(folder: Path, identities: DevIdentities) -> None:
    """Write the pass of the bench as files, for libraries that begin with files."""
    (folder / "keys").mkdir(parents=True)
    for name, path in (("certificate", "pass.pem"), ("key", "pass.key"), ("wwdr", "wwdr.pem")):
        shutil.copyfile(identities.folder / path, folder / "keys" / f"{name}.pem")
    (folder / "pass.json").write_text(json.dumps(content_of(1)))
    for name, image in apple_images(PALETTE).files.items():
        (folder / name).write_bytes(image.payload)
    for language, texts in TRANSLATIONS.items():
        (folder / f"{language}.lproj").mkdir()
        strings = "\n".join(f'"{key}" = "{text}";' for key, text in texts.items())
        (folder / f"{language}.lproj" / "pass.strings").write_text(strings)


def peers() -> dict[str, float]:
    """Give what a pass costs other libraries, in microseconds; those that cannot be had here are left out."""
    costs: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(folder / "pass", make_dev_identities(folder / "certs", at=datetime.now(UTC)))
        for package, library in (("py-pkpass", "py_pkpass"), ("wallet-py3k", "wallet")):
            if target := python_peers(folder / library, package):
                command = [sys.executable, str(SCRIPTS / "pass_libraries.py"), library]
                command += [str(folder / "pass"), str(PEER_CALLS)]
                if told := measured(command, environment={"PYTHONPATH": str(target)}):
                    costs[f"{package} (PyPI)"] = told["cost_us"]
        if target := node_peers(folder, "passkit-generator"):
            command = ["node", str(SCRIPTS / "pass_generator.mjs"), str(target), str(folder / "pass"), str(PEER_CALLS)]
            if told := measured(command, environment={}):
                costs["passkit-generator (npm)"] = told["cost_us"]
    return costs


def memory_growth_mib() -> float:
    """Make thousands of passes and give how much the most memory grew after the first tenth of them."""
    with tempfile.TemporaryDirectory() as folder:
        at = datetime.now(UTC)
        identity = load_pass_identity(make_dev_identities(Path(folder), at=at).pass_files, at=at)
    work = works_of(identity, at)["pass built and signed"]
    for number in range(MEMORY_PASSES // 10):
        work(number)
    gc.collect()
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(MEMORY_PASSES):
        work(number)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib) / 1024


def main() -> None:
    rows = measure()
    print(f"{'':32}{'µs of CPU':>12}{'per CPU-s':>12}{'× raw':>8}")
    for row in rows:
        print(f"{row.name:32}{row.cost_us:12.0f}{1e6 / row.cost_us:12.0f}{row.ratio:8.2f}")
    ours = rows[-1]
    for name, theirs_us in peers().items():
        raw = theirs_us / rows[0].cost_us
        times = theirs_us / ours.cost_us
        print(f"{name:32}{theirs_us:12.0f}{1e6 / theirs_us:12.0f}{raw:8.2f}   ours: {times:.1f} times as fast")
    grown_mib = memory_growth_mib()
    print(f"memory grew by {grown_mib:.1f} MiB over {MEMORY_PASSES} passes, the aim is at most {MEMORY_AIM_MIB}")
    ratio = ours.ratio
    print(f"pass / raw signature: {ratio:.2f}, the aim is at most {AIM} -> {'kept' if ratio <= AIM else 'MISSED'}")


if __name__ == "__main__":
    main()
