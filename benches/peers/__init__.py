"""What the comparisons share: where things lie, how ours is run."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PLACE = ROOT / "target" / "bench"
PYTHON = PLACE / "venv" / "bin" / "python"
PACKAGES = ["numpy", "scipy", "threadpoolctl", "nnmt", "mpmath"]
MORE_PACKAGES = ["numba", "jax"]  # for the dynamics


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
