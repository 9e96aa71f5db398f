"""J1 of `benches/run dynamics` by NEST: `tanh_rate_ipn` without noise, on one thread.

Without waveform relaxation, connections that are instantaneous bring the rates of the step before: exponential Euler,
explicit, as ours. The first step has seen no rates yet: it is taken before, from where it leads to the start.
"""

import nest
import numpy as np

from .simulators import EARLY, answer, clocks


def j1(law, weights, start, n, steps):
    assert law == "tanh"
    n, steps = int(n), int(steps)
    nest.ResetKernel()
    nest.set(resolution=1.0, use_wfr=False, local_num_threads=1)
    a, r = -np.expm1(-1 / 20), np.fromfile(start)
    before = (r - a * np.tanh(1.0)) / (1 - a)
    units = nest.Create("tanh_rate_ipn", n, {"tau": 20.0, "sigma": 0.0, "theta": -1.0, "rate": before})
    synapses = {"synapse_model": "rate_connection_instantaneous", "weight": np.fromfile(weights).reshape(n, n)}
    nest.Connect(units, units, "all_to_all", synapses)
    nest.Prepare()
    nest.Run(1.0)
    begin = clocks()
    nest.Run(float(EARLY))
    early = np.array(units.rate)
    nest.Run(float(steps - EARLY))
    end = clocks()
    return begin, end, early, np.array(units.rate)


answer({"J1": j1})
