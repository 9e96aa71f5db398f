"""Transient growth and pseudospectra beside SciPy, plainly and on the Schur form."""

import time

from . import PLACE, one_thread, ours


def growth(sizes):
    one_thread()  # more make small matrices slower
    import numpy as np
    from scipy.linalg import expm, schur, solve_triangular, svdvals

    def timed(f):
        start = time.perf_counter()
        result = f()
        return time.perf_counter() - start, result

    def dale(n):
        """A random Dale matrix, spectral abscissa of A = W - 1 at -0.2."""
        rng = np.random.default_rng(n)
        w = np.abs(rng.normal(size=(n, n))) * 1.5 / np.sqrt(n)
        w[:, 4 * n // 5:] *= -4.2
        return w - np.eye(n) * (np.linalg.eigvals(w).real.max() + 0.2)

    def run_ours(a):
        paths = PLACE / "matrix.bin", PLACE / "growth.bin"
        a.astype("<f8").tofile(paths[0])
        said = ours("growth", paths[0], len(a), paths[1])
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

    run_ours(dale(10))  # builds
    print(f"{'':60}{'seconds':>10}{'of ours':>10}")
    for n in sizes:
        a = dale(n)
        said, (times, norms, x, y, s) = run_ours(a)
        print(f"n = {n}: {len(times)} times, grid {len(x)} x {len(y)}, upper half computed by all")
        print(f"{'neurate, growth: curve, maximum, certified bound':60}{said['growth']:10.3f}{1:10.1f}")
        few = max(1, len(times) // (1 if n <= 100 else 20))
        some = np.linspace(0, len(times) - 1, few).astype(int)
        seconds, plain = timed(lambda: np.array([np.linalg.norm(expm(a * times[k]), 2) for k in some]))
        seconds *= len(times) / few
        print(f"{f'SciPy, expm and norm at the same times (timed on {few})':60}{seconds:10.3f}"
              f"{seconds / said['growth']:10.1f}")
        print(f"  largest difference {np.abs(norms[some] / plain - 1).max():.1e};"
              f" bound over maximum {said['bound'] / said['max'] - 1:.1e}")

        def products():
            e, found = np.eye(n), []
            step = expm(a * times[-1] / len(times))
            for _ in times:
                e = step @ e
                found.append(np.linalg.norm(e, 2))
            return found
        seconds, _ = timed(products)
        print(f"{'SciPy, one expm, products and norms, as many times':60}{seconds:10.3f}"
              f"{seconds / said['growth']:10.1f}")
        z = (x[None, :] + 1j * y[len(y) // 2:, None]).ravel()
        s = s.reshape(len(y), len(x))[len(y) // 2:].ravel()
        print(f"{'neurate, pseudospectra':60}{said['pseudospectra']:10.3f}{1:10.1f}")
        few = 200 if n <= 100 else 30
        some = np.linspace(0, len(z) - 1, few).astype(int)
        seconds, plain = timed(lambda: np.array([svdvals(z[k] * np.eye(n) - a)[-1] for k in some]))
        seconds *= len(z) / few
        print(f"{f'SciPy, svdvals at each point (timed on {few})':60}{seconds:10.3f}"
              f"{seconds / said['pseudospectra']:10.1f}")
        print(f"  largest difference {np.abs(s[some] / plain - 1).max():.1e}")
        t, count = schur(a, output="complex")[0], min(len(z), 1000)
        seconds, on_t = timed(lambda: on_schur_form(t, z[:count]))
        seconds *= len(z) / count
        print(f"{f'SciPy, inverse Lanczos on the Schur form (timed on {count})':60}{seconds:10.3f}"
              f"{seconds / said['pseudospectra']:10.1f}")
        print(f"  largest difference {np.abs(s[:count] / on_t - 1).max():.1e}")
