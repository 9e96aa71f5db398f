"""Ensembles of supralinear pairs beside NumPy, numba, JAX and SciPy, and to rest beside Brian2 and PyRates.

J2: 100,000 pairs with random weights and inputs to rest: exponential Euler, dt = 1, and after every eight steps a look
whether |f(W r + h) - r| before the last of them was below 1e-8. The same for all.
J7: all fixed points and their stability on a grid of 200 x 200 weights and inputs: ours by enclosure, the others by a
scan of the characteristic function over 400 points and bisection; SciPy's fsolve from ten starts, on a part.
"""

import tempfile
import time
from pathlib import Path

from . import PLACE, in_turns, ours, say_absent

K, TAU = 0.04, (20.0, 10.0)
TOLERANCE, LIMIT = 1e-8, 20_000  # of J2: of the rates at rest, and of the steps
ROUNDS = 5


def timed(f):
    def run():
        begin = time.process_time(), time.perf_counter()
        result = f()
        return (time.process_time() - begin[0], time.perf_counter() - begin[1]), result
    return run


def interleaved(runs):
    """The least seconds of every run, of the processor and by the clock, taking turns; and what each gave."""
    given = in_turns(runs, ROUNDS)
    seconds = {name: tuple(min(part) for part in zip(*(taken for taken, _ in g))) for name, g in given.items()}
    return seconds, {name: g[-1][1] for name, g in given.items()}


def steady_by_ours(path, members, threads, kind="steady"):
    import numpy as np
    out = PLACE / "ensembles.out"

    def run():
        run.said = ours("ensembles", kind, path, members, threads, out)
        return (run.said["cpu"], run.said["seconds"]), np.fromfile(out, "<f8")
    return run


def show(title, seconds, notes):
    """Processor time, which other work on the machine disturbs less, and the clock's."""
    best = min(cpu for name, (cpu, _) in seconds.items() if not name.startswith("neurate"))
    print(f"\n{title}\n{'':34}{'processor s':>12}{'clock s':>10}{'best peer over it':>20}")
    for name, (cpu, clock) in seconds.items():
        print(f"{name:34}{cpu:12.4f}{clock:10.4f}{best / cpu:20.2f}  {notes.get(name, '')}")
    say_absent()


def j2(members=100_000):
    import jax
    import jax.numpy as jnp
    import numba
    import numpy as np
    from . import simulators
    rng = np.random.default_rng(2)
    weights = np.array([1.25, -0.65, 1.2, -0.5])[:, None] * rng.uniform(0.98, 1.02, (4, members))
    h = rng.uniform(2.0, 20.0, members) * rng.uniform(0.95, 1.05, (2, members))
    rows = np.concatenate([weights, h])
    path = PLACE / "ensembles.in"
    rows.tofile(path)
    a, b = (-np.expm1(-1.0 / tau) for tau in TAU)

    def numpy_run():
        out = np.empty((2, members))
        left = np.arange(members)
        w, x = rows, np.zeros((2, members))
        for _ in range(LIMIT // 8):
            for _ in range(8):
                u = w[0] * x[0] + w[1] * x[1] + w[4]
                v = w[2] * x[0] + w[3] * x[1] + w[5]
                du = K * np.maximum(u, 0.0) ** 2 - x[0]
                dv = K * np.maximum(v, 0.0) ** 2 - x[1]
                x = np.stack([x[0] + a * du, x[1] + b * dv])
            done = np.maximum(np.abs(du), np.abs(dv)) < TOLERANCE
            # Those at rest leave: worth it in batches.
            if done.sum() > 0.1 * len(left) or done.all():
                out[:, left[done]] = x[:, done]
                left, w, x = left[~done], w[:, ~done], x[:, ~done]
            if not len(left):
                return out.ravel()
        raise SystemExit("NumPy: some are still moving")

    @numba.njit(fastmath=True)
    def numba_all(w, out):
        for e in range(w.shape[1]):
            w0, w1, w2, w3, h0, h1 = w[0, e], w[1, e], w[2, e], w[3, e], w[4, e], w[5, e]
            x = y = 0.0
            for _ in range(LIMIT // 8):
                for _ in range(8):
                    u = max(w0 * x + w1 * y + h0, 0.0)
                    v = max(w2 * x + w3 * y + h1, 0.0)
                    du = K * u * u - x
                    dv = K * v * v - y
                    x += a * du
                    y += b * dv
                if max(abs(du), abs(dv)) < TOLERANCE:
                    break
            out[0, e], out[1, e] = x, y

    @numba.njit(fastmath=True)
    def numba_side_by_side(w, out):
        lanes = 64
        x, y = np.empty(lanes), np.empty(lanes)
        du, dv = np.empty(lanes), np.empty(lanes)
        for first in range(0, w.shape[1], lanes):
            n = min(lanes, w.shape[1] - first)
            x[:] = 0.0
            y[:] = 0.0
            for _ in range(LIMIT // 8):
                for _ in range(8):
                    for l in range(n):
                        e = first + l
                        u = max(w[0, e] * x[l] + w[1, e] * y[l] + w[4, e], 0.0)
                        v = max(w[2, e] * x[l] + w[3, e] * y[l] + w[5, e], 0.0)
                        du[l] = K * u * u - x[l]
                        dv[l] = K * v * v - y[l]
                        x[l] += a * du[l]
                        y[l] += b * dv[l]
                worst = 0.0
                for l in range(n):
                    worst = max(worst, abs(du[l]), abs(dv[l]))
                if worst < TOLERANCE:
                    break
            for l in range(n):
                out[0, first + l], out[1, first + l] = x[l], y[l]

    def numba_run(f):
        def run():
            out = np.empty((2, members))
            f(rows, out)
            return out.ravel()
        return run

    @jax.jit
    def jax_all(w):
        def eight(state):
            x, y, _, k = state

            def step(_, s):
                x, y, _, _ = s
                u = jnp.maximum(w[0] * x + w[1] * y + w[4], 0.0)
                v = jnp.maximum(w[2] * x + w[3] * y + w[5], 0.0)
                du, dv = K * u * u - x, K * v * v - y
                return x + a * du, y + b * dv, du, dv
            x, y, du, dv = jax.lax.fori_loop(0, 8, step, (x, y, x, y), unroll=True)
            return x, y, jnp.maximum(jnp.abs(du), jnp.abs(dv)).max(), k + 1
        zero = jnp.zeros(w.shape[1])
        x, y, _, _ = jax.lax.while_loop(lambda s: (s[2] >= TOLERANCE) & (s[3] < LIMIT // 8), eight, (zero, zero, jnp.inf, 0))
        return jnp.concatenate([x, y])

    on_jax = jnp.asarray(rows)
    jax_all(on_jax).block_until_ready()
    numba_all(rows[:, :64].copy(), np.empty((2, 64)))
    numba_side_by_side(rows[:, :64].copy(), np.empty((2, 64)))
    one, two = (steady_by_ours(path, members, t) for t in (1, 2))
    seconds, results = interleaved({
        "neurate, 1 thread": one,
        "neurate, 2 threads": two,
        "NumPy": timed(numpy_run),
        "numba, one by one": timed(numba_run(numba_all)),
        "numba, 64 side by side": timed(numba_run(numba_side_by_side)),
        "JAX": timed(lambda: np.asarray(jax_all(on_jax))),
        **simulators.steady(path),
    })
    # At rest to 1e-8 over the slowest rate: some of the pairs are near a bifurcation.
    for name, x in results.items():
        worst = np.abs(x - results["numba, one by one"]) / (1 + np.abs(x))
        if not np.median(worst) < 1e-8 or not worst.max() < 1e-4:
            raise SystemExit(f"{name} differs: {worst.max()}")
    said = one.said
    if said["others"]:
        raise SystemExit("some do not come to rest")
    show(f"J2: {members} pairs to rest", seconds, {
        "neurate, 1 thread": f"{said['steps'] / members:.0f} steps each; built in {said['build']:.4f} s",
        **dict.fromkeys(("JAX", "Brian2", "PyRates"), "all step until the slowest is at rest"),
    })
    # Per step and pair: 4 products with W and a sum, 2 of f, k f - r and the advance of each unit.
    flops = said["steps"] * 24
    limit_rate = 2 * ours("ensembles", "limits")["fma"]
    rate = flops / seconds["neurate, 1 thread"][0]
    print(f"{rate / 1e9:.1f} Gflop/s, {rate / limit_rate:.0%} of what one thread's multiply-adds reach in this run ({limit_rate / 1e9:.0f})")


def j7(side=200, scan=400):
    import numba
    import numpy as np
    from scipy.optimize import fsolve
    w_ee, h = (g.ravel() for g in np.meshgrid(np.linspace(0.2, 1.6, side), np.linspace(1, 40, side), indexing="ij"))
    members, wei, wie, wii = side * side, -0.65, 1.2, -0.5
    path = PLACE / "ensembles.in"
    np.concatenate([w_ee, h]).tofile(path)
    grid = np.concatenate([np.linspace(-200.0, 0.0, scan // 8), np.geomspace(1e-2, 2e4, scan - scan // 8)])

    def characteristic(u, w, h):
        f = K * np.maximum(u, 0.0) ** 2
        p = (u - h - w * f) / wei
        return K * np.maximum(wie * f + wii * p + h, 0.0) ** 2 - p

    def classify(e, u):
        w, hh = w_ee[e], h[e]
        re = K * np.maximum(u, 0.0) ** 2
        ri = (u - hh - w * re) / wei
        v = wie * re + wii * ri + hh
        g, k = 2 * K * np.maximum(u, 0.0), 2 * K * np.maximum(v, 0.0)
        a, b = (g * w - 1) / TAU[0], g * wei / TAU[0]
        c, d = k * wie / TAU[1], (k * wii - 1) / TAU[1]
        square = ((a - d) / 2) ** 2 + b * c
        top = (a + d) / 2 + np.sqrt(np.maximum(square, 0.0))
        return np.stack([e, re, ri, top, np.sqrt(np.maximum(-square, 0.0)), top < 0], axis=1)

    def numpy_run():
        found, cells = [], []
        for part in np.array_split(np.arange(members), 40):
            y = characteristic(grid[None, :], w_ee[part, None], h[part, None])
            e, k = np.nonzero(y[:, :-1] * y[:, 1:] < 0)
            cells.append(part[e])
            lo, hi = grid[k], grid[k + 1]
            sign = y[e, k]
            for _ in range(50):
                middle = 0.5 * (lo + hi)
                same = characteristic(middle, w_ee[part[e]], h[part[e]]) * sign > 0
                lo, hi = np.where(same, middle, lo), np.where(same, hi, middle)
            found.append(0.5 * (lo + hi))
        return classify(np.concatenate(cells), np.concatenate(found))

    @numba.njit(fastmath=True)
    def of(u, w, h):
        f = K * max(u, 0.0) ** 2
        p = (u - h - w * f) / wei
        return K * max(wie * f + wii * p + h, 0.0) ** 2 - p

    @numba.njit(fastmath=True)
    def numba_all(w_ee, h, grid, cells, roots):
        count = 0
        for e in range(len(h)):
            before = of(grid[0], w_ee[e], h[e])
            for k in range(1, len(grid)):
                now = of(grid[k], w_ee[e], h[e])
                if before * now < 0:
                    lo, hi = grid[k - 1], grid[k]
                    for _ in range(50):
                        middle = 0.5 * (lo + hi)
                        if of(middle, w_ee[e], h[e]) * before > 0:
                            lo = middle
                        else:
                            hi = middle
                    cells[count], roots[count] = e, 0.5 * (lo + hi)
                    count += 1
                before = now
        return count

    cells, roots = np.empty(10 * members, np.int64), np.empty(10 * members)

    def numba_run():
        count = numba_all(w_ee, h, grid, cells, roots)
        return classify(cells[:count], roots[:count])

    numba_run()
    one, two = (steady_by_ours(path, members, t, "points") for t in (1, 2))
    seconds, results = interleaved({
        "neurate, 1 thread": one,
        "neurate, 2 threads": two,
        "NumPy": timed(numpy_run),
        "numba": timed(numba_run),
    })
    sweep = {}
    for threads in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            sweep[threads] = ours("ensembles", "sweep", side, threads, Path(folder) / "sweep.zarr")
    mine = results["neurate, 1 thread"].reshape(-1, 6)
    if not np.array_equal(results["neurate, 1 thread"], results["neurate, 2 threads"]):
        raise SystemExit("threads differ")
    first = np.searchsorted(mine[:, 0], np.arange(members + 1))
    more = len(mine) - len(results["numba"])
    for name in ("NumPy", "numba"):
        for e, re, ri, top, im, stable in results[name]:
            own = mine[first[int(e)]:first[int(e) + 1]]
            k = np.argmin(np.abs(own[:, 1] - re)) if len(own) else -1
            if k < 0 or abs(own[k, 1] - re) > 1e-6 * (1 + re) or abs(own[k, 3] - top) > 1e-6 or own[k, 5] != stable:
                raise SystemExit(f"{name}: cell {e}, rate {re} is not among ours")
    # SciPy on a part: ten starts, solutions told apart.
    part = np.random.default_rng(0).choice(members, 100, replace=False)
    start, missed = time.process_time(), 0
    for e in part:
        w, hh, points = w_ee[e], h[e], []

        def field(r):
            return [K * max(w * r[0] + wei * r[1] + hh, 0.0) ** 2 - r[0], K * max(wie * r[0] + wii * r[1] + hh, 0.0) ** 2 - r[1]]
        for scale in np.geomspace(0.1, 1e3, 10):
            r, _, ok, _ = fsolve(field, [scale, scale], full_output=True)
            if ok == 1 and not any(np.allclose(r, p, rtol=1e-5, atol=1e-7) for p in points):
                points.append(r)
        missed += max(first[e + 1] - first[e] - len(points), 0)
    seconds["SciPy fsolve, scaled up"] = ((time.process_time() - start) * members / len(part),) * 2
    said = one.said
    show(f"J7: all fixed points of {members} pairs: {len(mine)}", seconds, {
        "neurate, 1 thread": f"all enclosed in {said['enclosed']:.0f}; {seconds['neurate, 1 thread'][0] / members * 1e6:.2f} us each",
        "numba": f"{more} points fewer",
        "SciPy fsolve, scaled up": f"misses {missed} points in {len(part)} cells",
    })
    print(f"`neurate sweep` of the same grid, with stability, isn and paradoxical, into a store: {sweep[1]['cpu']:.1f} s of"
          f" the processor; by the clock {sweep[1]['seconds']:.1f} s on one thread, {sweep[2]['seconds']:.1f} s on two")
