"""A whole night in parts: the same bits however it is parted, and nothing of a night that broke off."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scoring.forecast.learned import Learned
from scoring.nightly.lessons import Logs
from scoring.nightly.scored import Scored
from scoring.nightly.shift import Night, NightWishes, score_night
from scoring.partitions.machines import Here
from scoring.segments.clusters import FEWEST_MEMBERS
from tests.exposed_shop import AS_OF, exposed_shop, kept

MEMBERS = 300
WHOLE, FEW = 1_000_000, 200


def tables() -> tuple[pl.DataFrame, pl.DataFrame]:
    history, log = exposed_shop(MEMBERS)
    categories = np.random.default_rng(2).integers(0, 6, history.height)
    return history.with_columns(category=pl.Series([f"c{each}" for each in categories.tolist()])), log


def night(
    folder: Path,
    *,
    part_rows: int,
    threads: int = 1,
    as_of: date = AS_OF,
    log: Path | None = None,
    model: Learned | None = None,
    clusters_before: Path | None = None,
) -> tuple[Night, pl.DataFrame]:
    """Give a night and its rows in order of member."""
    found = score_night(
        folder / "history.parquet",
        NightWishes(as_of=as_of, horizon_days=30, zone="UTC", seed=0, threads=1),
        scored=Scored(folder / f"scores-{part_rows}"),
        watch=lambda *_: None,
        clusters_before=clusters_before,
        kept=model,
        logs=Logs(exposures=log),
        machines=Here(threads=threads),
        part_rows=part_rows,
    )
    return found, pl.concat(found.scored.parts()).sort("member_id")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    opened = tmp_path_factory.mktemp("night")
    kept(opened, *tables())
    return opened


@pytest.fixture(scope="module")
def whole(folder: Path) -> tuple[Night, pl.DataFrame]:
    return night(folder, part_rows=WHOLE, log=folder / "log.parquet")


def test_parts_worked_at_side_by_side_change_no_bit_of_a_night(folder: Path, whole: tuple[Night, pl.DataFrame]) -> None:
    parted, rows = night(folder, part_rows=FEW, threads=3, log=folder / "log.parquet")

    assert len(list(parted.scored.parts())) > 5
    assert rows.equals(whole[1])
    assert parted.snapshot.members.equals(whole[0].snapshot.members)
    assert (parted.fingerprint, parted.quality, parted.lessons) == (
        *(whole[0].fingerprint, whole[0].quality),
        whole[0].lessons,
    )


def test_a_night_tells_all_of_every_member(whole: tuple[Night, pl.DataFrame]) -> None:
    found, rows = whole

    assert found.members == rows.height == rows["member_id"].n_unique() > FEWEST_MEMBERS
    assert [lesson.reason for lesson in found.lessons] == [""]
    absent = {name: count for name, count in rows.null_count().row(0, named=True).items() if count}
    assert absent == {"uses_coupon": rows.height}, "there were no coupons to learn from"
    assert rows["favourites"].list.len().min() == 6
    assert rows["uplift"].list.len().unique().to_list() == [1]


@pytest.mark.parametrize("as_of", [date(2025, 1, 6), date(2025, 2, 10)], ids=["no window yet", "a short one"])
def test_parts_change_no_bit_in_first_days(folder: Path, as_of: date) -> None:
    """Reasons are weighed against everybody's then, or chances carried to the longer horizon."""
    found, rows = night(folder, part_rows=WHOLE, as_of=as_of)
    parted, again = night(folder, part_rows=FEW, as_of=as_of)

    assert found.learned is not None
    assert found.learned.rehearsed is None or found.learned.rehearsed.when.horizon_days < found.learned.horizon_days
    assert len(list(parted.scored.parts())) > 5
    assert again.equals(rows)
    assert found.members > 15


def test_clusters_keep_the_names_of_the_night_before_whatever_the_parts(
    folder: Path, whole: tuple[Night, pl.DataFrame]
) -> None:
    before = folder / "clusters.parquet"
    whole[1].select("member_id", cluster=pl.col("cluster") + 40).gather_every(2).write_parquet(before)

    found, rows = night(folder, part_rows=FEW, model=whole[0].learned, clusters_before=before)

    assert found.quality["clusters_kept"] == 1.0
    assert rows["cluster"].equals(whole[1]["cluster"] + 40)


def test_what_a_night_that_broke_off_left_is_no_part_of_the_next(
    tmp_path: Path, whole: tuple[Night, pl.DataFrame]
) -> None:
    scored = Scored(tmp_path / "scores")
    scored.clear()
    scored.keep(0, whole[1])
    (scored.folder / "tessera-parts-left").mkdir()

    scored.clear()
    scored.keep(1, whole[1].head(3))

    assert pl.concat(scored.parts()).equals(whole[1].head(3))
    assert [each.name for each in scored.folder.iterdir()] == ["part-00001.parquet"]
