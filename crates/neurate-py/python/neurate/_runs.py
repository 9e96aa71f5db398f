"""How a circuit is run: for its time course at once, in many trials, or onto a disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike

from . import _neurate
from ._progress import bar
from ._warnings import warn

if TYPE_CHECKING:
    import xarray

    from ._circuit import Circuit
    from ._run import Run


class Runs:
    """What a circuit does over time."""

    _rust: _neurate.Circuit

    if TYPE_CHECKING:

        def set(self, changes: Mapping[str, Any] | None = None, /, **named: Any) -> Circuit: ...

    def simulate(
        self,
        duration: float | str | None = None,
        *,
        h: Any = None,
        times: ArrayLike | None = None,
        stimuli: Any = None,
        start: Any = None,
        every: float | str | None = None,
        dt: float | str | None = None,
        method: str | None = None,
        at: int | None = None,
        seed: int | None = None,
        noise: bool | None = None,
        trials: int | None = None,
        threads: int | None = None,
        memory: str | None = None,
        progress: Callable[[float], object] | bool | None = None,
    ) -> Run:
        """The time course under the circuit's stimuli and noise: arrays, or an ``xarray.Dataset`` when it is asked for.

        What is given here takes the place of the file's ``[run]``: ``duration`` and ``every`` (between recorded times)
        in the circuit's unit of time or as text (``"400 ms"``), ``start`` (``"rest"``, ``"fixed point"``, a dict by
        population, or n numbers), ``method`` (``adaptive``, ``rk4``, ``exponential-euler``, ``euler-maruyama``) and its
        ``dt``. ``at``: the fixed point, by its number from 1, to start from.

        ``h`` is the input in the place of the circuit's: a number, or one over time, as an array (time, populations), (time,
        units) or (time,) with the ``times`` of its samples or ``dt`` between them, from 0 on; a dict of time courses by population; or a
        DataFrame, DataArray or Dataset that has times and names. Straight lines join the samples. The run ends with the last
        one, is recorded at each, and starts where the circuit settles under the first, if ``start`` does not say otherwise.
        ``stimuli`` come on top: a list of dicts with the keys of the circuit file, or a dict of those by name.

        A circuit with ``[noise]`` runs with it, from the ``seed`` (``run.seed``, or else ``seed``, if left out; weights that are
        drawn stay the same); ``noise=False`` leaves it out. ``trials`` are many such runs at once, on so many
        ``threads`` (all cores, if left out); a trial is the same among any number of others. A progress bar appears in terminals and notebooks; ``progress=False`` leaves it out, and a
        function is called with the share that is done, and may raise to stop. Ctrl-C works.

        What would take more than half of the machine's memory is refused before it is taken; ``memory="40GB"`` allows more (or
        less), from then on in the whole process. :meth:`record` holds one state at a time.

        Returns a :class:`neurate.Run`. As a dataset it has ``r`` (time, unit), and ``V`` where the state is a voltage; with
        ``trials``, (trial, time, unit); without, also ``slow`` (time, slow_state) where the circuit has slow states, such as
        ``"adaptation of E"``. A run that ran away ends before its time, a trial is not a number from then on; ``stopped``
        says which unit and when.

        >>> text = template("ei") + "[noise]\\nx = { to = '*', kind = 'white', intensity = 8 }\\n"
        >>> sim = loads(text).simulate("100 ms", seed=3, trials=200)
        >>> sim["r"].dims, bool(sim["r"].std("trial")[-1, 0] > 0.4)
        (('trial', 'time', 'unit'), True)
        >>> t = np.arange(0, 200, 0.5)
        >>> loads(template("ei")).simulate(h={"E": np.sin(t / 10), "I": 0}, times=t).rates.shape
        (400, 2)
        """
        from ._run import Run

        if memory is not None:
            _neurate.allow_memory(memory)
        circuit = self._to_run(duration=duration, start=start, every=every, dt=dt, method=method, noise=noise)
        circuit = circuit._driven(h, times, dt, stimuli, duration, every)
        seed_used = circuit._rust.run_seed if seed is None else seed
        if trials is None:
            with bar(progress, "simulate") as listener:
                recorded, states, rates, stopped, start_words, slow_names, slow = circuit._rust.simulate(at, seed, listener)
            ended = [stopped] if stopped else []
        else:
            if trials < 1:
                raise ValueError(f"there cannot be {trials} trials")
            with bar(progress, f"{trials} trials") as listener:
                found = circuit._rust.trials(trials, at, seed, threads or os.cpu_count() or 1, listener)
            recorded, states, rates, ended, start_words = found
            states, rates = (x.reshape(trials, len(recorded), -1) for x in (states, rates))
            slow_names, slow = [], np.zeros((len(recorded), 0))
        return Run(
            circuit, recorded, states, rates, start=start_words, stopped=ended, slow_names=slow_names, slow=slow, seed=seed_used
        )

    def _to_run(self, **given: Any) -> Circuit:
        """With what is given in place of the file's ``[run]``."""
        changes: dict[str, Any] = {f"run.{k}": v for k, v in given.items() if v is not None}
        return self.set(changes) if changes else cast("Circuit", self)

    def _driven(self, h: Any, times: Any, dt: Any, stimuli: Any, duration: Any, every: Any) -> Circuit:
        """With an input of its own over time, and stimuli besides."""
        if h is None and stimuli is None:
            if times is not None:
                raise ValueError("times are those of the samples of h, and there is no h")
            return cast("Circuit", self)
        from . import _drive

        changes: dict[str, Any] = {} if stimuli is None else _drive.added_stimuli(cast("Circuit", self), stimuli)
        if h is not None:
            lasts, step = self._rust.run_times
            given, samples = _drive.input_changes(cast("Circuit", self), h, times, None if dt is None else step)
            changes.update(given)
            if samples is not None:
                changes.update(_drive.span(samples, None if duration is None else lasts, every, self._rust.n))
        return self.set(changes)

    def record(
        self,
        path: str | os.PathLike[str],
        duration: float | str | None = None,
        *,
        record: str | Sequence[Any] | None = None,
        start: Any = None,
        every: float | str | None = None,
        dt: float | str | None = None,
        method: str | None = None,
        at: int | None = None,
        seed: int | None = None,
        noise: bool | None = None,
        threads: int = 1,
        progress: Callable[[int, int], object] | bool | None = None,
    ) -> xarray.Dataset:
        """A run that is written to a Zarr store as it goes, in chunks, and comes back as an ``xarray.Dataset``.

        For runs that are long or large: memory holds one state. A run that was interrupted or killed goes on with the
        same call, and ends with the same bytes. ``record``: what is written, such as ``["E[3]", "mean *", "sd E"]`` or
        ``{"name": "difference", "pattern": {"E": 1, "I": -1}}``; every unit, if left out. ``progress(rows, of)`` may
        raise to stop. The rest is as in :meth:`simulate`. See :func:`neurate.open_recording`.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     run = loads(template("ei")).record(folder + "/run.zarr", "100 ms", every=1, record=["E", "mean *"]).load()
        >>> run["state"].shape, run["readout"].values.tolist()
        ((101, 3), ['E', 'mean E', 'mean I'])
        """
        from ._recording import open_recording

        circuit = self._to_run(
            duration=duration, record=record, start=start, every=every, dt=dt, method=method, noise=noise
        )
        with bar(progress, "record") as listener:
            found = _neurate.record(circuit._rust, os.fspath(path), at, seed, threads, listener)
        rows, _, stopped, damaged = found
        if damaged is not None:
            warn(f"{damaged}: the whole run was done again")
        ds = open_recording(path)
        if stopped:
            ds = ds.isel(time=slice(0, rows))
            ds.attrs["stopped"] = stopped
        return ds
