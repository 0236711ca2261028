"""Margin of draws: prices times the margin less what was given; a policy that buys purchases at a loss is found out."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from scoring.exposures.learning import Worth, worth_of_policies
from scoring.exposures.log import NOTHING, read_log
from scoring.exposures.outcomes import matured, outcomes_of
from scoring.exposures.report import report_of
from scoring.history.visits import day_number
from scoring.measurement.effect import Verdict
from scoring.partitions.known import Question, known_members
from scoring.partitions.machines import HERE
from service.cli.main import app
from tests.exposed_shop import AS_OF, CAMPAIGN, TEN, exposed_shop, kept

MARGIN_BP = 6_000


def costed(
    members: int, given: float, *, margin_bp: int | None = MARGIN_BP, treated: float = 0.5
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give a shop where each offer took so much off."""
    history, log = exposed_shop(members, treated=treated)
    own = pl.when(pl.col("arm") == TEN).then(given).otherwise(0.0)
    return history, log.with_columns(given=own, margin_bp=pl.lit(margin_bp, pl.Int32))


def measured(folder: Path, history: pl.DataFrame, log: pl.DataFrame) -> pl.DataFrame:
    path, log_path = kept(folder, history, log)
    exposures = matured(read_log(log_path, as_of=AS_OF, zone="UTC"), day_number(AS_OF))
    with known_members(Question(path=path, as_of=AS_OF, zone="UTC"), HERE) as known:
        return outcomes_of(known, exposures, HERE)


def by_policy(outcomes: pl.DataFrame) -> dict[str, Worth]:
    return {each.policy: each for each in worth_of_policies(outcomes, seed=0)}


def said(folder: Path, language: str) -> str:
    files = ["--log", str(folder / "log.parquet"), "--history", str(folder / "history.parquet")]
    command = ["exposures", "report", "--campaign", CAMPAIGN, *files, "--as-of", AS_OF.isoformat()]
    return CliRunner().invoke(app, command, env={"LC_ALL": language}, catch_exceptions=False).stdout


def test_the_margin_is_that_of_the_prices_less_what_was_given(tmp_path: Path) -> None:
    outcomes = measured(tmp_path, *costed(200, 30.0))

    treated = outcomes["arm"].to_numpy() != NOTHING
    paid, given = outcomes["spend_after"].to_numpy(), np.where(treated, 30.0, 0.0)
    assert outcomes["margin_after"].to_numpy() == pytest.approx((paid + given) * 0.6 - given)


def test_a_policy_that_sells_more_and_keeps_less_is_told_from_one_that_pays(tmp_path: Path) -> None:
    pays, loses = (by_policy(measured(tmp_path, *costed(1_000, given))) for given in (1.0, 200.0))

    for found in (pays, loses):
        assert found["learned"].bought.low > found["nothing"].bought.value
    margins = [{name: each.margin for name, each in found.items()} for found in (pays, loses)]
    (learned, nothing), (dear, without) = [(told["learned"], told["nothing"]) for told in margins]
    assert learned is not None
    assert nothing is not None
    assert dear is not None
    assert without is not None
    assert learned.trustworthy
    assert learned.value > nothing.value
    assert dear.high < without.value, "more purchases, at a loss"
    assert without.value == nothing.value


def test_the_draws_own_margin_is_the_mean_of_the_later_third(tmp_path: Path) -> None:
    outcomes = measured(tmp_path, *costed(600, 20.0))

    drawn = by_policy(outcomes)["as_drawn"].margin

    days = outcomes["day"].to_numpy()
    late = days >= np.sort(days)[days.size * 2 // 3]
    assert drawn is not None
    assert drawn.value == pytest.approx(outcomes["margin_after"].to_numpy()[late].mean())
    assert drawn.effective_members == pytest.approx(late.sum())


def test_the_report_tells_it_in_one_line_of_either_language(tmp_path: Path) -> None:
    kept(tmp_path, *costed(1_000, 200.0))

    english, russian = said(tmp_path, "en"), said(tmp_path, "ru_RU.UTF-8")

    (line,) = [each for each in english.splitlines() if "learned policy" in each]
    assert line.startswith("The learned policy would have left a margin of ")
    assert "giving nothing" in line
    assert len([each for each in russian.splitlines() if "Обученные решения оставили бы маржу" in each]) == 1
    assert "  margin: " in english


def test_an_arm_is_compared_by_margin_too(tmp_path: Path) -> None:
    outcomes = measured(tmp_path, *costed(600, 300.0))
    exposures = read_log(tmp_path / "log.parquet", as_of=AS_OF, zone="UTC")

    _, ten = report_of(CAMPAIGN, exposures, outcomes).arms

    assert ten.bought is not None
    assert ten.margin is not None
    assert (ten.bought.verdict, ten.margin.verdict) == (Verdict.UP, Verdict.DOWN)


def test_where_costs_are_not_known_nothing_is_said_of_a_margin(tmp_path: Path) -> None:
    history, log = exposed_shop(600)

    for each in (log, costed(600, 5.0, margin_bp=None)[1]):
        found = by_policy(measured(tmp_path, history, each))
        told = said(tmp_path, "en")
        assert {name: worth.margin for name, worth in found.items()} == dict.fromkeys(found)
        assert found
        assert "margin" not in told


def test_too_few_draws_that_agree_cannot_tell(tmp_path: Path) -> None:
    kept(tmp_path, *costed(400, 20.0, treated=0.95))  # of the members with large baskets one in twenty got nothing

    assert "it cannot be told yet" in said(tmp_path, "en")


def test_costs_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    history, log = costed(20, 5.0)
    kept(tmp_path, history, log.with_columns(given=pl.lit("much")))
    files = ["--log", str(tmp_path / "log.parquet"), "--history", str(tmp_path / "history.parquet")]

    refused = CliRunner().invoke(app, ["exposures", "report", "--campaign", CAMPAIGN, *files])

    assert refused.exit_code == 2
    assert "given" in refused.stderr
