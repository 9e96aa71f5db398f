"""Schur forms, eigenproblems and Lyapunov equations beside SciPy's LAPACK, one thread each."""

import subprocess
import sys
from pathlib import Path

from . import PLACE, ROOT, one_thread

JOBS = ["schur", "right half first", "rightmost first", "complex schur", "eigenvalues", "eigen", "lyapunov"]
OURS = ROOT / "target" / "release" / "linalg"


def matrices(np, n):
    """Random Dale E/I at every size; at 200 others too."""
    rng = np.random.default_rng(n)
    dale = np.abs(rng.normal(size=(n, n))) * 1.5 / np.sqrt(n)
    dale[:, 4 * n // 5:] *= -4.2
    yield "Dale", dale - np.eye(n) * (np.linalg.eigvals(dale).real.max() + 0.2)
    if n == 200:
        noise = rng.normal(size=(n, n)) / np.sqrt(n)
        q = np.linalg.qr(rng.normal(size=(n, n)))[0]
        yield "random", noise - 2 * np.eye(n)
        chain = np.diag(-np.linspace(1, 1.1, n)) + 0.3 * np.triu(noise, 1)
        yield "nearly defective", q @ chain @ q.T
        normal = noise - noise.T - np.eye(n) + 1e-3 * rng.normal(size=(n, n)) / np.sqrt(n)
        yield "nearly normal", normal


class Side:
    """One side at one job: a process that does it when asked."""

    def __init__(self, command, job, n, out):
        command = [*command, job, PLACE / "matrix.bin", str(n), out]
        self.process = subprocess.Popen([str(c) for c in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, cwd=Path(__file__).resolve().parent.parent)
        self.seconds = []

    def once(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.seconds.append(float(self.process.stdout.readline()))

    def end(self):
        """Median seconds, peak MiB."""
        self.process.stdin.close()
        memory = float(self.process.stdout.readline()) / 1024
        if self.process.wait():
            sys.exit("a job failed")
        return sorted(self.seconds)[len(self.seconds) // 2], memory


def read_ours(np, job, path, n):
    values = np.fromfile(path, "<f8")
    if job in ("complex schur", "eigenvalues", "eigen"):
        values = values.view(complex)
    if job == "eigenvalues":
        return (values,)
    if job == "eigen":
        return values[:n], values[n:n + n * n].reshape(n, n), values[n + n * n:].reshape(-1, n)
    return tuple(m.reshape(n, n) for m in np.split(values, len(values) // (n * n)))


def furthest(np, x, y):
    """The largest distance of an eigenvalue of one list from the nearest of the other."""
    d = np.abs(x[:, None] - y[None, :])
    return max(d.min(0).max(), d.min(1).max())


def block_values(np, t):
    if np.iscomplexobj(t):
        return np.diag(t)
    return np.linalg.eigvals(t)


def checks(np, job, a, ours, theirs):
    """(name, ours, SciPy's) of what must be small, and the distance of the answers."""
    n, size = len(a), np.linalg.norm(a)
    rows = []
    if "schur" in job or "first" in job:
        both = []
        for t, q in (ours, theirs):
            residual = np.linalg.norm(q @ t @ q.conj().T - a) / size
            orthogonality = np.linalg.norm(q.conj().T @ q - np.eye(n))
            order = np.diff(np.diag(t).real).max() / size if job == "rightmost first" else 0
            both.append((residual, orthogonality, max(order, 0.0)))
        rows += [("residual", both[0][0], both[1][0]), ("orthogonality", both[0][1], both[1][1])]
        if job == "rightmost first":
            rows.append(("out of order by", both[0][2], both[1][2]))
        values = [block_values(np, t) for t, _ in (ours, theirs)]
        departure = [np.sqrt(max(0.0, size ** 2 - np.sum(np.abs(v) ** 2))) for v in values]
        strict = [np.linalg.norm(np.triu(t, 1)) for t, _ in (ours, theirs)]
        if "complex" in job:
            rows.append(("departure less its value by eigenvalues", *(abs(s / d - 1) for s, d in zip(strict, departure))))
        distance = furthest(np, *values)
    elif job == "eigenvalues":
        distance = furthest(np, ours[0], theirs[0])
    elif job == "eigen":
        values, left, right = theirs
        # SciPy's left vectors have norm one and are conjugated; ours invert the right ones
        scale = np.einsum("ij,ij->j", left.conj(), right)
        sides = (ours[0], ours[1], ours[2]), (values, right, left.conj().T / scale[:, None])
        right_residual = [np.linalg.norm(a @ r - r * v) / size for v, r, _ in sides]
        rows.append(("residual, right", *right_residual))
        if len(ours[2]):
            left_residual = [np.linalg.norm((l @ a - v[:, None] * l) / np.linalg.norm(l, axis=1)[:, None]) / size
                             for v, _, l in sides]
            rows.append(("residual, left", *left_residual))
            rows.append(("left times right less 1, of condition",
                         *(np.abs(l @ r - np.eye(n)).max() / np.linalg.cond(r) for _, r, l in sides)))
        else:
            print("    ours refuses left vectors: the right ones are too nearly dependent")
        distance = furthest(np, ours[0], values)
    else:
        x, y = ours[0], theirs[0]
        residual = [np.linalg.norm(a @ z + z @ a.T + np.eye(n))
                    / (2 * size * np.linalg.norm(z) + np.sqrt(n)) for z in (x, y)]
        rows.append(("residual", *residual))
        distance = np.linalg.norm(x - y) / np.linalg.norm(y)
    return rows, distance


def linalg(sizes):
    one_thread()
    import numpy as np
    import threadpoolctl

    build = ["cargo", "build", "--release", "--quiet", "--locked", "-p", "neurate-bench", "--bin", "linalg"]
    subprocess.run(build, cwd=ROOT, check=True)
    import scipy.linalg  # noqa: F401: loads SciPy's OpenBLAS
    for pool in threadpoolctl.threadpool_info():
        print(f"{pool.get('internal_api')} {pool.get('version')}, kernels {pool.get('architecture')}, "
              f"{pool.get('num_threads')} thread(s): {Path(pool['filepath']).name}")
    print("processor seconds, medians, sides alternating; ratio: ours over SciPy's\n")
    print(f"{'':44}{'ours':>10}{'SciPy':>10}{'ratio':>8}{'MiB':>8}{'MiB':>8}")
    seconds, memory = {}, {}
    for n in sizes:
        for kind, a in matrices(np, n):
            a.astype("<f8").tofile(PLACE / "matrix.bin")
            for job in JOBS:
                outs = PLACE / "linalg.bin", PLACE / "linalg.npz"
                peer = [sys.executable, "-B", "-m", "peers.linalg_scipy"]
                sides = Side([OURS], job, n, outs[0]), Side(peer, job, n, outs[1])
                for _ in range(15 if n <= 200 else 5 if n <= 500 else 3):
                    for side in sides:
                        side.once()
                (x, mib), (y, peer_mib) = (side.end() for side in sides)
                with np.load(outs[1]) as loaded:
                    theirs = tuple(loaded[k] for k in loaded.files)
                rows, distance = checks(np, job, a, read_ours(np, job, outs[0], n), theirs)
                for name, *values in rows:
                    print(f"    {name:40}" + "".join(f"{v:10.1e}" for v in values))
                print(f"    {'distance of the answers':40}{distance:10.1e}")
                print(f"{f'n = {n}, {kind}: {job}':44}{x:10.4f}{y:10.4f}{x / y:8.2f}{mib:8.0f}{peer_mib:8.0f}",
                      flush=True)
                if kind == "Dale":
                    seconds.setdefault(job, {})[n] = x
                    memory[job] = mib
    print_reach(np, seconds, memory)


def print_reach(np, seconds, memory):
    """Exponents between the two largest sizes, and what they would mean."""
    print("\nours, from the two largest sizes (memory: growing as n^2 from the largest)")
    print(f"{'':20}{'exponent':>10}{'n in 1 min':>12}{'n in 1 h':>12}{'n in 24 GiB':>12}")
    for job, times in seconds.items():
        if len(times) < 2:
            continue
        (m, s), (n, t) = sorted(times.items())[-2:]
        exponent = np.log(t / s) / np.log(n / m)
        reach = [n * (limit / t) ** (1 / exponent) for limit in (60, 3600)]
        full = n * np.sqrt(24 * 1024 / memory[job])
        print(f"{job:20}{exponent:10.2f}{reach[0]:12.0f}{reach[1]:12.0f}{full:12.0f}")
