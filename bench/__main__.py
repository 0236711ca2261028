"""`make bench`: every figure of docs/benchmarks.md, one after another, each in a process of its own."""

import subprocess
import sys
import time

BENCHES = {
    "passes": "bench.passes",
    "pushes": "bench.pushes",
    "day": "bench.day",
    "settle": "bench.settle",
    "quote": "bench.quote",
    "latency": "bench.latency",
    "import": "bench.importing",
    "start": "bench.start",
    "verify": "bench.verify",
    "codes": "bench.codes",
    "issue": "bench.issue",
    "personal": "bench.personal",
}


def main() -> int:
    asked = sys.argv[1:] or list(BENCHES)
    if unknown := [name for name in asked if name not in BENCHES]:
        print(f"no bench called {unknown[0]}; there are: {', '.join(BENCHES)}")
        return 2
    failed = []
    for name in asked:
        print(f"== {name} (python -m {BENCHES[name]})", flush=True)
        started = time.perf_counter()
        if subprocess.run([sys.executable, "-m", BENCHES[name]], check=False).returncode:
            failed.append(name)
        print(f"   took {time.perf_counter() - started:.0f} s\n", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
