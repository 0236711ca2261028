"""Drift and the registry: what changed is seen, what did not is left alone, and a version is its origin."""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from scoring.drift import Drift, Retrain, drift_of, stability_index
from scoring.registry import ModelVersion, record, versions


def test_the_same_members_have_not_drifted_and_others_have() -> None:
    chance = np.random.default_rng(1)
    then, same, other = chance.normal(0, 1, 5_000), chance.normal(0, 1, 5_000), chance.normal(1, 1, 5_000)

    assert stability_index(then, same) < 0.02
    assert stability_index(then, other) > 0.25


def test_traits_that_go_missing_are_drift() -> None:
    then = np.arange(1_000.0)

    assert stability_index(then, np.where(then < 500, np.nan, then)) > 0.25
    assert np.isfinite(stability_index(np.full(10, np.nan), then))


def test_the_worst_trait_is_named_and_chances_weigh_most() -> None:
    chance = np.random.default_rng(2)
    then = chance.normal(0, 1, (2_000, 2))
    now = then + np.array([0.0, 2.0])
    p = chance.uniform(0, 1, 2_000)

    fitting = drift_of(("a", "b"), then, now, chance=p, came=(chance.random(2_000) < p).astype(np.float64), age_days=1)
    failing = drift_of(("a", "b"), then, then, chance=p, came=np.zeros(2_000), age_days=1)

    assert (fitting.trait, fitting.verdict) == ("b", Retrain.MEMBERS_CHANGED)
    assert failing.verdict is Retrain.CHANCES_OFF


def test_a_steady_model_is_trained_again_when_it_is_old() -> None:
    young, old = (Drift(trait="a", psi=0.01, ece=0.01, bias=0.0, age_days=days) for days in (3, 60))

    assert young.verdict is Retrain.NO
    assert old.verdict is Retrain.AGED


def test_a_version_is_recorded_once_and_read_back(tmp_path: Path) -> None:
    version = ModelVersion(
        model="boosted",
        cutoff=date(2026, 3, 1),
        horizon_days=30,
        seed=0,
        fingerprint="0123456789abcdef",
        at=datetime(2026, 3, 2, tzinfo=UTC),
        quality={"auc": 0.8},
    )
    path = tmp_path / "versions.ndjson"

    record(path, version)
    record(path, version)
    with path.open("a") as file:
        file.write('{"model": "cut sh')

    assert versions(path) == [version]
