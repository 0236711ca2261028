"""`tessera demo` as a stranger runs it: an empty folder, one command, Ctrl-C, and the same again."""

import signal
from pathlib import Path

import pytest

from tests.commands import processes_on, said_by, started
from tests.journeys.demos import Demo, demo

pytestmark = pytest.mark.timeout(300)
GOODBYE = {"en_GB": "Stopped. Everything you did is kept", "ru_RU": "Остановлено. Всё сделанное сохранено"}


async def test_the_demo_answers_ends_on_ctrl_c_and_goes_on_where_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with demo(tmp_path) as first:
        for address in (first.phone, first.till, first.join):
            async with first.session.get(address) as answer:
                assert (answer.status, answer.content_type) == (200, "text/html"), address
        async with first.session.get(first.join, headers={"Accept-Language": "en"}) as answer:
            assert "Sample data" in await answer.text()
        card = await first.resolve()
        balance = await first.sell()
        assert balance > card["balance"]
        assert await first.offers_explained() == {
            "The seventh coffee is on us",
            "Happy hours",
            "Coffee and a croissant",
            "Tea at half price",
            "Birthday week",
        }

        assert await first.command.end(signal.SIGINT) == 0

    expect_clean_end(first, tmp_path, "en_GB")
    async with demo(tmp_path, "--folder", "var/demo", language="ru_RU") as second:
        again = await second.resolve()
        assert (second.code, again["balance"], again["greeting"]) == (first.code, balance, card["greeting"])
        assert "данные-пример" in second.command.output
        assert len(await second.offers_explained()) == 5

        assert await second.command.end(signal.SIGTERM) == 0

    expect_clean_end(second, tmp_path, "ru_RU")
    assert [path.name for path in tmp_path.iterdir()] == ["var"]
    with capsys.disabled():
        print(f" [ready in {first.ready_s:.1f} s, the second time in {second.ready_s:.1f} s] ", end="")  # noqa: T201


async def test_the_demo_can_be_stopped_before_it_is_ready(tmp_path: Path) -> None:
    async with started("demo", folder=tmp_path) as command:
        await command.until(lambda _: any((tmp_path / "var/demo").glob("mongo/db/mongod.lock")))

        code = await command.end(signal.SIGINT)

    assert (code, processes_on(tmp_path)) == (0, [])
    assert "Traceback" not in command.output


async def test_one_folder_has_one_tessera(tmp_path: Path) -> None:
    settings = {"TESSERA_WEB__PORT": "0", "TESSERA_LOG_LEVEL": "INFO"}
    async with started("run", folder=tmp_path, settings=settings) as first:
        await first.until(lambda output: "listening" in output)

        code, said = await said_by("run", folder=tmp_path, settings=settings)
        in_russian = await said_by("run", folder=tmp_path, settings=settings, language="ru_RU")

        folder = tmp_path / "var/tessera/mongo"
        assert code == 2
        assert said == (
            f"tessera: {folder} is in use by process {first.process.pid}: one Tessera per data folder. "
            "Stop it, or give this one a folder of its own (TESSERA_DATA_FOLDER).\n"
        )
        assert (in_russian[0], in_russian[1].count("\n")) == (2, 1)
        assert f"её держит процесс {first.process.pid}" in in_russian[1]
        assert await first.end(signal.SIGTERM) == 0
    assert processes_on(tmp_path) == []


def expect_clean_end(ended: Demo, folder: Path, language: str) -> None:
    assert GOODBYE[language] in ended.command.output
    assert "Traceback" not in ended.command.output
    assert "Warning" not in ended.command.output
    assert processes_on(folder) == []
