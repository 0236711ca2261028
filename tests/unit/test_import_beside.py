"""An import beside the loop gives the module, or its error to whoever waits, and holds up nobody."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from service.import_beside import import_beside


async def test_the_module_is_given() -> None:
    assert (await import_beside("json.tool")).__name__ == "json.tool"


async def test_a_module_that_cannot_be_imported_fails_its_waiter() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        await import_beside("no_such_module")


async def test_a_waiter_that_left_is_not_missed() -> None:
    waiter = asyncio.create_task(import_beside("no_such_module_either"))
    await asyncio.sleep(0)
    waiter.cancel()

    await asyncio.wait([waiter])

    assert waiter.cancelled()


def test_a_process_ends_while_an_import_is_under_way(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("import time\nprint('begun', flush=True)\ntime.sleep(600)\n")
    (tmp_path / "main.py").write_text(
        "import asyncio\n"
        "from service.import_beside import import_beside\n"
        "async def main():\n"
        "    task = asyncio.create_task(import_beside('slow'))\n"
        "    await asyncio.sleep(0.2)\n"
        "    task.cancel()\n"
        "asyncio.run(main())\n"
    )

    ended = subprocess.run(
        [sys.executable, str(tmp_path / "main.py")], capture_output=True, text=True, check=False, timeout=60
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "begun\n", "")
