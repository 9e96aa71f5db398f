"""Ensembles: many members of one circuit that differ in parameters, side by side."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _neurate
from ._answer import Same
from ._labels import numbers
from ._optional import need

if TYPE_CHECKING:
    import xarray

__all__ = ["Ensemble"]


def _columns(values: Mapping[str, Any]) -> list[tuple[str, NDArray[np.float64], str]]:
    """Address, one value for each member, unit: an array or a number, or ``(values, "ms")``."""
    given = []
    for address, value in values.items():
        unit = ""
        if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], str):
            value, unit = value
        given.append((address, numbers(value, address), unit))
    try:
        arrays = np.broadcast_arrays(*(a for _, a, _ in given)) if given else []
    except ValueError:
        shapes = ", ".join(f"{address} {a.shape}" for address, a, _ in given)
        raise ValueError(f"each member takes one value of each parameter, but the shapes differ: {shapes}") from None
    return [(address, np.array(a, dtype=float).ravel(), unit) for (address, _, unit), a in zip(given, arrays)]


def _flags(words: list[str]) -> dict[str, Any]:
    """What the numbers of an array mean, as sweeps store it."""
    return {"flag_values": list(range(len(words))), "flag_meanings": " ".join(w.replace(" ", "_") for w in words)}


class Ensemble(Same):
    """Members of one circuit, each with its own values of some parameters; made by :meth:`neurate.Circuit.ensemble`.

    >>> net = loads(template("ssn"))
    >>> ensemble = net.ensemble({"h": np.linspace(5, 20, 4), "W.E<-E": 1.2})
    >>> settled = ensemble.steady_states()
    >>> settled["r"].dims, settled.nr.endings().values.tolist()
    (('member', 'unit'), ['converged', 'converged', 'converged', 'converged'])
    """

    def __init__(self, circuit: Any, values: Mapping[str, Any]) -> None:
        self.circuit = circuit
        """The circuit."""
        self._columns = _columns(values)
        self._rust = _neurate.Ensemble(circuit._rust, self._columns)

    def _compared(self) -> Any:
        return self.circuit, self._columns

    def __hash__(self) -> int:
        return hash((self.circuit, len(self)))

    def __reduce__(self) -> Any:
        return Ensemble, (self.circuit, {address: (values, unit) for address, values, unit in self._columns})

    def __len__(self) -> int:
        return self._rust.members

    def __repr__(self) -> str:
        return f"<neurate.Ensemble: {len(self)} members of {self.circuit!r}>"

    def steady_states(
        self,
        *,
        dt: float | None = None,
        tolerance: float = 1e-8,
        duration: float | None = None,
        start: ArrayLike | None = None,
        threads: int | None = None,
    ) -> xarray.Dataset:
        """Every member's state at rest under its constant input.

        Exponential Euler with steps of ``dt`` (a twentieth of the shortest time constant if left out), from ``start``
        (member, unit) or rest, until ``|target - x|`` of all units is below ``tolerance``: the fixed points do not
        depend on the step. After ``duration`` (a thousand of the longest time constant) a member is left as still
        moving: it oscillates, or is slow.

        Returns ``r`` (member, unit), or ``V`` where the state is a voltage, NaN where it ran away; ``ending``
        (``ds.nr.endings()`` puts it into words), ``steps`` and ``distance`` of each member.
        """
        return self._dataset(self._rust.steady_states(dt, tolerance, duration, self._start(start), _threads(threads)))

    def states_at(
        self, duration: float, *, dt: float | None = None, start: ArrayLike | None = None, threads: int | None = None
    ) -> xarray.Dataset:
        """Every member's state after a time under its constant input; as :meth:`steady_states`.

        >>> net = loads(template("ssn"))
        >>> float(net.ensemble({"h": [5.0, 20.0]}).states_at(10.0)["r"][1, 0].round(1))
        6.4
        """
        return self._dataset(self._rust.states_at(duration, dt, self._start(start), _threads(threads)))

    def fixed_points(self, *, starts: int = 30, threads: int | None = None) -> xarray.Dataset:
        """All fixed points of every member and their stability.

        Those of two units are enclosed, so that none is missed; others are searched with ``starts`` random starts
        where nothing better applies, and ``completeness`` says for each member what is known of its list, as in a sweep
        (``.nr.completeness()`` in words). Returns ``r``
        (member, point, unit) by rising total rate, ``stable`` (1, 0; -1 where there is no point or it is not decided),
        ``abscissa`` and ``frequency`` of the rightmost eigenvalue, ``residual``, and ``found`` (member).

        >>> points = loads(template("ssn")).ensemble({"W.E<-E": [1.25, 1.9], "h": 2.0}).fixed_points()
        >>> points["found"].values.tolist(), points["stable"].values.tolist()
        ([1, 2], [[1, -1], [1, 0]])
        >>> points.nr.completeness().values.tolist()
        ['proved', 'proved']
        """
        xr = need("xarray", "an ensemble's results come as an xarray.Dataset")
        from ._dataset import register

        register(xr)
        first, rates, stable, eigenvalues, residuals, complete = self._rust.fixed_points(starts, _threads(threads))
        begin = np.asarray(first)
        found = np.diff(begin)
        most = int(found.max(initial=0))
        member = np.repeat(np.arange(len(found)), found)
        point = np.arange(len(rates)) - begin[member]

        def spread(values: Any, fill: float, dtype: Any = float) -> Any:
            values = np.asarray(values)
            out = np.full((len(found), most, *values.shape[1:]), fill, dtype)
            out[member, point] = values
            return out

        u = self.circuit.units
        per_time = f"1/{u['time']}"
        dims = ("member", "point")
        data = {
            "r": ((*dims, "unit"), spread(rates, np.nan), {"units": u["rate"], "long_name": "rate"}),
            "stable": (dims, spread(stable, -1, np.int8)),
            "abscissa": (dims, spread(eigenvalues.real, np.nan), {"units": per_time}),
            "frequency": (dims, spread(eigenvalues.imag / (2 * np.pi), np.nan), {"units": per_time}),
            "residual": (dims, spread(residuals, np.nan)),
            "found": ("member", found),
            "completeness": ("member", np.asarray(complete, np.int8), _flags(_neurate.completeness_words())),
        }
        return xr.Dataset(data, coords=self._coords() | {"point": np.arange(1, most + 1)}, attrs=self._attrs())

    def _start(self, start: ArrayLike | None) -> NDArray[np.float64] | None:
        if start is None:
            return None
        x = np.broadcast_to(numbers(start, "start"), (len(self), self.circuit.n))
        return np.ascontiguousarray(x.T).ravel()

    def _coords(self) -> dict[str, Any]:
        own = {a: ("member", v, {"units": unit} if unit else {}) for a, v, unit in self._columns}
        return {**own, "unit": np.array(self.circuit.names)}

    def _attrs(self) -> dict[str, Any]:
        rust = self.circuit._rust
        return {
            "title": self.circuit.title,
            "circuit": rust.text,
            "set": rust.sets,
            "neurate_version": _neurate.__version__,
        }

    def _dataset(self, ended: Any) -> xarray.Dataset:
        xr = need("xarray", "an ensemble's results come as an xarray.Dataset")
        from ._dataset import register

        register(xr)
        states, endings, steps, distance, dt = ended
        x, u = states.T, self.circuit.units
        data: dict[str, Any] = {}
        if self.circuit.form == "rate":
            data["r"] = (("member", "unit"), x, {"units": u["rate"], "long_name": "rate"})
        else:
            data["V"] = (("member", "unit"), x, {"units": u["state"], "long_name": "voltage"})
        data["ending"] = ("member", np.frombuffer(endings, np.int8), {"flag_meanings": _neurate.endings()})
        data["steps"] = ("member", np.asarray(steps, np.int64))
        data["distance"] = ("member", distance)
        return xr.Dataset(data, coords=self._coords(), attrs=self._attrs() | {"dt": dt})


def _threads(threads: int | None) -> int:
    return threads or os.cpu_count() or 1
