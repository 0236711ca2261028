"""Kept models: the same bytes again, the same scores again, and nothing read from a file that is not whole."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from scoring.drift import Drift
from scoring.forecast.candidates import Candidate
from scoring.forecast.learned import Learned, learn
from scoring.forecast.run import forecast
from scoring.history.visits import DAY_ZERO
from scoring.kept.codec import Unreadable, pack, shape_of, unpack
from scoring.kept.shelf import KEPT_MODELS, Kept, Shelf, program
from scoring.kept.trust import Training, after_scoring, before_scoring
from scoring.registry import ModelVersion, versions

AS_OF = 20_400
TODAY = DAY_ZERO + timedelta(days=AS_OF)
MADE = datetime(2026, 3, 2, 3, tzinfo=UTC)
HORIZON = 30


def visits(members: int = 400, days: int = 300, seed: int = 7) -> pl.DataFrame:
    """Days of purchase of members who differ in their rate, and of whom some leave."""
    chance = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for member in range(members):
        rate, at = chance.gamma(1.5, 1 / 20), float(chance.uniform(0, 150))
        leaves = at + chance.exponential(250)
        while at < min(days, leaves):
            day = AS_OF - days + int(at)
            rows.append(
                {"member": member, "day": day, "known_day": day, "amount": float(chance.gamma(2, 200)), "quantity": 1.0}
            )
            at += chance.exponential(1 / rate) + 1
    table = pl.DataFrame(rows).with_columns(
        pl.col("member").cast(pl.UInt32),
        pl.col("day", "known_day").cast(pl.Int32),
        *(pl.lit(1, dtype=pl.Int32).alias(name) for name in ("lines", "orders", "categories")),
        fresh=pl.lit(0, dtype=pl.Int32),
        returned=pl.lit(0.0),
    )
    return table.unique(["member", "day"], maintain_order=True).sort("member", "day")


@pytest.fixture(scope="module")
def history() -> pl.DataFrame:
    return visits()


@pytest.fixture(scope="module")
def learned(history: pl.DataFrame) -> Learned:
    return learn(history, as_of_day=AS_OF, horizon_days=HORIZON, seed=0, threads=1)


def test_a_kept_model_scores_to_the_bit_as_the_one_that_was_learned(history: pl.DataFrame, learned: Learned) -> None:
    again = unpack(Learned, pack(learned))

    told = forecast(history, as_of_day=AS_OF, horizon_days=HORIZON, seed=0, threads=1)
    kept = forecast(history, as_of_day=AS_OF, horizon_days=HORIZON, seed=0, threads=1, kept=again)

    assert learned.rehearsed is not None
    assert learned.rehearsed.trained.boosted is not None, "there are trees to keep"
    assert np.array_equal(told.p_active, kept.p_active)
    assert np.array_equal(told.expected_purchases, kept.expected_purchases)
    assert np.array_equal(told.expected_spend, kept.expected_spend)
    assert (kept.champion, kept.choice) == (told.champion, told.choice)


def test_the_same_model_is_the_same_bytes(history: pl.DataFrame, learned: Learned) -> None:
    twin = learn(history, as_of_day=AS_OF, horizon_days=HORIZON, seed=0, threads=1)

    written = pack(learned)

    assert pack(twin) == written
    assert pack(unpack(Learned, written)) == written


def test_another_history_is_another_model(learned: Learned) -> None:
    other = learn(visits(60, seed=8), as_of_day=AS_OF, horizon_days=HORIZON, seed=0, threads=1)

    assert pack(other) != pack(learned)


def test_a_model_of_purchase_models_alone_is_kept_too(history: pl.DataFrame) -> None:
    young = learn(
        history.filter(pl.col("day") > AS_OF - 297), as_of_day=AS_OF - 290, horizon_days=HORIZON, seed=0, threads=1
    )

    again = unpack(Learned, pack(young))

    assert again.rehearsed is None
    assert again.models == young.models
    assert again.champion is Candidate.PURCHASE_MODEL


@pytest.mark.parametrize("share", [0.0, 0.3, 0.98])
def test_a_file_cut_short_is_unreadable(learned: Learned, share: float) -> None:
    written = pack(learned)

    with pytest.raises(Unreadable):
        unpack(Learned, written[: int(len(written) * share)])


def test_a_changed_byte_is_unreadable(learned: Learned) -> None:
    written = bytearray(pack(learned))
    written[len(written) // 2] ^= 0xFF

    with pytest.raises(Unreadable):
        unpack(Learned, bytes(written))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Small:
    name: str
    values: npt.NDArray[np.float64]
    pair: tuple[int, int] | None
    kinds: dict[Candidate, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Larger:
    name: str
    values: npt.NDArray[np.float64]
    pair: tuple[int, int] | None
    kinds: dict[Candidate, float]
    more: int = 0


SMALL = _Small(name="й", values=np.array([0.1, np.nan, np.inf]), pair=(1, 2), kinds={Candidate.RFM: float("inf")})


def test_every_kind_of_field_comes_back() -> None:
    again = unpack(_Small, pack(SMALL))
    without = unpack(_Small, pack(replace(SMALL, pair=None)))

    assert np.array_equal(again.values, SMALL.values, equal_nan=True)
    assert (again.name, again.pair, again.kinds) == (SMALL.name, SMALL.pair, SMALL.kinds)
    assert without.pair is None


def test_a_program_of_another_shape_reads_no_such_file() -> None:
    assert shape_of(_Small) != shape_of(_Larger)
    with pytest.raises(Unreadable, match="another shape"):
        unpack(_Larger, pack(SMALL))


def test_what_a_model_cannot_hold_is_refused_at_once() -> None:
    with pytest.raises(TypeError):
        pack(replace(SMALL, name=object()))  # type: ignore[arg-type]  # the point of the test


def shelved(shelf: Shelf, learned: Learned, *, fingerprint: str = "f") -> str:
    return shelf.put(learned, seed=0, fingerprint=fingerprint, at=MADE, quality={"auc": 0.8})


def in_force(shelf: Shelf, as_of: date = TODAY) -> Kept | None:
    return shelf.in_force(as_of=as_of, horizon_days=HORIZON, seed=0)


def test_a_version_on_the_shelf_is_found_with_what_it_was_made_from(learned: Learned, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "models")

    version = shelved(shelf, learned)
    again = shelved(shelf, learned)

    kept = in_force(shelf)
    assert kept is not None
    assert kept.learned is not None
    assert pack(kept.learned) == pack(learned)
    assert again == version == kept.version.version
    assert (kept.version.cutoff, kept.version.quality, kept.version.model) == (TODAY, {"auc": 0.8}, learned.champion)
    assert len(shelf.all()) == 1, "the same model twice is one version"


def test_no_model_speaks_of_a_day_before_it_was_learned(learned: Learned, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelved(shelf, learned)

    assert in_force(shelf, TODAY - timedelta(days=1)) is None
    assert in_force(shelf, TODAY + timedelta(days=1)) is not None
    assert shelf.in_force(as_of=TODAY, horizon_days=60, seed=0) is None
    assert shelf.in_force(as_of=TODAY, horizon_days=HORIZON, seed=1) is None


def test_the_latest_of_a_day_is_in_force(learned: Learned, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelved(shelf, learned)
    second = shelved(shelf, learned, fingerprint="g")
    older = shelved(shelf, replace(learned, as_of_day=AS_OF - 3))

    kept = in_force(shelf)

    assert kept is not None
    assert kept.version.version == second != older


@pytest.mark.parametrize("damage", ["gone", "cut", "changed", "another program"])
def test_a_model_that_is_not_what_was_written_is_none(learned: Learned, tmp_path: Path, damage: str) -> None:
    shelf = Shelf(tmp_path)
    path = tmp_path / f"{shelved(shelf, learned)}.model"
    match damage:
        case "gone":
            path.unlink()
        case "cut":
            path.write_bytes(path.read_bytes()[:1_000])
        case "changed":
            path.write_bytes(path.read_bytes() + b" ")
        case _:
            registry = tmp_path / "models.jsonl"
            registry.write_text(registry.read_text().replace(program(), "0" * 12))
            told = versions(registry)[0]
            path.rename(tmp_path / f"{told.version}.model")

    kept = in_force(shelf)

    assert kept is not None
    assert kept.learned is None
    assert before_scoring(kept, as_of=TODAY, asked=False) is Training.UNREADABLE


def test_a_torn_registry_loses_only_what_was_not_written(learned: Learned, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    first = shelved(shelf, learned)
    with (tmp_path / "models.jsonl").open("a") as file:
        file.write('{"model": "bo')

    second = shelved(shelf, learned, fingerprint="g")

    assert [each.version for each in shelf.all()] == [first, second]


def test_old_files_are_cleared_and_the_registry_remembers(learned: Learned, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for number in range(KEPT_MODELS + 3):
        shelved(shelf, learned, fingerprint=str(number))

    assert len(list(tmp_path.glob("*.model"))) == KEPT_MODELS
    assert len(shelf.all()) == KEPT_MODELS + 3


def kept_since(learned: Learned | None, days: int) -> Kept:
    version = ModelVersion(
        model="rfm", cutoff=TODAY - timedelta(days=days), horizon_days=HORIZON, seed=0, fingerprint="f", at=MADE
    )
    return Kept(version=version, learned=learned)


def test_a_model_speaks_until_something_speaks_against_it(learned: Learned) -> None:
    rehearsed = learned.rehearsed
    assert rehearsed is not None
    young = replace(learned, rehearsed=replace(rehearsed, when=replace(rehearsed.when, horizon_days=9)))

    def told(kept: Kept | None, *, asked: bool = False) -> Training:
        return before_scoring(kept, as_of=TODAY, asked=asked)

    assert told(None) is Training.FIRST
    assert told(kept_since(learned, 0)) is told(kept_since(learned, 6)) is Training.KEPT
    assert told(kept_since(learned, 0), asked=True) is Training.ASKED
    assert told(kept_since(learned, 7)) is Training.AGED
    assert told(kept_since(young, 1)) is told(kept_since(replace(learned, rehearsed=None), 1)) is Training.YOUNG
    assert told(kept_since(young, 0)) is Training.KEPT, "the same night again"


def test_drift_that_the_model_has_not_heard_of_retires_it(learned: Learned) -> None:
    kept = kept_since(learned, 5)
    fine = Drift(trait="a", psi=9.0, ece=0.01, bias=0.01, age_days=30)
    off = replace(fine, ece=0.2)

    def told(shift: float, drift: Drift | None, days_ago: int = 0) -> Training:
        return after_scoring(kept, shift=shift, drift=drift, matured_on=TODAY - timedelta(days=days_ago))

    assert told(0.1, fine) is told(0.1, None) is Training.KEPT
    assert told(0.3, fine) is Training.MEMBERS_CHANGED
    assert told(0.3, off) is told(0.1, replace(fine, bias=-0.2)) is Training.CHANCES_OFF
    assert told(0.1, off, days_ago=5) is Training.KEPT, "it was learned since, and knows"
