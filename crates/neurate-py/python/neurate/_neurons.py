"""Ricciardi's function on arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import _neurate
from ._labels import numbers

__all__ = ["ricciardi"]


def ricciardi(
    mu: ArrayLike,
    sigma: ArrayLike,
    tau_m: ArrayLike = 20.0,
    tau_ref: ArrayLike = 2.0,
    threshold: ArrayLike = 20.0,
    reset: ArrayLike = 10.0,
    *,
    what: str = "rate",
    rate_unit: float = 1000.0,
) -> Any:
    """Ricciardi's (Siegert's) rate of leaky integrate-and-fire neurons in white noise; broadcasts like a ufunc.

    Parameters
    ----------
    mu, sigma : array_like
        Mean and standard deviation of the input (mV), in Brunel's convention ``tau dV/dt = mu - V + sigma sqrt(tau) xi``:
        the free potential has the variance ``sigma**2 / 2``.
    tau_m, tau_ref : array_like
        Membrane time constant and refractory time (ms).
    threshold, reset : array_like
        In mV.
    what : str
        ``rate``, ``d_mu``, ``d_sigma`` (its slopes), ``log_rate`` (natural logarithm; far below threshold, where the rate
        underflows), or ``cv`` (of the intervals).
    rate_unit : float
        Rates per unit of time of ``tau_m``, times this: 1000 gives Hz for ms.

    Returns
    -------
    Array of the broadcast shape, or a float. NaN where an argument is NaN. Relative error 1e-14.

    >>> float(np.round(ricciardi(20.0, 3.0), 10))
    21.674149295
    >>> ricciardi([15.0, 20.0], [[3.0], [4.0]]).shape
    (2, 2)
    """
    names = ("mu", "sigma", "tau_m", "tau_ref", "threshold", "reset")
    arrays = [numbers(a, name) for a, name in zip((mu, sigma, tau_m, tau_ref, threshold, reset), names)]
    try:
        shape = np.broadcast_shapes(*(a.shape for a in arrays))
    except ValueError:
        shapes = ", ".join(f"{n} {a.shape}" for n, a in zip(names, arrays))
        raise ValueError(f"these shapes do not broadcast: {shapes}") from None
    m, s = (np.ascontiguousarray(np.broadcast_to(a, shape)).ravel() for a in arrays[:2])
    neurons = arrays[2:]
    if all(a.size == 1 for a in neurons):
        values = _neurate.ricciardi(m, s, _four([float(a.ravel()[0]) for a in neurons]), what)
    else:
        # One call for each different neuron.
        rows = np.stack([np.broadcast_to(a, shape).ravel() for a in neurons], axis=1)
        unique, which = np.unique(rows, axis=0, return_inverse=True)
        values = np.empty(m.size)
        for k, neuron in enumerate(unique):
            members = which.ravel() == k
            values[members] = _neurate.ricciardi(m[members], s[members], _four(neuron.tolist()), what)
    if what in ("rate", "d_mu", "d_sigma"):
        values = values * rate_unit
    elif what == "log_rate":
        values = values + np.log(rate_unit)
    return values.reshape(shape) if shape else float(values[0])


def _four(values: list[float]) -> tuple[float, float, float, float]:
    tau_m, tau_ref, threshold, reset = values
    return tau_m, tau_ref, threshold, reset
