"""The diagram engine beside its peers on real and made-up models, in one run, answers compared.

Run ``python tests/benchmarks/bench_engines.py`` from the project folder, with a Python that has the
product and whichever peers shall take part (``python-sat``, ``ortools``, ``oxidd``, ``dd``,
``pyganak``, ``flamapy``, ``ddnnife``); missing ones are listed as such. ``--quick`` takes a minute
or two. Every measurement is a process of its own with limits of time and memory; times are CPU
seconds of that process, all threads together. ``--publish`` writes the tables and the plot of
``docs/performance.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ.setdefault(variable, "1")

import generators  # noqa: E402
import measure_ours  # noqa: E402
import measure_peers  # noqa: E402
import performance_page  # noqa: E402

Result = dict[str, object]

MEMORY = 10 * 2**30
"""Address space of a measurement, in bytes; OxiDD reserves its tables in advance."""

SIZES = (10, 20, 40, 80, 160, 320)
QUICK_SIZES = (20, 80, 320)

OURS: Mapping[str, Callable[..., Result]] = measure_ours.TASKS
PEERS: Mapping[str, Callable[..., Result]] = measure_peers.TASKS


def plan(quick: bool) -> list[tuple[str, ...]]:
    """All measurements: name of the task and its arguments."""
    steps: list[tuple[str, ...]] = [("compile", "small"), ("compile", "big"), ("cache", "big")]
    steps += [("prices", "small", "1000"), ("prices", "big", "40" if quick else "1000")]
    steps += [("session", "small"), ("session", "big"), ("sample", "big"), ("parquet", "small")]
    steps += [("sat-session", "small", "30"), ("sat-session", "big", "1" if quick else "3")]
    steps += [("cpsat-options", "small", "6"), ("cpsat-options", "big", "1" if quick else "3")]
    steps += [("bdd", "oxidd", "small"), ("bdd", "cudd", "small"), ("bdd", "oxidd", "big")]
    steps += [("ganak", "small"), ("ddnnife", "axTLS.dimacs"), ("flamapy", "printer.uvl")]
    if not quick:
        steps += [("bdd", "cudd", "big"), ("cpsat-enumerate", "small"), ("ganak", "big")]
    models = ["dimacs/axTLS.dimacs", "dimacs/berkeleydb.dimacs", "uvl/printer.uvl"]
    if not quick:
        models += ["uvl/financial_services.uvl", "uvl/automotive01.uvl"]
    steps += [("foreign", model) for model in models]
    for modules in QUICK_SIZES if quick else SIZES:
        steps += growth("structured", modules, 0, quick)
    for modules, numbers in generators.UNSTRUCTURED.items():
        if not (quick and modules > 40):
            for rules in numbers[:1] if quick else numbers:
                steps += growth("unstructured", modules, rules, quick)
    return steps


def growth(kind: str, modules: int, rules: int, quick: bool) -> list[tuple[str, ...]]:
    """All engines on one made-up catalogue."""
    who = ["ours", "sat", "pysat", "oxidd"]
    if kind == "unstructured" and rules <= 250 and not quick:
        who += ["cudd", "ganak"]
    return [("growth", engine, kind, str(modules), str(rules)) for engine in who]


def run(task: Sequence[str], seconds: int) -> Result:
    """One measurement in a process of its own; `failed` says why there is none."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    call = [sys.executable, __file__, "--task", *task]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(call, stdout=out, stderr=err, preexec_fn=limit)
        while process.poll() is None:
            time.sleep(0.1)
            # A limit of CPU time by the system would make the clock of the process coarse.
            if used(process.pid) > seconds:
                process.kill()
                process.wait()
                return {"failed": f"not in {seconds} s"}
        out.seek(0)
        err.seek(0)
        printed, lines = out.read(), [line for line in err.read().splitlines() if line.strip()]
    if process.returncode == 0:
        return dict(json.loads(printed.splitlines()[-1]))
    told = [line for line in lines if re.match(r"\w*(Error|Exception|Unknown|MemoryError)", line)]
    return {"failed": (told or lines or [f"exit code {process.returncode}"])[-1][:150]}


def used(process: int) -> float:
    """CPU seconds of a process so far; 0 when it has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def child(task: Sequence[str]) -> int:
    """What a measuring process does."""
    name, *arguments = task
    result = (OURS.get(name) or PEERS[name])(*arguments)
    result["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one to two minutes of CPU time")
    parser.add_argument("--only", help="only tasks whose words contain this")
    parser.add_argument("--seconds", type=int, default=60, help="CPU seconds of one measurement")
    parser.add_argument("--json", type=Path, help="results are kept here, and taken from here")
    parser.add_argument("--publish", action="store_true", help="write docs/performance.md")
    parser.add_argument("--task", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.task:
        return child(arguments.task)
    kept: dict[str, Result] = {}
    if arguments.json and arguments.json.exists():
        kept = json.loads(arguments.json.read_text())
    for task in plan(arguments.quick):
        key = " ".join(task)
        if arguments.only and arguments.only not in key:
            continue
        if key not in kept:
            short = arguments.quick or (task[0] == "growth" and task[1] != "ours")
            kept[key] = run(task, min(arguments.seconds, 20) if short else arguments.seconds)
            if arguments.json:
                arguments.json.write_text(json.dumps(kept, indent=1))
        print(f"{key:45} {performance_page.line(kept[key])}", flush=True)
    print(performance_page.targets(kept))
    wrong = performance_page.disagreements(kept)
    print("\n".join(wrong) if wrong else "all answers agree")
    if arguments.publish:
        performance_page.publish(kept)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
