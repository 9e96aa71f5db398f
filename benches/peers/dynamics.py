"""Simulation beside NumPy, SciPy, numba, JAX, Brian2, NEST and PyRates: the same equation, method and step for all.

J1: dense weights between n = 1000 and 4000 units, 1000 steps, f = tanh and the rectified square.
J2, J7: ensembles, see `ensembles.py`.
sizes: how a step's cost grows with the number of units.
J6: sparse weights, 1e5 units with 1,000 inputs each, 100 steps.
J8: noisy trials of a small circuit (noisy.py).

tau dr/dt = -r + f(W r + 1) by exponential Euler, tau = 20, dt = 1; float64, one thread if not said otherwise.
Medians of three runs; what takes more than half a minute runs once.
"""

import os
import time

from . import PLACE, in_turns, one_thread, ours, say_absent

ROUNDS = 3


def dynamics(jobs):
    one_thread()
    os.environ.update(XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
                      OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1", JAX_ENABLE_X64="1", JAX_PLATFORMS="cpu")
    import jax
    # XLA takes a thread for every core that it sees when it begins, whatever its flags say.
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    jax.devices()
    os.sched_setaffinity(0, cores)
    from .ensembles import j2, j7
    from .noisy import j8
    for job in jobs:
        {"J1": j1, "J2": j2, "J6": j6, "J7": j7, "J8": j8, "sizes": sizes}[job]()


def interleaved(runs):
    """Median seconds of every run, taking turns; and what each gave."""
    given = in_turns(runs, ROUNDS)
    seconds = {name: sorted(taken for taken, _ in g)[len(g) // 2] for name, g in given.items()}
    return seconds, {name: g[-1][1] for name, g in given.items()}


def timed(f):
    def run():
        start = time.perf_counter()
        result = f()
        return time.perf_counter() - start, result
    return run


def by_ours(*words):
    """Ours as a process of its own, which says how long its steps took."""
    import numpy as np
    out = PLACE / "dynamics.out"

    def run():
        said = ours("dynamics", *words, out)
        run.said = said
        return said["seconds"], np.fromfile(out, "<f8")
    return run


def table(title, seconds, results, tolerance):
    """Answers first: all against NumPy's or SciPy's."""
    import numpy as np
    names = list(seconds)
    reference = next(n for n in names if n.startswith(("NumPy", "SciPy")) and n in results)
    worst = {n: np.abs(results[n] - results[reference]).max() / np.abs(results[reference]).max() for n in names}
    peers = {n: s for n, s in seconds.items() if not n.startswith("neurate")}
    best = min(peers, key=peers.get)
    print(f"\n{title}\n{'':44}{'seconds':>10}{'of best peer':>14}{'difference':>12}")
    for name in names:
        print(f"{name:44}{seconds[name]:10.3f}{seconds[name] / peers[best]:14.2f}{worst[name]:12.1e}")
    say_absent()
    wrong = [n for n in names if not worst[n] <= tolerance]
    if wrong:
        raise SystemExit(f"answers differ: {', '.join(wrong)}")


def j1():
    import jax
    import jax.numpy as jnp
    import numba
    import numpy as np
    from . import simulators
    steps, a = 1000, -np.expm1(-1 / 20)
    fs = {"tanh": (np.tanh, jnp.tanh), "square": (lambda x: 0.04 * np.maximum(x, 0) ** 2,
                                                  lambda x: 0.04 * jnp.maximum(x, 0) ** 2)}

    @numba.njit(fastmath=True)
    def numba_tanh(w, r, steps, a):
        for _ in range(steps):
            r = r + a * (np.tanh(w @ r + 1.0) - r)
        return r

    @numba.njit(fastmath=True)
    def numba_square(w, r, steps, a):
        for _ in range(steps):
            r = r + a * (0.04 * np.maximum(w @ r + 1.0, 0.0) ** 2 - r)
        return r

    def numpy_run(w, r, f, steps=steps):
        x = np.empty_like(r)
        for _ in range(steps):
            np.dot(w, r, out=x)
            x += 1.0
            r = r + a * (f(x) - r)
        return r

    def jax_run(f):
        @jax.jit
        def run(w, r):
            return jax.lax.fori_loop(0, steps, lambda _, r: r + a * (f(w @ r + 1.0) - r), r)
        return run

    for n in (1000, 4000):
        rng = np.random.default_rng(n)
        # Contracting with either f: a chaotic course would show rounding, not errors.
        w = rng.normal(size=(n, n)) * 0.7 / np.sqrt(n)
        r = rng.uniform(size=n)
        paths = PLACE / "weights.bin", PLACE / "start.bin"
        w.tofile(paths[0])
        r.tofile(paths[1])
        limit = ours("dynamics", "limits", n)["bandwidth"]
        for name, (f, jf) in fs.items():
            on_jax, on_numba = jax_run(jf), numba_tanh if name == "tanh" else numba_square
            wj, rj = jnp.asarray(w), jnp.asarray(r)
            on_jax(wj, rj).block_until_ready()
            on_numba(w, r, 1, a)
            runs = {f"neurate, {t} thread{'s' * (t > 1)}": by_ours("dense", *paths, name, n, steps, t, 1, "double") for t in (1, 2)}
            runs |= {
                "NumPy": timed(lambda: numpy_run(w, r, f)),
                "numba": timed(lambda: on_numba(w, r, steps, a)),
                "JAX": timed(lambda: np.asarray(on_jax(wj, rj))),
            }
            runs |= simulators.dense(name, *paths, n, steps, numpy_run(w, r, f, simulators.EARLY))
            seconds, results = interleaved(runs)
            # n products of size 1 in each sum, and the map contracts.
            table(f"J1, dense, n = {n}, {name}, {steps} steps", seconds, results, n * 1e-15)
            rate = 8 * n * n * steps / seconds["neurate, 1 thread"]
            print(f"reading W at {rate / 1e9:.1f} GB/s, {rate / limit:.0%} of what a sum of it reads in this run ({limit / 1e9:.1f})")
            single, rounded = interleaved({"": by_ours("dense", *paths, name, n, steps, 1, 1, "single")})
            off = np.abs(rounded[""] - results["NumPy"]).max()
            print(f"neurate, 1 thread, weights in single precision: {single['']:.3f} s, off by {off:.0e}")
        if n == 1000:
            side_by_side(w, r, paths, n)


def side_by_side(w, r, paths, n):
    """64 copies at once: matrix products."""
    import numpy as np
    steps, lanes = 20, 64
    a, b = -np.expm1(-1 / 20), np.repeat(r[:, None], lanes, axis=1)

    def numpy_run():
        x = b
        for _ in range(steps):
            x = x + a * (np.tanh(w @ x + 1.0) - x)
        return x[:, 0]

    run, products = by_ours("dense", *paths, "tanh", n, steps, 1, lanes, "double"), "NumPy, products alone"
    seconds, results = interleaved({
        f"neurate, {lanes} at once": run,
        f"NumPy, {lanes} at once": timed(numpy_run),
        products: timed(lambda: [w @ b for _ in range(steps)]),
    })
    flops = 2 * n * n * lanes * steps
    ours_rate, theirs = flops / run.said["products"], flops / seconds.pop(products)
    table(f"J1, n = {n}, tanh, {lanes} copies at once, {steps} steps", seconds, results, n * 1e-15)
    print(f"our products {ours_rate / 1e9:.0f} Gflop/s, OpenBLAS's {theirs / 1e9:.0f}: {ours_rate / theirs:.0%}")


def j6(n=100_000, inputs=1000, steps=100):
    import numpy as np
    import numba
    from . import simulators
    from scipy.sparse import csr_array

    def weights():
        columns, values = np.empty((n, inputs), np.int32), np.empty((n, inputs), np.float32)
        k = np.arange(inputs, dtype=np.uint64)
        for i in range(n):
            h = (np.uint64(i * inputs) + k) * np.uint64(0x9E3779B97F4A7C15)
            h = (h ^ (h >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
            h ^= h >> np.uint64(32)
            j = (h % np.uint64(n)).astype(np.int32)
            order = np.argsort(j)
            columns[i] = j[order]
            values[i] = (((h >> np.uint64(40)) % np.uint64(1024)).astype(np.float32) / 8192 - 0.0625)[order]
        return csr_array((values.ravel(), columns.ravel(), np.arange(n + 1, dtype=np.int32) * inputs), shape=(n, n))

    w, a = weights(), np.float32(-np.expm1(-1 / 20))
    r = np.sin(np.arange(n) * 0.1).astype(np.float32)

    def scipy_run(r):
        for _ in range(steps):
            r = r + a * (np.tanh(w @ r + np.float32(1)) - r)
        return r if r.ndim == 1 else r[:, 0]

    @numba.njit(fastmath=True)
    def product(starts, columns, values, r, out):
        for i in range(len(out)):
            s = np.float32(0)
            for k in range(starts[i], starts[i + 1]):
                s += values[k] * r[columns[k]]
            out[i] = s

    def numba_run():
        x, out = r.copy(), np.empty_like(r)
        for _ in range(steps):
            product(w.indptr, w.indices, w.data, x, out)
            x += a * (np.tanh(out + np.float32(1)) - x)
        return x

    product(w.indptr, w.indices, w.data, r, np.empty_like(r))
    eight = np.repeat(r[:, None], 8, axis=1)
    global ROUNDS
    ROUNDS = 1  # minutes each
    words = n, inputs, steps
    seconds, results = interleaved({
        "neurate, 1 thread": by_ours("sparse", *words, 1, 1, "double"),
        "neurate, 2 threads": by_ours("sparse", *words, 2, 1, "double"),
        "neurate, 1 thread, single precision": by_ours("sparse", *words, 1, 1, "single"),
        "SciPy, float32": timed(lambda: scipy_run(r)),
        "numba, float32": timed(numba_run),
        **simulators.sparse(w, r, steps),
    })
    # Peers in float32: the sum of 1,000 products below 0.07.
    table(f"J6, sparse, {n} x {inputs}, {steps} steps", seconds, results, 1e-4)
    seconds, results = interleaved({
        "neurate, 8 at once": by_ours("sparse", *words, 1, 8, "double"),
        "neurate, 8 at once, single precision": by_ours("sparse", *words, 1, 8, "single"),
        "SciPy, float32, 8 at once": timed(lambda: scipy_run(eight)),
    })
    table("J6, 8 copies at once: seconds for all", seconds, results, 1e-4)


def sizes():
    """How a step's cost grows with the number of units, on one thread."""
    jobs = [("drawn", n, ()) for n in (250, 500, 1000, 2000, 4000, 8000)]
    jobs += [("sparse", n, (1000,)) for n in (3000, 10_000, 30_000, 100_000, 200_000)]
    jobs += [("sparse", n, (100,)) for n in (10_000, 100_000, 1_000_000)]
    jobs += [(kind, n, ()) for kind in ("ring", "blocks") for n in (10_000, 100_000, 1_000_000)]
    names = {"drawn": "dense", "sparse": "sparse, {} inputs each", "ring": "ring", "blocks": "two populations"}
    print(f"\nA step of exponential Euler, tanh, one thread\n{'':28}{'units':>10}{'weights, MB':>14}{'step, ms':>12}"
          f"{'single precision':>18}")
    for kind, n, more in jobs:
        steps = max(5, int(2e9 / (n * n if kind == "drawn" else n * max(more, default=50))))
        steps = min(steps, 20_000)
        said = {}
        for precision in ("double", "single") if kind in ("drawn", "sparse") else ("double",):
            run = by_ours(kind, n, *more, steps, 1, 1, precision)
            run()
            said[precision] = run.said
        times = "".join(f"{s['seconds'] / steps * 1e3:{w}.3f}" for s, w in zip(said.values(), (12, 18)))
        print(f"{names[kind].format(*more):28}{n:10}{said['double']['bytes'] / 1e6:14.1f}{times}", flush=True)
