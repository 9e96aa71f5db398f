"""Transient amplification and pseudospectra beside SciPy, plainly and on the Schur form."""

import time

from . import PLACE, one_thread, ours


def amplification(sizes):
    one_thread()  # more make small matrices slower
    import numpy as np
    from scipy.linalg import expm, schur, solve_triangular, svdvals
    from scipy.sparse.linalg import svds

    def timed(f):
        """Seconds of the processor, one thread: what others do on the machine does not count."""
        start = time.process_time()
        result = f()
        return time.process_time() - start, result

    def row(what, seconds, base):
        print(f"{what:60}{seconds:10.3f}{seconds / base:10.1f}")

    def dale(n):
        """A random Dale matrix, spectral abscissa of A = W - 1 at -0.2."""
        rng = np.random.default_rng(n)
        w = np.abs(rng.normal(size=(n, n))) * 1.5 / np.sqrt(n)
        w[:, 4 * n // 5:] *= -4.2
        return w - np.eye(n) * (np.linalg.eigvals(w).real.max() + 0.2)

    def run_ours(a):
        paths = PLACE / "matrix.bin", PLACE / "amplification.bin"
        a.astype("<f8").tofile(paths[0])
        said = ours("amplification", paths[0], len(a), paths[1])
        values, lists, at = np.fromfile(paths[1], "<f8"), [], 0
        for _ in range(5):
            size = int(values[at])
            lists.append(values[at + 1:at + 1 + size])
            at += size + 1
        return said, lists

    def on_schur_form(t, points):
        """s_min by inverse Lanczos, as EigTool does it; from the last point's vector."""
        n, found = len(t), []
        v = np.random.default_rng(0).normal(size=n) + 0j
        for z in points:
            m, basis, alpha, beta, last = z * np.eye(n) - t, [v / np.linalg.norm(v)], [], [], 0
            for k in range(60):
                w = solve_triangular(m, solve_triangular(m, basis[k], trans="C", check_finite=False),
                                     check_finite=False)
                alpha.append(np.vdot(basis[k], w).real)
                q = np.array(basis)
                w = w - q.T @ (q.conj() @ w)
                beta.append(np.linalg.norm(w))
                values, vectors = np.linalg.eigh(np.diag(alpha) + np.diag(beta[:-1], 1) + np.diag(beta[:-1], -1))
                if beta[k] * abs(vectors[k, -1]) <= 1e-6 * values[-1]:
                    break
                basis.append(w / beta[k])
            v = np.array(basis[:len(alpha)]).T @ vectors[:, -1] + 0.01 * np.random.default_rng(1).normal(size=n)
            found.append(values[-1] ** -0.5)
        return np.array(found)

    def products(a, times):
        """The best script: one expm, a product for each time, norms by ARPACK from the last vector."""
        n, e, found = len(a), np.eye(len(a)), []
        step, v = expm(a * times[-1] / len(times)), np.random.default_rng(0).normal(size=len(a))
        for _ in times:
            e = step @ e
            if n < 100:
                found.append(np.linalg.norm(e, 2))
            else:
                u, size, v = svds(e, k=1, v0=v, tol=1e-6, solver="arpack")
                v = v[0]
                found.append(size[0])
        return found

    run_ours(dale(10))  # builds
    print(f"{'':60}{'seconds':>10}{'of ours':>10}")
    costs = {}
    for n in sizes:
        a = dale(n)
        runs = [run_ours(a) for _ in range(3 if n <= 500 else 1)]
        said, (times, norms, x, y, s) = runs[0]
        said = {key: float(np.median([r[0][key] for r in runs])) for key in said}
        costs[n] = said["amplification"], said["pseudospectra"]
        print(f"n = {n}: {len(times)} times, grid {len(x)} x {len(y)}, upper half computed by all")
        few = max(4, len(times) // max(1, n * n // 10_000))
        some = np.linspace(0, len(times) - 1, few).astype(int)
        seconds, plain = timed(lambda: np.array([np.linalg.norm(expm(a * times[k]), 2) for k in some]))
        print(f"  largest difference of norms {np.abs(norms[some] / plain - 1).max():.1e};"
              f" bound over maximum {said['bound'] / said['max'] - 1:.1e}")
        row("neurate, amplification: curve, maximum, certified bound", said["amplification"], said["amplification"])
        row(f"SciPy, expm and norm at the same times (timed on {few})", seconds * len(times) / few, said["amplification"])
        seconds, _ = timed(lambda: products(a, times))
        row("SciPy, one expm, products, ARPACK norms: no bound", seconds, said["amplification"])
        z = (x[None, :] + 1j * y[len(y) // 2:, None]).ravel()
        s = s.reshape(len(y), len(x))[len(y) // 2:].ravel()
        few = 200 if n <= 100 else 30 if n <= 500 else 5
        some = np.linspace(0, len(z) - 1, few).astype(int)
        seconds, plain = timed(lambda: np.array([svdvals(z[k] * np.eye(n) - a)[-1] for k in some]))
        print(f"  largest difference of s_min {np.abs(s[some] / plain - 1).max():.1e} (SVD)")
        row("neurate, pseudospectra", said["pseudospectra"], said["pseudospectra"])
        row(f"SciPy, svdvals at each point (timed on {few})", seconds * len(z) / few, said["pseudospectra"])
        t, count = schur(a, output="complex")[0], min(len(z), 1000 if n <= 200 else 100)
        seconds, on_t = timed(lambda: on_schur_form(t, z[:count]))
        print(f"  largest difference of s_min {np.abs(s[:count] / on_t - 1).max():.1e} (script)")
        row(f"SciPy, inverse Lanczos on the Schur form (timed on {count})", seconds * len(z) / count,
            said["pseudospectra"])
    if len(sizes) > 1:
        (m, first), (n, last) = list(costs.items())[-2:]
        print("\nexponents of our cost, from the last two sizes: " + ", ".join(
            f"{name} {np.log(b / a) / np.log(n / m):.1f}"
            for name, a, b in zip(("amplification", "pseudospectra"), first, last)))
