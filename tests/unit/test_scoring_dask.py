"""Many machines: the same scores on a cluster of two processes, and what is said where there is none."""

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster

from scoring.files import ScoredHistory, score_history
from scoring.forecast.candidates import Candidate
from scoring.history.errors import CannotScore
from scoring.kept.codec import pack
from scoring.partitions import dask_machines
from scoring.partitions.dask_machines import machines_at
from tests.unit.test_scoring_forecast import AS_OF, shop

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", scheduler_port=0, dashboard_address=None
    ) as cluster:
        yield str(cluster.scheduler_address)


def scored(path: Path, address: str) -> ScoredHistory:
    with machines_at(address) as machines:
        return score_history(
            path, as_of=AS_OF, horizon_days=30, zone="UTC", seed=5, threads=1, watch=lambda *_: None,
            machines=machines, part_rows=700,
        )  # fmt: skip


def refused(address: str) -> CannotScore:
    with pytest.raises(CannotScore) as caught, machines_at(address, timeout_s=0.5):
        pass
    return caught.value


@pytest.mark.timeout(300)
def test_a_cluster_scores_to_the_bit_as_one_process_does(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trees are a part of the champion; what was learned is the same bytes, which are kept as one version."""
    path = tmp_path / "history.parquet"
    shop(members=800).write_parquet(path)
    here = scored(path, "")
    monkeypatch.setattr(dask_machines, "grow_here", None)

    there = scored(path, address)

    assert here.learned.champion in {Candidate.BOOSTED, Candidate.BLEND}
    assert there.notes == here.notes
    assert there.scores.equals(here.scores)
    assert pack(there.learned) == pack(here.learned)


@pytest.mark.timeout(120)
def test_a_refusal_comes_back_from_the_cluster_as_it_is(tmp_path: Path, address: str) -> None:
    path = tmp_path / "history.csv"
    path.write_text("member_id,at,amount\nA,2025-03-01,5\nB,2025-03-02,many\n")

    with pytest.raises(CannotScore) as caught:
        scored(path, address)

    assert caught.value.reason == "unreadable_numbers"
    assert "many" in caught.value.text("ru")


@pytest.mark.timeout(120)
def test_workers_of_other_versions_are_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = dask_machines._versions()
    asked = iter([{**real, "polars": "0.1"}])
    monkeypatch.setattr(dask_machines, "_here", lambda: next(asked))

    refusal = refused(address)

    assert refusal.reason == "dask_differs"
    assert "polars" in refusal.text("en")
    assert "0.1" in refusal.text("ru")


def test_an_address_that_does_not_answer_is_named_with_the_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"

        refusal = refused(address)

    assert refusal.reason == "dask_silent"
    assert address in refusal.text("ru")
    assert "--dask" in refusal.text("en")


def test_words_that_are_no_address_are_refused_too() -> None:
    assert refused("nowhere at all").reason == "dask_silent"


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    refusal = refused("tcp://127.0.0.1:1")

    assert refusal.reason == "no_dask"
    assert "tessera[dask]" in refusal.text("ru")


def test_no_address_means_here() -> None:
    with machines_at("") as machines:
        assert list(machines.map(lambda part, shared: part + shared, [1, 2], 10)) == [11, 12]
