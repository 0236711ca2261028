"""A machine without Chromium: the run passes and says what it left out, unless every test has to run."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
BROWSER_TESTS = "tests/doors/test_browser_fixture.py"


def run(empty_folder: Path, *, every_test: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", BROWSER_TESTS],
        cwd=PROJECT,
        env={**os.environ, "PATH": str(empty_folder), "TESSERA_ALL_TESTS": every_test},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_run_passes_and_names_each_test_and_the_remedy(tmp_path: Path) -> None:
    finished = run(tmp_path, every_test="0")

    assert finished.returncode == 0, finished.stdout
    assert "browser tests left out" in finished.stdout
    assert f"{BROWSER_TESTS}::test_a_page_on_localhost_is_shown" in finished.stdout
    assert "apt-get install chromium" in finished.stdout


def test_where_every_test_has_to_run_it_fails(tmp_path: Path) -> None:
    finished = run(tmp_path, every_test="1")

    assert finished.returncode == 1, finished.stdout
    assert "left out while TESSERA_ALL_TESTS=1: the run fails" in finished.stdout
