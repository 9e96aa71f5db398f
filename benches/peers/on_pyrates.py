"""Jobs of `benches/run dynamics` by PyRates: populations as vectors, weights as a matrix, on its NumPy backend. numba
on the function that it generates takes as long or longer.

The loop is that of its own Euler solver, on the function that it generates, so that J2 can end at rest and J8 can have
noise; it does not keep all states, as PyRates' own would.
"""

import numpy as np
from pyrates import CircuitTemplate, Connectivity, NodeTemplate, OperatorTemplate, PopulationTemplate

from .ensembles import K, LIMIT, TAU, TOLERANCE
from .noisy import CHUNK, DT, H, INTENSITY, W
from .simulators import EARLY, answer, clocks


def field(equations, variables, n, values=None, weights=None):
    """dy/dt as a function of y: that of a population of n units, the state variables one after the other."""
    operator = OperatorTemplate("op", equations=equations, variables=variables)
    values = {f"op/{name}": value for name, value in (values or {}).items()}
    units = PopulationTemplate("p", NodeTemplate("node", operators=[operator]), n, params=values)
    links = [] if weights is None else [Connectivity("p/op/r", "p/op/x", weights)]
    circuit = CircuitTemplate("circuit", populations={"p": units}, connections=links)
    function, arguments, _, _ = circuit.get_run_func("field", step_size=1.0, backend="numpy", file_name="pyrates_field",
                                                     float_precision="float64", verbose=False)
    return lambda y: function(0, y, *arguments[2:])


def j1(law, weights, start, n, steps):
    n, start = int(n), np.fromfile(start)
    f = {"tanh": "tanh(x + 1.0)", "square": "0.04*maxi(x + 1.0, 0.0)^2"}[law]
    rate = field([f"r' = ({f} - r)/tau"], {"r": "output(0.0)", "x": "input(0.0)", "tau": 1 / -np.expm1(-1 / 20)},
                 n, weights=np.fromfile(weights).reshape(n, n))

    def run(steps):
        r = start.copy()
        for _ in range(steps):
            r += rate(r)
        return r
    early = run(EARLY)
    begin = clocks()
    r = run(int(steps))
    return begin, clocks(), early, r


PAIR = {name: 0.0 for name in ("w_ee", "w_ei", "w_ie", "w_ii", "h_e", "h_i", "t_e", "t_i")}


def j2(path):
    """All advance until all are at rest."""
    rows = np.fromfile(path).reshape(6, -1)
    n = rows.shape[1]
    tau = 1 / -np.expm1(-1 / np.array(TAU))
    equations = [f"r_e' = ({K}*maxi(w_ee*r_e + w_ei*r_i + h_e, 0.0)^2 - r_e)/t_e",
                 f"r_i' = ({K}*maxi(w_ie*r_e + w_ii*r_i + h_i, 0.0)^2 - r_i)/t_i"]
    rate = field(equations, {"r_e": "output(0.0)", "r_i": "variable(0.0)", **PAIR}, n,
                 dict(zip(PAIR, [*rows, *tau])))
    r, per_unit = np.zeros(2 * n), np.repeat(tau, n)
    rate(r)
    begin = clocks()
    for _ in range(LIMIT // 8):
        for _ in range(8):
            dr = rate(r)
            r += dr
        if np.abs(dr * per_unit).max() < TOLERANCE:
            break
    return begin, clocks(), r


def j8(trials, steps):
    """Noise by NumPy; PyRates would take it as an array over all steps and units."""
    trials, steps = int(trials), int(steps)
    tau = np.array(TAU)
    s = np.repeat(np.sqrt(-INTENSITY * np.expm1(-2 * DT / tau) / (2 * tau)), CHUNK)
    f_e, f_i = (f"{K}*maxi(v_{p}, 0.0)^2" for p in "ei")
    values = dict(zip(PAIR, [*np.array(W).ravel(), H, H, *(DT / -np.expm1(-DT / tau))]))
    rate = field([f"v_e' = (w_ee*{f_e} + w_ei*{f_i} + h_e - v_e)/t_e",
                  f"v_i' = (w_ie*{f_e} + w_ii*{f_i} + h_i - v_i)/t_i"],
                 {"v_e": "output(0.0)", "v_i": "variable(0.0)", **PAIR}, CHUNK, values)
    rng, out = np.random.Generator(np.random.SFC64(1)), np.empty((2, trials))
    begin = clocks()
    for first in range(0, trials, CHUNK):
        v, z = np.zeros(2 * CHUNK), np.empty(2 * CHUNK)
        for _ in range(steps):
            rng.standard_normal(out=z)
            z *= s
            v += DT * rate(v)
            v += z
        out[:, first : first + CHUNK] = v.reshape(2, -1)
    return begin, clocks(), out.ravel()


answer({"J1": j1, "J2": j2, "J8": j8})
