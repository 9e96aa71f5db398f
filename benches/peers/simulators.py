"""Brian2, NEST and PyRates, the simulators that people have, in the tables of `benches/run dynamics`.

Each runs in a process of its own (`on_brian2.py`, `on_nest.py`, `on_pyrates.py`), in a virtual environment that only
they share: what they ask of NumPy should not decide which NumPy the other peers get. Seconds are those of the steps:
building the network, generating code and compiling it come before.

None of them has our exponential Euler for all of these equations. Where one has plain Euler only, its time constant is
dt/(1 - e^(-dt/tau)): then each step is the same.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from . import PLACE, Absent

VENV = PLACE / "simulators"
PYTHON = VENV / "bin" / "python"
# Brian2 2.9, the last for Python 3.11, does not import beside NumPy 2.4.
NUMPY = "numpy<2.4"
SIMULATORS = {"Brian2": "brian2", "NEST": "nest-simulator", "PyRates": "pyrates"}
# Steps after which dense runs are compared, on the way: at their end all are at rest, however they came there.
EARLY = 20


def install():
    """One by one: a simulator without a package for this Python does not keep out the others."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    for package in SIMULATORS.values():
        subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", NUMPY, package])


def by(simulator, job, *words):
    """Seconds of the steps, by the clock and of the processor, and the states that it leaves."""
    import numpy as np
    out = PLACE / "simulators.out"
    command = [PYTHON, "-B", "-m", f"peers.on_{simulator.lower()}", job, *words, out]
    ended = subprocess.run([str(c) for c in command], cwd=Path(__file__).parent.parent, text=True, capture_output=True)
    if ended.returncode:
        said = ended.stderr.strip().splitlines() if ended.returncode > 0 else []
        why = said[-1] if said else f"ended with {ended.returncode}"
        raise Absent("pip finds no package for this Python" if why.startswith("ModuleNotFoundError") else why)
    seconds, processor = ended.stdout.splitlines()[-1].split()
    return float(seconds), float(processor), np.fromfile(out, "<f8")


def dense(law, weights, start, n, steps, early):
    """Runs for J1. NEST's rate neurons do not have the square, and 16 million of its connections would take minutes."""
    def run_of(simulator):
        def run():
            seconds, _, states = by(simulator, "J1", law, weights, start, n, steps)
            worst = abs(states[:n] - early).max()
            if not worst < n * 1e-15:
                raise SystemExit(f"{simulator} differs after {EARLY} steps: {worst}")
            return seconds, states[n:]
        return run
    return {s: run_of(s) for s in SIMULATORS if s != "NEST" or (law == "tanh" and n <= 1000)}


def sparse(w, r, steps):
    """Runs for J6: Brian2 in float32, with 5 GB. PyRates has dense matrices only; NEST would take minutes."""
    parts = w.indices, w.data, r
    paths = [PLACE / f"sparse.{part}" for part in ("columns", "weights", "start")]

    def run():
        for part, path in zip(parts, paths):
            part.tofile(path)
        try:
            seconds, _, states = by("Brian2", "J6", *paths, len(r), steps)
        finally:
            for path in paths:
                path.unlink()
        return seconds, states
    return {"Brian2, float32": run}


def steady(path):
    """Runs for J2. NEST's rate neurons have no square."""
    def run_of(simulator):
        def run():
            seconds, processor, states = by(simulator, "J2", path)
            return (processor, seconds), states
        return run
    return {s: run_of(s) for s in ("Brian2", "PyRates")}


def noisy(trials, steps):
    """Runs for J8. PyRates has no noise of its own: NumPy's is added to its steps."""
    def run_of(simulator):
        def run():
            seconds, processor, states = by(simulator, "J8", trials, steps)
            return seconds, processor, states.reshape(2, -1)
        return run
    return {"Brian2": run_of("Brian2"), "PyRates (SFC64)": run_of("PyRates")}


def clocks():
    return time.perf_counter(), time.process_time()


def answer(jobs):
    """In the simulator's process: the job that the command line names; JOB ARGUMENTS OUT."""
    import numpy as np
    job, *words, out = sys.argv[1:]
    # What they write beside their answers goes here, too.
    os.chdir(PLACE)
    begin, end, *states = jobs[job](*words)
    np.concatenate(states).astype("<f8").tofile(out)
    print(end[0] - begin[0], end[1] - begin[1])
