"""Other people's libraries, to compare with: fetched by pip and npm into a folder that is thrown away."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

INSTALL_S = 180
RUN_S = 300


def python_peers(folder: Path, *packages: str) -> Path | None:
    """Install packages of PyPI beside each other; None, with a word about it, when they cannot be had here."""
    target = folder / "python"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--target",
        str(target),
    ]
    return target if _installed([*command, *packages], packages) else None


def node_peers(folder: Path, *packages: str) -> Path | None:
    """Install packages of npm; None, with a word about it, when they cannot be had here."""
    target = folder / "node"
    target.mkdir()
    if shutil.which("npm") is None:
        print(f"left out, for there is no npm here: {', '.join(packages)}")
        return None
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(target)]
    return target if _installed([*command, *packages], packages) else None


def measured(command: Sequence[str], *, environment: Mapping[str, str]) -> dict[str, Any] | None:
    """Run a peer in a process of its own; it prints a line of JSON last. None, with a word about it, when it fails."""
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=RUN_S, env={**_surroundings(), **environment}
    )
    if done.returncode:
        print(f"left out, for it failed: {command[1]}: {done.stderr.strip().splitlines()[-1]}")
        return None
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _installed(command: Sequence[str], packages: Sequence[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=INSTALL_S)
    except (OSError, subprocess.TimeoutExpired):
        done = None
    if done is None or done.returncode:
        print(f"left out, for they cannot be installed here: {', '.join(packages)}")
        return False
    return True


def _surroundings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
