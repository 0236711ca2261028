"""A campaign's report: the draw is checked first, effects come with intervals, and too little cannot be told."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from scoring.exposures.log import NOTHING, read_log
from scoring.exposures.outcomes import matured, outcomes_of
from scoring.exposures.report import CampaignReport, report_of
from scoring.history.visits import day_number
from scoring.measurement.effect import Verdict
from scoring.partitions.known import Question, known_members
from scoring.partitions.machines import HERE
from service.cli.main import app
from tests.exposed_shop import AS_OF, CAMPAIGN, LURED, OTHERS, PUSHES, TEN, exposed_shop, kept


def reported(folder: Path, history: pl.DataFrame, log: pl.DataFrame) -> CampaignReport:
    path, log_path = kept(folder, history, log)
    exposures = read_log(log_path, as_of=AS_OF, zone="UTC")
    with known_members(Question(path=path, as_of=AS_OF, zone="UTC"), HERE) as known:
        outcomes = outcomes_of(known, matured(exposures, day_number(AS_OF)), HERE)
    return report_of(CAMPAIGN, exposures, outcomes)


def said(folder: Path, *more: str, language: str = "en", campaign: str = CAMPAIGN) -> Result:
    files = ["--log", str(folder / "log.parquet"), "--history", str(folder / "history.parquet")]
    command = ["exposures", "report", "--campaign", campaign, *files, "--as-of", AS_OF.isoformat(), *more]
    return CliRunner().invoke(app, command, env={"LC_ALL": language}, catch_exceptions=False)


def test_what_the_offer_changed_is_found_with_its_interval(tmp_path: Path) -> None:
    report = reported(tmp_path, *exposed_shop(600))

    nothing, ten = report.arms
    assert (report.members, report.over) == (600 * len(PUSHES), 600 * len(PUSHES))
    assert not report.mismatch.blocks
    assert (nothing.arm, nothing.bought) == (NOTHING, None)
    assert ten.expected == pytest.approx(600 * len(PUSHES) * 0.375)
    assert ten.bought is not None
    # Half of the members heed it; a few of those whom it lures come by themselves as well.
    assert ten.bought.effect.low < (LURED + OTHERS) / 2 < ten.bought.effect.high
    assert ten.bought.verdict is Verdict.UP


def test_a_draw_that_lost_members_is_not_compared(tmp_path: Path) -> None:
    history, log = exposed_shop(300)
    lost = log.filter((pl.col("arm") == NOTHING) | (pl.int_range(pl.len()) % 3 > 0))

    report = reported(tmp_path, history, lost)
    told = said(tmp_path)

    assert report.mismatch.blocks
    assert all(each.bought is None and each.spend is None for each in report.arms)
    assert "NOT what its chances say" in told.stdout
    assert "95 %" not in told.stdout


def test_a_few_members_cannot_tell_and_the_terminal_says_so_in_both_languages(tmp_path: Path) -> None:
    kept(tmp_path, *exposed_shop(16))

    english, russian = said(tmp_path), said(tmp_path, language="ru_RU.UTF-8")

    assert (english.exit_code, russian.exit_code) == (0, 0)
    assert "The draw is what its chances say" in english.stdout
    assert english.stdout.count("it cannot be told") == 2
    assert russian.stdout.count("сказать нельзя") == 2
    assert f"{TEN}: " in english.stdout


def test_what_cannot_be_reported_is_one_line(tmp_path: Path) -> None:
    history, log = exposed_shop(10)
    kept(tmp_path, history, log)
    none = said(tmp_path, campaign="another")
    log.with_columns(chances=pl.lit(json.dumps({NOTHING: 1.0}))).write_parquet(tmp_path / "log.parquet")

    wrong = said(tmp_path, language="ru_RU.UTF-8")
    bare = CliRunner().invoke(app, ["exposures", "report", "--campaign", "c"])

    assert "Nobody was drawn in another yet." in none.stdout
    assert wrong.exit_code == 2
    assert "не могло выпасть" in wrong.stderr
    assert bare.exit_code == 2
