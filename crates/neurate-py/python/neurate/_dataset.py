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


def _words(codes: Any) -> list[str]:
    """What the numbers of an array of a sweep mean."""
    return [word.replace("_", " ") for word in codes.attrs["flag_meanings"].split()]


def dataset(run: Any) -> xarray.Dataset:
    """Times, states, rates and slow states of a run as a Dataset, with a dimension ``trial`` where it has trials."""
    xr = need("xarray", "a run with names and units is an xarray.Dataset")
    register(xr)
    circuit = run.circuit
    u = circuit.units
    rows = circuit.populations
    populations = np.array([rows[p].name for p in circuit.population_of])
    kinds = np.array([rows[p].kind for p in circuit.population_of])
    labels = {}
    if circuit.labels != circuit.names:
        shown = np.array([rows[p].label for p in circuit.population_of])
        labels = {"label": ("unit", np.array(circuit.labels)), "population_label": ("unit", shown)}
    trials = run.rates.ndim == 3
    dims = ("trial", "time", "unit") if trials else ("time", "unit")
    data = {"r": (dims, run.rates, {"units": u["rate"], "long_name": "rate"})}
    if circuit.form != "rate":
        data["V"] = (dims, run.states, {"units": u["state"], "long_name": "voltage"})
    if run.slow_names:
        data["slow"] = (("time", "slow_state"), run.slow, {"long_name": "slow state"})
    rust = circuit._rust
    attrs: dict[str, Any] = {
        "title": circuit.title,
        "circuit": rust.text,
        "set": rust.sets,
        "neurate_version": _neurate.__version__,
        "start": run.start,
    }
    if run.seed is not None:
        attrs["seed"] = run.seed
    if run.stopped:
        attrs["stopped"] = "; ".join(run.stopped)
    return xr.Dataset(
        data,
        coords={
            **({"trial": np.arange(len(run.rates))} if trials else {}),
            "time": ("time", run.times, {"units": u["time"], "long_name": "time"}),
            "unit": ("unit", np.array(circuit.names)),
            "population": ("unit", populations),
            **labels,
            "kind": ("unit", kinds),
            **({"slow_state": ("slow_state", np.array(run.slow_names))} if run.slow_names else {}),
        },
        attrs=attrs,
    )


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
            """A run: time courses, a color for each population (means where there are many units). A sweep: a
            heat map over its two axes, the first one to the right (a curve over one). Of ``"r"`` a cell with several stable
            states shows all of them in bands, the lowest at the bottom; other maps are hatched there. The boundary of
            ``contour`` (``"isn"``: where ``isn_index`` is zero) is drawn. ``choice`` picks from further dimensions (``population="E"``)."""
            from ._plots import courses, sweep_map

            if "time" in self._dataset.dims:
                return courses(self._dataset, variable, ax)
            return sweep_map(self._dataset, variable, ax, **choice)

        def status(self) -> Any:
            """How each cell of a sweep ended, in words."""
            codes = self._dataset["status"]
            return codes.copy(data=np.array(_words(codes))[codes.values])

        def completeness(self) -> Any:
            """What is known of the completeness of each cell's list of fixed points, in words; empty where a cell has
            none."""
            codes = self._dataset["completeness"]
            return codes.copy(data=np.array([*_words(codes), ""])[codes.values])

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
            means = self._dataset.drop_vars(["unit", "kind", "label", "population_label"], errors="ignore").groupby("population").mean()
            order = list(dict.fromkeys(self._dataset["population"].values.tolist()))
            return means.sel(population=order).transpose("time", "population")
