"""Traits of ten million purchases, part by part, beside a bare DuckDB group-by of the same in the same run.

`python -m bench.scoring.features [PURCHASES] [MEMBERS]`. Both read one Parquet file of purchases (a purchase is a day
with a purchase), take every trait of every member with two threads, and write Parquet; each in a process of its own.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

import duckdb
import numpy as np
import polars as pl

from bench.scoring.shop import DAYS, START
from scoring.features.at_cutoff import features_at
from scoring.features.traits import HALF_LIVES_DAYS, TRAITS, WINDOWS_DAYS
from scoring.partitions.split import hashed_parts

PURCHASES, MEMBERS = 10_000_000, 440_000
THREADS = 2
AIM_SHARE = 0.8
AIM_MIB = 2_048
CUTOFF = int(START.astype("datetime64[D]").astype(np.int64)) + DAYS
_AT_ONCE = 1_000_000
_AGREE = 1e-9


def write_purchases(path: Path, purchases: int, members: int) -> None:
    """Write purchases in the order of days, as a till's log has them; no member is next to another for long."""
    chance = np.random.default_rng(0)
    rate = chance.gamma(0.8, 1.0, members)
    owners = chance.choice(members, purchases, p=rate / rate.sum()).astype(np.uint32)
    days = np.sort(chance.integers(CUTOFF - DAYS, CUTOFF, purchases)).astype(np.int32)
    amounts = np.round(chance.gamma(3.0, 200.0, purchases), 2)
    pl.DataFrame(
        {
            "member": owners,
            "day": days,
            "known_day": days,
            "amount": amounts,
            "quantity": chance.integers(1, 6, purchases).astype(np.float64),
            "lines": chance.integers(1, 4, purchases).astype(np.int32),
            "orders": np.ones(purchases, dtype=np.int32),
            "categories": chance.integers(1, 3, purchases).astype(np.int32),
            "fresh": (chance.random(purchases) < 0.2).astype(np.int32),
            "returned": np.where(chance.random(purchases) < 0.05, amounts / 2, 0.0),
        }
    ).unique(["member", "day"], keep="first", maintain_order=True).write_parquet(path, row_group_size=250_000)


def ours(path: Path, out: Path) -> None:
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        count = int(pl.scan_parquet(path).select(pl.len()).collect().item())
        parts = hashed_parts(pl.scan_parquet(path), pl.col("member"), Path(folder) / "parts", -(-count // _AT_ONCE))
        found = []
        for place, part in enumerate(parts):
            visits = pl.read_parquet(part / "*.parquet", hive_partitioning=False).sort("member", "day")
            found.append(out.with_name(f"traits-{place}.parquet"))
            features_at(visits, CUTOFF).write_parquet(found[-1], compression="lz4")
        pl.scan_parquet(found).sink_parquet(out, compression="lz4")


def traits_in_sql() -> dict[str, str]:
    """The same traits in SQL: what anybody would write."""
    ago = f"({CUTOFF} - day)"
    weekday = "((day + 3) % 7)"
    return {
        "recency_days": f"min({ago})",
        "age_days": f"max({ago})",
        "before_last_days": f"{CUTOFF} - (max(day, 2))[2]",
        "third_last_days": f"{CUTOFF} - (max(day, 3))[3]",
        "visits": "count(*)",
        **{f"visits_{n}d": f"count(*) filter ({ago} < {n})" for n in WINDOWS_DAYS},
        **{f"rate_{n}d": f"sum(power(0.5, {ago} / {n}))" for n in HALF_LIVES_DAYS},
        "active_months": f"count(distinct {ago} // 30) filter ({ago} < 360)",
        "gap_mean_days": "avg(gap)",
        "gap_median_days": "median(gap)",
        "gap_sd_days": "stddev_samp(gap)",
        "gap_last_days": "arg_max(gap, day)",
        "gap_longest_days": "max(gap)",
        "overdue": f"min({ago}) / avg(gap)",
        "silence": f"min({ago}) / max(gap)",
        "weekend_share": f"avg(({weekday} >= 5)::int)",
        "weekday_share": "greatest("
        + ", ".join(f"count(*) filter ({weekday} = {n})" for n in range(7))
        + ") / count(*)",
        "spend": "sum(amount)",
        **{f"spend_{n}d": f"coalesce(sum(amount) filter ({ago} < {n}), 0)" for n in (30, 90, 365)},
        "basket_mean": "avg(amount)",
        "basket_last": "arg_max(amount, day)",
        "basket_first": "arg_min(amount, day)",
        "basket_largest": "max(amount)",
        "basket_sd": "stddev_samp(amount)",
        "returned_share": "sum(returned) / sum(amount)",
        "lines_mean": "avg(lines)",
        "quantity_mean": "avg(quantity)",
        "categories_mean": "avg(categories)",
        "categories": "sum(fresh)",
        "fresh_share": f"coalesce(sum(fresh) filter ({ago} < 90), 0) / sum(fresh)",
        "orders_per_visit": "avg(orders)",
    }


def bare(path: Path, out: Path) -> None:
    told = traits_in_sql()
    assert set(told) == {each.name for each in TRAITS}, set(told) ^ {each.name for each in TRAITS}
    gap = "day - lag(day) over (partition by member order by day) as gap"
    gaps = f"select *, {gap} from '{path}' where known_day <= {CUTOFF}"  # noqa: S608 - our own words
    asked = ", ".join(f"({told[each.name]})::double as {each.name}" for each in TRAITS)
    database = duckdb.connect(config={"threads": THREADS, "temp_directory": str(out.parent / "spill")})
    database.execute(f"copy (select member, {asked} from ({gaps}) group by member) to '{out}' (format parquet)")  # noqa: S608


def plain(path: Path, out: Path) -> None:
    """The two and twenty that need no look at the visit before: one group-by over the file, nothing else."""
    ago = f"({CUTOFF} - day)"
    told = [f"min({ago})", f"max({ago})", "count(*)"]
    told += [f"count(*) filter ({ago} < {n})" for n in WINDOWS_DAYS]
    told += [f"sum(power(0.5, {ago} / {n}))" for n in HALF_LIVES_DAYS]
    told += ["sum(amount)", *(f"sum(amount) filter ({ago} < {n})" for n in (30, 90, 365))]
    told += ["avg(amount)", "max(amount)", "stddev_samp(amount)", "avg(lines)", "avg(quantity)", "avg(orders)"]
    asked = ", ".join(f"({each})::double as trait_{place}" for place, each in enumerate(told))
    database = duckdb.connect(config={"threads": THREADS, "temp_directory": str(out.parent / "spill")})
    database.execute(f"copy (select member, {asked} from '{path}' group by member) to '{out}' (format parquet)")  # noqa: S608


WAYS = {"tessera": ours, "duckdb, the same traits": bare, "duckdb, 22 plain ones": plain}


def alone(way: str, path: Path, out: Path) -> None:
    """Do one way in this process and print what it took."""
    began, worked = perf_counter(), process_time()
    WAYS[way](path, out)
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    took = {"wall_s": perf_counter() - began, "cpu_s": process_time() - worked, "mib": int(peak.split()[1]) / 1024}
    print(json.dumps(took))


def main(purchases: int, members: int) -> int:
    with tempfile.TemporaryDirectory(prefix="tessera-features-") as folder:
        path = Path(folder) / "purchases.parquet"
        write_purchases(path, purchases, members)
        rows = int(pl.scan_parquet(path).select(pl.len()).collect().item())
        print(f"{rows:,} purchases of up to {members:,} members, {len(TRAITS)} traits, {THREADS} threads", flush=True)
        took: dict[str, dict[str, float]] = {}
        for place, way in enumerate(WAYS):
            command = [
                sys.executable,
                "-m",
                "bench.scoring.features",
                "alone",
                way,
                str(path),
                f"{folder}/{place}.parquet",
            ]
            env = {"POLARS_MAX_THREADS": str(THREADS), "OMP_NUM_THREADS": str(THREADS), "PATH": "/usr/bin:/bin"}
            told = subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout
            took[way] = json.loads(told)
            print(
                f"{way}: {rows / took[way]['wall_s']:,.0f} rows/s by the clock, "
                f"{rows * THREADS / took[way]['cpu_s']:,.0f} by processor time of {THREADS} cores; "
                f"{took[way]['wall_s']:.1f} s, peak {took[way]['mib']:,.0f} MiB",
                flush=True,
            )
        agree = alike(Path(folder) / "0.parquet", Path(folder) / "1.parquet")
    share = {by: took["duckdb, the same traits"][by] / took["tessera"][by] for by in ("wall_s", "cpu_s")}
    print(f"of DuckDB's speed: {share['wall_s']:.2f} by the clock, {share['cpu_s']:.2f} by processor (aim {AIM_SHARE})")
    held = share["wall_s"] >= AIM_SHARE and took["tessera"]["mib"] < AIM_MIB and agree
    print("held" if held else "MISSED")
    return 0 if held else 1


def alike(first: Path, second: Path) -> bool:
    """Compare the traits of the two ways, to nine digits."""
    one, other = (pl.read_parquet(each).sort("member") for each in (first, second))
    off = [
        name
        for name in one.columns
        if not np.allclose(one[name].to_numpy(), other[name].to_numpy(), rtol=_AGREE, atol=1e-6, equal_nan=True)
    ]
    print(f"traits that differ: {', '.join(off) or 'none'}")
    return not off


if __name__ == "__main__":
    if sys.argv[1:2] == ["alone"]:
        alone(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
        sys.exit(0)
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(given[0] if given else PURCHASES, given[1] if len(given) > 1 else MEMBERS))
