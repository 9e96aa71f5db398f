"""Ricciardi's function beside NNMT's and a quadrature by SciPy, on the same points."""

import time
import warnings

from . import PLACE, ours

NEURON = dict(tau_m=20.0, tau_r=2.0, V_th_rel=20.0, V_0_rel=10.0)  # ms, mV; as in src/bin/ricciardi.rs
COUNT = 1_000_000
ROUNDS = 3


def points(np):
    """Cortical (7 of 10), driven (2 of 10), far below threshold (1 of 10); shuffled."""
    rng = np.random.default_rng(20240229)
    cortical, driven = 7 * COUNT // 10, 2 * COUNT // 10
    far = COUNT - cortical - driven
    mu = [rng.normal(16, 5, cortical), rng.uniform(20, 60, driven)]
    sigma = [rng.uniform(1.5, 10, cortical), rng.uniform(0.5, 10, driven), rng.uniform(0.5, 5, far)]
    mu.append(20 - sigma[2] * rng.uniform(5, 25, far))
    order = rng.permutation(COUNT)
    return np.concatenate(mu)[order], np.concatenate(sigma)[order]


def median_ns(f, count):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        result = f()
        times.append(time.perf_counter() - start)
    return sorted(times)[ROUNDS // 2] * 1e9 / count, result


def ricciardi():
    import mpmath
    import numpy as np
    from nnmt.lif import delta
    from scipy.integrate import quad
    from scipy.special import erfcx

    mu, sigma = points(np)
    path = PLACE / "points.bin"
    np.concatenate([mu, sigma]).astype("<f8").tofile(path)

    def run_ours():
        return ours("ricciardi", path, PLACE / "results.bin")

    def chunked(f, count, size):
        # NNMT chooses one order of quadrature for all points it gets, by the widest
        parts = []
        for i in range(0, count, size):
            try:
                parts.append(np.atleast_1d(f(mu[i:i + size], sigma[i:i + size])))
            except RuntimeError:  # its quadrature gave up
                parts.append(np.full(len(mu[i:i + size]), np.nan))
        return np.concatenate(parts)

    def nnmt(m, s):
        return delta._firing_rates_for_given_input(m, s, **NEURON)

    def nnmt_slope(m, s):
        return delta._derivative_of_firing_rates_wrt_mean_input(m, s, **NEURON)

    def exact(m, s):
        """Rate and d/dmu, straight from the definition."""
        with mpmath.workdps(30):
            mp, m, s = mpmath, mpmath.mpf(m), mpmath.mpf(s)
            y_r, y_t = ((NEURON[key] - m) / s for key in ("V_0_rel", "V_th_rel"))
            F = lambda u: mp.exp(u * u) * mp.erfc(-u)
            J = mp.quad(F, [y_r + (y_t - y_r) * k / 8 for k in range(9)])
            scale = NEURON["tau_m"] * mp.sqrt(mp.pi)
            rate = 1 / (NEURON["tau_r"] + scale * J)
            return float(rate), float(rate ** 2 * scale / s * (F(y_t) - F(y_r)))

    def scipy_quadrature(m, s):
        y_r, y_t = (NEURON["V_0_rel"] - m) / s, (NEURON["V_th_rel"] - m) / s
        J = quad(lambda u: erfcx(-u), y_r, y_t, epsabs=0, epsrel=1e-12, limit=200)[0]
        return 1 / (NEURON["tau_r"] + NEURON["tau_m"] * np.sqrt(np.pi) * J)

    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    run_ours()  # builds, and warms up
    few = 2000
    rows, results = {}, {}
    timings = [run_ours() for _ in range(ROUNDS)]
    for name in timings[0]:
        rows[f"neurate, {name}"] = sorted(t[name] for t in timings)[ROUNDS // 2]
    many = COUNT // 10
    for size in (1000, 10_000):
        rows[f"NNMT, rate, arrays of {size}"], results["NNMT rate"] = median_ns(
            lambda: chunked(nnmt, many, size), many)
    rows["NNMT, d/dmu, arrays of 1000"], results["NNMT d/dmu"] = median_ns(
        lambda: chunked(nnmt_slope, many, 1000), many)
    rows[f"SciPy, quad of erfcx, {few} points"], results["SciPy rate"] = median_ns(
        lambda: np.array([scipy_quadrature(m, s) for m, s in zip(mu[:few], sigma[:few])]), few)
    out = np.empty((2, 1000))

    def exp_and_log():
        for i in range(0, COUNT, 1000):
            np.exp(exponents[i:i + 1000], out=out[0])
            np.log(sigma[i:i + 1000], out=out[1])

    exponents = -0.01 * mu
    rows["floor: NumPy, one exp and one log, arrays of 1000"], _ = median_ns(exp_and_log, COUNT)
    rate, d_mu, _, _ = np.fromfile(PLACE / "results.bin", "<f8").reshape(4, COUNT)

    print(f"{COUNT} points (NNMT: the first {many}; SciPy: the first {few}), medians of {ROUNDS} rounds\n")
    base = next(ns for name, ns in rows.items() if name.endswith("1 thread(s), rate, slopes"))
    print(f"{'':58}{'ns/value':>10}{'of ours':>10}")
    for name, ns in rows.items():
        print(f"{name:58}{ns:10.1f}{ns / base:10.2f}")
    print("\n'of ours': relative to the widest instructions, one thread, rate and both slopes\n")
    suspects = set(range(20))
    for name, values in results.items():
        reference = (d_mu if "d/d" in name else rate)[:len(values)]
        difference = np.abs(values / reference - 1)
        bad = ~(difference < 1e-6)
        print(f"{name}: not finite {np.sum(~np.isfinite(values))}, off by more than 1e-6 {np.sum(bad)}, "
              f"of {len(values)}; largest difference of the rest {difference[~bad].max():.1e}")
        suspects |= set(np.argsort(np.where(np.isnan(difference), np.inf, difference))[-10:].tolist())
    results = {"our rate": rate, "our d/dmu": d_mu, **results}
    worst = dict.fromkeys(results, 0.0)
    for i in suspects:
        true = exact(mu[i], sigma[i])
        for name, values in results.items():
            if i < len(values):
                error = abs(values[i] / true["d/d" in name] - 1)
                worst[name] = max(worst[name], np.inf if np.isnan(error) else error)
    print(f"\nLargest errors by mpmath, 30 digits, at {len(suspects)} points, those of largest difference among them:")
    print(", ".join(f"{name} {error:.1e}" for name, error in worst.items()))
