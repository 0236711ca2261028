"""`tessera score uplift` from a terminal: what it writes and what it says."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from service.cli.main import app


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    chance = np.random.default_rng(1)
    arms, likes = chance.integers(0, 2, 3000), chance.random(3000) < 0.5
    table = pl.DataFrame(
        {
            "member_id": np.arange(3000),
            "group": np.where(arms, "mail", "none"),
            "likes": likes,
            "visit": chance.random(3000) < 0.1 + 0.3 * likes * arms,
        }
    )
    table.write_csv(tmp_path / "train.csv")
    table.drop("group", "visit").write_parquet(tmp_path / "test.parquet")
    return tmp_path / "train.csv", tmp_path / "test.parquet"


def ask(files: tuple[Path, Path], out: Path, *, outcome: str = "visit", language: str = "en") -> Result:
    train, test = files
    command = ["score", "uplift", "--train", str(train), "--test", str(test), "--out", str(out)]
    columns = ["--arm", "group", "--control", "none", "--outcome", outcome]
    return CliRunner().invoke(app, [*command, *columns], env={"LC_ALL": language}, catch_exceptions=False)


def test_scores_are_written_and_it_says_how_they_came_about(files: tuple[Path, Path], tmp_path: Path) -> None:
    said = ask(files, tmp_path / "out.csv")

    scores = pl.read_csv(tmp_path / "out.csv")
    assert said.exit_code == 0
    assert scores.columns == ["member_id", "uplift_mail"]
    assert scores.height == 3000
    assert "Learned from 3000 members" in said.stderr
    assert "Qini" in said.stderr


def test_a_refusal_is_one_line_in_the_terminals_language_and_writes_nothing(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    said = ask(files, tmp_path / "out.csv", outcome="spend", language="ru_RU.UTF-8")

    assert said.exit_code == 2
    assert "нет столбца spend" in said.stderr
    assert not (tmp_path / "out.csv").exists()
