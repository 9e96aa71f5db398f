"""Runs as xarray datasets, with units, the circuit and the version in their attributes."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _neurate
from ._optional import need

if TYPE_CHECKING:
    import xarray

    from ._circuit import Circuit


def dataset(
    circuit: Circuit,
    times: Any,
    states: Any,
    rates: Any,
    stopped: str | None,
    start: str,
    slow_names: list[str],
    slow: Any,
) -> xarray.Dataset:
    """Times, states and rates as a Dataset; slow states, if there are any."""
    xr = need("xarray", "a simulation comes back as an xarray.Dataset")
    register(xr)
    u = circuit.units
    rows = circuit.populations
    populations = np.array([rows[p].name for p in circuit.population_of])
    kinds = np.array([rows[p].kind for p in circuit.population_of])
    data = {"r": (("time", "unit"), rates, {"units": u["rate"], "long_name": "rate"})}
    if circuit.form != "rate":
        data["V"] = (("time", "unit"), states, {"units": u["state"], "long_name": "voltage"})
    if slow_names:
        data["slow"] = (("time", "slow_state"), slow, {"long_name": "slow state"})
    rust = circuit._rust
    attrs: dict[str, Any] = {
        "title": circuit.title,
        "circuit": rust.text,
        "set": rust.sets,
        "neurate_version": _neurate.__version__,
        "start": start,
    }
    if rust.run_seed is not None:
        attrs["seed"] = rust.run_seed
    if stopped:
        attrs["stopped"] = stopped
    return xr.Dataset(
        data,
        coords={
            "time": ("time", times, {"units": u["time"], "long_name": "time"}),
            "unit": ("unit", np.array(circuit.names)),
            "population": ("unit", populations),
            "kind": ("unit", kinds),
            **({"slow_state": ("slow_state", np.array(slow_names))} if slow_names else {}),
        },
        attrs=attrs,
    )


def trials_dataset(
    circuit: Circuit, trials: int, times: Any, states: Any, rates: Any, stopped: list[str], start: str
) -> xarray.Dataset:
    """As :func:`dataset`, with a dimension ``trial`` before the others."""
    why = "; ".join(stopped) or None
    one = dataset(circuit, times, states[: len(times)], rates[: len(times)], why, start, [], None)
    values = {"r": rates, "V": states}
    shape = (trials, len(times), -1)
    data = {k: (("trial", "time", "unit"), values[k].reshape(shape), one[k].attrs) for k in values if k in one}
    return one.drop_vars(list(data)).assign_coords(trial=np.arange(trials)).assign(data)


def _errors(ds: Any) -> dict[tuple[float, ...], str]:
    axes = [a["values"] for a in ds.attrs["neurate"]["axes"]]
    found = {}
    folder = os.path.join(ds.attrs["path"], "errors")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if not name.endswith(".json"):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            for entry in json.load(f):
                found[tuple(values[k] for values, k in zip(axes, entry["position"]))] = entry["error"]
    return found


def register(xr: Any) -> None:
    """The accessor ``.nr`` of datasets."""
    if hasattr(xr.Dataset, "nr"):
        return

    @xr.register_dataset_accessor("nr")
    class Accessor:
        """What neurate adds to a dataset."""

        def __init__(self, dataset: Any) -> None:
            self._dataset = dataset

        def plot(self, variable: str | None = None, ax: Any = None, **choice: Any) -> Any:
            """A run: courses over time, a color for each population (means where there are many units). A sweep: a
            heat map over its two axes (a curve over one), hatched where several states coexist, with the border of
            ``contour`` (``"isn"``) drawn; ``choice`` picks from further dimensions (``population="E"``)."""
            from ._plots import courses, sweep_map

            if "time" in self._dataset.dims:
                return courses(self._dataset, variable, ax)
            return sweep_map(self._dataset, variable, ax, **choice)

        def status(self) -> Any:
            """How each cell of a sweep ended, in words."""
            from ._sweep import STATUS

            codes = self._dataset["status"]
            return codes.copy(data=np.array(STATUS)[codes.values])

        def endings(self) -> Any:
            """How each member of an ensemble ended, in words."""
            codes = self._dataset["ending"]
            return codes.copy(data=np.array(_neurate.endings())[codes.values])

        def errors(self) -> dict[tuple[float, ...], str]:
            """Why cells of a sweep failed: the values of its axes, and the reason."""
            return _errors(self._dataset)

        def _kinds(self) -> dict[str, str]:
            d = self._dataset
            return dict(zip(d["population"].values.tolist(), d["kind"].values.tolist()))

        def population_means(self) -> Any:
            """Means over the units of each population (time, population)."""
            means = self._dataset.drop_vars(["unit", "kind"]).groupby("population").mean()
            order = list(dict.fromkeys(self._dataset["population"].values.tolist()))
            return means.sel(population=order).transpose("time", "population")
