"""One job of `benches/run linalg` by SciPy, as src/bin/linalg.rs does it: the same arguments and answers."""

import resource
import sys
import time

from . import one_thread

one_thread()
import numpy as np  # noqa: E402
import scipy.linalg as la  # noqa: E402
from scipy.linalg import lapack  # noqa: E402


def middle(rates):
    """In the widest gap between the real parts near their median."""
    rates = np.sort(rates)
    first = 2 * len(rates) // 5
    k = first + int(np.argmax(np.diff(rates[first:3 * len(rates) // 5 + 2])))
    return 0.5 * (rates[k] + rates[k + 1])


def right_half_first(a):
    # The middle is found before; ours finds it as part of the job
    t, q, _ = la.schur(a, sort=lambda re, im: re > MIDDLE)
    return t, q


def rightmost_first(a):
    """LAPACK's dtrexc, one block after the other."""
    t, q = la.schur(a)
    n = len(t)
    for place in range(n):
        if place and t[place, place - 1] != 0:
            continue
        best = place + int(np.argmax(np.diag(t)[place:]))
        t, q, info = lapack.dtrexc(t, q, best + 1, place + 1, overwrite_a=1, overwrite_q=1)
        assert info == 0
    return t, q


def complex_schur(a):
    return la.schur(a, output="complex")


def complex_schur_from_real(a):
    return la.rsf2csf(*la.schur(a))


JOBS = {
    "schur": la.schur,
    "right half first": right_half_first,
    "rightmost first": rightmost_first,
    "complex schur": complex_schur_from_real,
    "complex schur, zgees": complex_schur,
    "eigenvalues": lambda a: (la.eigvals(a),),
    "eigen": lambda a: la.eig(a, left=True, right=True),
    "lyapunov": lambda a: (la.solve_continuous_lyapunov(a, -np.eye(len(a))),),
}


def main():
    global MIDDLE
    job, path, n, out = sys.argv[1:]
    a = np.fromfile(path, "<f8").reshape(int(n), int(n))
    if job == "right half first":
        MIDDLE = middle(la.eigvals(a).real)
    for _ in sys.stdin:
        start = time.process_time()
        result = JOBS[job](a)
        print(time.process_time() - start, flush=True)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    np.savez(out, *result)


if __name__ == "__main__":
    main()
