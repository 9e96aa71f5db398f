"""Jobs of `benches/run dynamics` by Brian2: its own code generation, in Cython.

Cython takes a tenth of its NumPy target's time in J1, two thirds in J2, as much in J8. A first run, not counted,
compiles; seconds are those between the reports at the beginning and at the end of the steps.
"""

import numpy as np
from brian2 import (Network, NeuronGroup, Synapses, defaultclock, ms, network_operation, prefs, second, seed, stop)

from . import PLACE
from .ensembles import K, LIMIT, TAU, TOLERANCE
from .noisy import DT, H, INTENSITY, W
from .simulators import EARLY, answer, clocks

prefs.codegen.target = "cython"
prefs.codegen.runtime.cython.cache_dir = str(PLACE / "cython")


def run(network, duration):
    at = []
    network.run(duration, report=lambda *_: at.append(clocks()), report_period=1e6 * second)
    return at[0], at[-1]


def of_euler(tau, dt):
    """Time constants with which Euler's step is the exponential one."""
    return dt * ms / -np.expm1(-dt / np.array(tau))


def j1(law, weights, start, n, steps):
    n, steps = int(n), int(steps)
    defaultclock.dt = 1 * ms
    f = {"tanh": "tanh(x + 1)", "square": "0.04*clip(x + 1, 0, inf)**2"}[law]
    units = NeuronGroup(n, f"dr/dt = ({f} - r)/(20*ms) : 1\nx : 1", method="exponential_euler")
    synapses = Synapses(units, units, "w : 1\nx_post = w*r_pre : 1 (summed)")
    synapses.connect()
    # Synapses are in the order of their sources.
    synapses.w[:] = np.fromfile(weights).reshape(n, n).T.ravel()
    network = Network(units, synapses)
    units.r = np.fromfile(start)
    run(network, EARLY * ms)
    early = np.array(units.r)
    units.r = np.fromfile(start)
    return *run(network, steps * ms), early, np.array(units.r)


def j6(columns, weights, start, n, steps):
    prefs.core.default_float_dtype = np.float32
    defaultclock.dt = 1 * ms
    n, columns = int(n), np.fromfile(columns, "<i4")
    units = NeuronGroup(n, "dr/dt = (tanh(x + 1) - r)/(20*ms) : 1\nx : 1", method="exponential_euler")
    synapses = Synapses(units, units, "w : 1\nx_post = w*r_pre : 1 (summed)")
    synapses.connect(i=columns, j=np.repeat(np.arange(n, dtype=np.int32), len(columns) // n))
    synapses.w[:] = np.fromfile(weights, "<f4")
    network = Network(units, synapses)
    run(network, 1 * ms)
    units.r = np.fromfile(start, "<f4")
    return *run(network, int(steps) * ms), np.array(units.r)


def j2(path):
    """All advance until all are at rest; Brian2's groups do not shrink."""
    defaultclock.dt = 1 * ms
    rows = np.fromfile(path).reshape(6, -1)
    # No `**`: in Cython that is a call of `pow`. Its exponential Euler does not take f(r) for r's own rate.
    pairs = NeuronGroup(rows.shape[1], """
        dx/dt = (k*u*u - x)/t_x : 1
        dy/dt = (k*v*v - y)/t_y : 1
        u = clip(a*x + b*y + g, 0, inf) : 1
        v = clip(c*x + d*y + h, 0, inf) : 1
        a : 1 (constant)
        b : 1 (constant)
        c : 1 (constant)
        d : 1 (constant)
        g : 1 (constant)
        h : 1 (constant)
        left_x : 1
        left_y : 1""", method="euler", namespace=dict(zip(("t_x", "t_y"), of_euler(TAU, 1)), k=K))
    for name, row in zip("abcdgh", rows):
        setattr(pairs, name, row)
    pairs.run_regularly("left_x = abs(k*u*u - x); left_y = abs(k*v*v - y)", dt=8 * ms, when="start")

    @network_operation(dt=8 * ms, when="start", order=1)
    def look():
        if max(pairs.left_x_[:].max(), pairs.left_y_[:].max()) < TOLERANCE:
            stop()
    network = Network(pairs, look)
    run(network, 8 * ms)
    pairs.x = pairs.y = 0
    begin_and_end = run(network, LIMIT * ms)
    return *begin_and_end, np.array(pairs.x), np.array(pairs.y)


def j8(trials, steps):
    defaultclock.dt = DT * ms
    seed(1)
    (a, b), (c, d) = W
    tau = np.array(TAU)
    s = np.sqrt(-INTENSITY * np.expm1(-2 * DT / tau) / (2 * tau)) / np.sqrt(DT * ms)
    # With noise Brian2 has no exponential Euler; Euler and Maruyama's step is the same with these constants.
    t_x, t_y = of_euler(tau, DT)
    names = dict(a=a, b=b, c=c, d=d, k=K, g=H, t_x=t_x, t_y=t_y, s_x=s[0], s_y=s[1])
    units = NeuronGroup(int(trials), """
        dx/dt = (a*k*u*u + b*k*v*v + g - x)/t_x + s_x*xi_x : 1
        dy/dt = (c*k*u*u + d*k*v*v + g - y)/t_y + s_y*xi_y : 1
        u = clip(x, 0, inf) : 1
        v = clip(y, 0, inf) : 1""", method="euler", namespace=names)
    network = Network(units)
    run(network, DT * ms)
    units.x = units.y = 0
    return *run(network, int(steps) * DT * ms), np.array(units.x), np.array(units.y)


answer({"J1": j1, "J2": j2, "J6": j6, "J8": j8})
