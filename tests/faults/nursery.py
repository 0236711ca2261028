"""Starts `tessera` again and again out of one process that has loaded it: every life is a process of its own.

Reads the command, the environment and where to write how it ended as a line of JSON, forks, and answers the number of
the new process, which runs the command as anybody would. Loading it anew for each of a hundred lives would take minutes
and show nothing more.
"""

import gc
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from service import house, opening, roles, web  # noqa: F401 - loaded here, so that no life has to
from service.cli.main import main


def live(order: dict[str, Any]) -> NoReturn:
    """Be `tessera` in this process, and leave nothing to whatever started it but the code it ended with."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.environ.update(order["environment"])
    sys.argv = ["tessera", order["command"]]
    code = 1
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        Path(order["ended"]).write_text(str(code))
        os._exit(code)


def nurse() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    gc.freeze()  # what was loaded stays shared with every life
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            live(json.loads(line))
        print(pid, flush=True)  # noqa: T201 - whoever asked reads it


if __name__ == "__main__":
    nurse()
