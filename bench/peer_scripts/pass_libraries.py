"""Passes by a public Python library: python pass_libraries.py py_pkpass|wallet FOLDER CALLS.

FOLDER holds pass.json, the other files of the pass, and certificate.pem, key.pem and wwdr.pem beside them in `keys`.
"""

import io
import json
import resource
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def cpu_s() -> float:
    """Give the processor time so far, of programs that were called too."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def make(library: str, content: dict[str, Any], files: dict[str, bytes], keys: Path) -> bytes:
    models = import_module(f"{library}.models")
    card = models.Pass(models.StoreCard(), passTypeIdentifier="x", organizationName="x", teamIdentifier="x")
    # The same content as ours, whatever the library can express.
    written = json.dumps(content)
    own = written.encode() if library == "wallet" else written  # the two differ in what they hash
    card._createPassJson = lambda: own  # noqa: SLF001 -- it has no other way in
    for name, payload in files.items():
        card.addFile(name, io.BytesIO(payload))
    paths = [str(keys / name) for name in ("certificate.pem", "key.pem", "wwdr.pem")]
    return bytes(card.create(*paths, "", io.BytesIO()).getvalue())


def main() -> None:
    library, folder, calls = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    content = json.loads((folder / "pass.json").read_text())
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "pass.json" and "keys" not in path.parts
    }
    make(library, content, files, folder / "keys")
    begun = cpu_s()
    for number in range(calls):
        content["serialNumber"] = f"{number:020d}"
        make(library, content, files, folder / "keys")
    print(json.dumps({"cost_us": (cpu_s() - begun) / calls * 1e6}))


if __name__ == "__main__":
    main()
