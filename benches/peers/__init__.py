"""What the comparisons share: where things lie, how ours is run."""

import os
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PLACE = ROOT / "target" / "bench"
PYTHON = PLACE / "venv" / "bin" / "python"
PACKAGES = ["numpy", "scipy", "threadpoolctl", "nnmt", "mpmath"]
MORE_PACKAGES = ["numba", "jax"]  # for the dynamics
SLOW = 30.0  # seconds after which a run is not repeated
ABSENT = {}  # peers that could not run in the table at hand, and why


class Absent(Exception):
    """A peer cannot run here; the others can."""


def in_turns(runs, rounds):
    """What every run gives, in a list for each that can run at all: all of the first round, then of the second."""
    given = {name: [] for name in runs}
    slow = set()
    for _ in range(rounds):
        for name, run in runs.items():
            if name in ABSENT or name in slow:
                continue
            start = time.perf_counter()
            try:
                given[name].append(run())
            except Absent as why:
                ABSENT[name] = why
            if time.perf_counter() - start > SLOW:
                slow.add(name)
    return {name: all_of_it for name, all_of_it in given.items() if all_of_it}


def say_absent():
    for name, why in ABSENT.items():
        print(f"{name}: {why}")
    ABSENT.clear()


def ours(binary, *arguments):
    """What `src/bin/BINARY.rs` prints, built in release mode: a dictionary of names and numbers."""
    command = ["cargo", "run", "--release", "--quiet", "--locked", "-p", "neurate-bench", "--bin", binary, "--"]
    command += [str(a) for a in arguments]
    lines = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {name: float(value) for name, value in (line.rsplit(": ", 1) for line in lines.splitlines())}


def one_thread():
    """Before NumPy is imported: one thread, as ours, and the kernels that OpenBLAS itself chooses."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
