"""J8: many noisy trials of the supralinear network of two populations, beside NumPy, numba, JAX, Brian2 and
PyRates.

tau dV/dt = -V + W f(V) + h + white noise, f = 0.04 [V]_+^2; exponential Euler: V += (target - V)(1 - e^(-dt/tau)) + s z,
s^2 = intensity (1 - e^(-2 dt/tau))/(2 tau). The same equation, method and step for all, float64; random numbers are each
one's own, so that moments over trials are compared: they must agree within their standard errors.
"""

import os
import time

from . import in_turns, ours, say_absent
from .ensembles import K, TAU

TRIALS, STEPS = 10_000, 10_000
DT, H, INTENSITY = 0.5, 6.0, 20.0
W = [[1.25, -0.65], [1.2, -0.5]]
# Small chunks stay in cache, as in ours.
CHUNK = 1000

ROUNDS = 3


def j8(trials=TRIALS, steps=STEPS):
    import jax
    import jax.numpy as jnp
    import numba
    import numpy as np
    from . import simulators

    tau = np.array(TAU)
    w, a = np.array(W), -np.expm1(-DT / tau)
    s = np.sqrt(-INTENSITY * np.expm1(-2 * DT / tau) / (2 * tau))

    def numpy_run():
        rng = np.random.Generator(np.random.SFC64(1))
        out = np.empty((2, trials))
        for first in range(0, trials, CHUNK):
            v = np.zeros((2, min(CHUNK, trials - first)))
            z, r = np.empty_like(v), np.empty_like(v)
            for _ in range(steps):
                rng.standard_normal(out=z)
                np.maximum(v, 0.0, out=r)
                r *= r
                r *= K
                target = w @ r
                target += H
                target -= v
                target *= a[:, None]
                v += target
                z *= s[:, None]
                v += z
            out[:, first : first + CHUNK] = v
        return out

    @numba.njit(fastmath=True)
    def numba_run(trials, steps, w, a, s):
        out = np.empty((2, trials))
        for trial in range(trials):
            e = i = 0.0
            for _ in range(steps):
                re, ri = K * max(e, 0.0) ** 2, K * max(i, 0.0) ** 2
                e1 = e + (w[0, 0] * re + w[0, 1] * ri + H - e) * a[0] + s[0] * np.random.standard_normal()
                i1 = i + (w[1, 0] * re + w[1, 1] * ri + H - i) * a[1] + s[1] * np.random.standard_normal()
                e, i = e1, i1
            out[0, trial] = e
            out[1, trial] = i
        return out

    @jax.jit
    def jax_run(key):
        def chunk_of(key):
            def step(k, v):
                z = jax.random.normal(jax.random.fold_in(key, k), (2, CHUNK))
                r = K * jnp.maximum(v, 0.0) ** 2
                return v + (jnp.asarray(w) @ r + H - v) * a[:, None] + s[:, None] * z
            return jax.lax.fori_loop(0, steps, step, jnp.zeros((2, CHUNK)))
        return jax.lax.map(chunk_of, jax.random.split(key, trials // CHUNK))

    # The cheapest generator that JAX has on a CPU.
    key = jax.random.key(1, impl="unsafe_rbg")
    numba_run(1, 1, w, a, s)
    jax_run(key).block_until_ready()

    moments = ["mean_E", "mean_I", "EE", "EI", "II"]

    def by_us(threads):
        def run():
            said = ours("noisy", trials, steps, threads)
            return said["seconds"], said["processor"], [said[m] for m in moments]
        return run

    def timed(f):
        def run():
            start, processor = time.perf_counter(), time.process_time()
            result = f()
            return time.perf_counter() - start, time.process_time() - processor, result
        return run

    runs = {
        "neurate, 1 thread": by_us(1),
        "neurate, 2 threads": by_us(2),
        "NumPy (SFC64)": timed(numpy_run),
        "numba": timed(lambda: numba_run(trials, steps, w, a, s)),
        "JAX (unsafe_rbg)": timed(lambda: np.asarray(jax_run(key)).transpose(1, 0, 2).reshape(2, -1)),
        **simulators.noisy(trials, steps),
    }
    if os.environ.get("NEURATE_BENCH_OURS"):
        runs = {n: r for n, r in runs.items() if n.startswith(("neurate", "NumPy"))}
    given = in_turns(runs, ROUNDS)
    seconds, processor = ({n: sorted(run[part] for run in g)[len(g) // 2] for n, g in given.items()} for part in (0, 1))
    best = min(t for n, t in processor.items() if not n.startswith("neurate"))
    # The clock counts other work on the machine, processor time does not; of two threads it is the sum.
    print(f"\nJ8, {trials} noisy trials of 2 units, {steps} steps")
    print(f"{'':22}{'seconds':>9}{'processor':>11}{'of best peer':>14}" + "".join(f"{m:>9}" for m in moments))
    measured = {}
    for name, t in seconds.items():
        x = given[name][-1][2]
        if not isinstance(x, list):
            c = np.cov(x)
            x = [*x.mean(axis=1), c[0, 0], c[0, 1], c[1, 1]]
        measured[name] = np.array(x)
        p = processor[name]
        print(f"{name:22}{t:9.3f}{p:11.3f}{p / best:14.2f}" + "".join(f"{v:9.4f}" for v in x))
    say_absent()
    reference = measured["NumPy (SFC64)"]
    ee, ei, ii = reference[2:]
    # Standard errors of means, variances and the covariance; twice the variance for a difference of two.
    errors = np.sqrt(2 / trials * np.array([ee, ii, 2 * ee**2, ee * ii + ei**2, 2 * ii**2]))
    for name, x in measured.items():
        worst = np.abs((x - reference) / errors).max()
        # Last states are near normal; one in 3,000 comparisons would be off by more.
        if worst > 4:
            raise SystemExit(f"moments differ: {name}, by {worst:.1f} standard errors")
    normals = ours("noisy", "limits")["normals"]
    needed = 2 * trials * steps / normals
    ours_1 = processor["neurate, 1 thread"]
    print(f"the random numbers alone take {needed:.2f} s ({normals:.2e} a second): {needed / ours_1:.0%} of our time")
