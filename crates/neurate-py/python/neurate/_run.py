"""A run: its arrays at once, an xarray.Dataset when one is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._answer import Same, frozen
from ._build import read_only

if TYPE_CHECKING:
    import xarray

Float = NDArray[np.float64]


class Run(Same):
    """A run of a circuit, or several trials of one.

    Its arrays are there at once. Whatever else is asked for is that of :attr:`dataset`, an ``xarray.Dataset``:
    ``run["r"].sel(unit="E")``, ``run.nr.plot()``, ``run.to_netcdf(path)``. xarray is imported then, and not before.

    >>> from neurate import loads, template
    >>> run = loads(template("ei")).simulate("100 ms")
    >>> run.rates.shape == (len(run.times), 2), run["r"].dims
    (True, ('time', 'unit'))
    """

    def __init__(
        self,
        circuit: Any,
        times: Float,
        states: Float,
        rates: Float,
        *,
        start: str,
        stopped: list[str],
        slow_names: list[str],
        slow: Float,
        seed: int | None,
    ) -> None:
        self.circuit = circuit
        """The circuit as it was run."""
        self.times = read_only(times)
        """Recorded times."""
        self.rates = read_only(rates)
        """Rates of the units, (time, unit); with trials (trial, time, unit)."""
        self.states = read_only(states)
        """Their states, of the same shape: the rates themselves, or voltages."""
        self.slow_names = slow_names
        """Names of slow states, such as ``"adaptation of E"``."""
        self.slow = read_only(slow)
        """Slow states, (time, slow state)."""
        self.start = start
        """What it started from, in words."""
        self.stopped = stopped
        """Which units ran away, and when; empty if none did."""
        self.seed = seed
        """The seed of its noise."""
        self._dataset: xarray.Dataset | None = None

    def _compared(self) -> Any:
        return {name: value for name, value in vars(self).items() if name != "_dataset"}

    def __getstate__(self) -> dict[str, Any]:
        # A dataset is the same numbers once more.
        return {**vars(self), "_dataset": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(frozen(state))

    @property
    def dataset(self) -> xarray.Dataset:
        """The same with coordinates, units, the circuit and the version."""
        if self._dataset is None:
            from ._dataset import dataset

            self._dataset = dataset(self)
        return self._dataset

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self.dataset, name)

    def __getitem__(self, key: Any) -> Any:
        return self.dataset[key]

    def __contains__(self, key: object) -> bool:
        return key in self.dataset

    def __iter__(self) -> Iterator[Any]:
        return iter(self.dataset)

    def __len__(self) -> int:
        return len(self.dataset)

    def __repr__(self) -> str:
        time = self.circuit.units["time"]
        span = f"{self.times[0]:g} to {self.times[-1]:g} {time}, {len(self.times)} times" if len(self.times) else "no time"
        trials = f"{len(self.rates)} trials, " if self.rates.ndim == 3 else ""
        ended = f", stopped: {'; '.join(self.stopped)}" if self.stopped else ""
        return f"<neurate.Run: {trials}{self.circuit.n} units, {span}{ended}>"

    def _repr_html_(self) -> str:
        return str(self.dataset._repr_html_())
