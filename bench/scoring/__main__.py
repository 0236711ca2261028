"""`make bench-scoring`: every figure of docs/evidence.md, one after another, each in a process of its own."""

import subprocess
import sys
import time
from pathlib import Path

BENCHES = ("histories", "walk", "tastes", "uplift", "knapsack", "features", "night")


def main() -> int:
    asked = sys.argv[1:] or [name for name in BENCHES if (Path(__file__).parent / f"{name}.py").exists()]
    if unknown := [name for name in asked if name not in BENCHES]:
        print(f"no bench called {unknown[0]}; there are: {', '.join(BENCHES)}")
        return 2
    failed = []
    for name in asked:
        print(f"== {name} (python -m bench.scoring.{name})", flush=True)
        started = time.perf_counter()
        if subprocess.run([sys.executable, "-m", f"bench.scoring.{name}"], check=False).returncode:
            failed.append(name)
        print(f"   took {time.perf_counter() - started:.0f} s\n", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
