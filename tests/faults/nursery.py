"""Starts `tessera web` again and again out of one process that has loaded it: every life is a process of its own.

Reads the environment of a life as a line of JSON, forks, and answers the number of the new process, which runs the
command as anybody would. Loading it anew for each of a hundred lives would take minutes and show nothing more.
"""

import json
import os
import signal
import sys
from typing import NoReturn

from service import house, opening, roles, web  # noqa: F401 - loaded here, so that no life has to
from service.cli.main import main


def live(environment: dict[str, str]) -> NoReturn:
    """Be `tessera web` in this process, and leave nothing to whatever started it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.environ.update(environment)
    sys.argv = ["tessera", "web"]
    code = 1
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        os._exit(code)


def nurse() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            live(json.loads(line))
        print(pid, flush=True)  # noqa: T201 - whoever asked reads it


if __name__ == "__main__":
    nurse()
