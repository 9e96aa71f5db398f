"""Circuits: read, changed, analyzed, run."""

from __future__ import annotations

import html as _html
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _build, _neurate
from ._linear import Linearization
from ._population import Population
from ._report import Report, Section, section_names
from ._build import read_only
from ._words import Renamed

if TYPE_CHECKING:
    import matplotlib.axes
    import xarray

    from ._ensemble import Ensemble
    from ._run import Run

__all__ = ["Circuit", "FixedPoint", "FixedPoints", "Population", "load", "loads", "template"]


def load(path: str | os.PathLike[str], set: Mapping[str, Any] | None = None) -> Circuit:
    """The circuit of a file, with changes by address: ``load("ssn.toml", {"W.E<-E": 1.5})``.

    Raises ``OSError`` if it cannot be read, ``ValueError`` if it breaks a rule of the format: with the line, and what
    would be right.
    """
    return Circuit._of(_neurate.Circuit.open(os.fspath(path), _changes(set)))


def loads(text: str, set: Mapping[str, Any] | None = None, *, name: str = "text", folder: str = "") -> Circuit:
    r"""The circuit of a circuit file's text; the files that it names are looked for in ``folder``.

    >>> loads("neurate = 1\n[populations]\nE = { tau = 20 }\n[W]\n'E <- E' = 0.5\n").n
    1
    """
    return Circuit._of(_neurate.Circuit(text, name, folder, _changes(set)))


def template(name: str = "ei") -> str:
    """The text of a starting file; ``neurate new --list`` names them.

    >>> net = loads(template("ssn"))
    >>> [p.name for p in net.populations]
    ['E', 'I']
    """
    return _neurate.template(name)


def _changes(changes: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    return [(str(address), value) for address, value in (changes or {}).items()]


class Circuit(Renamed):
    """A rate model of a circuit, checked and immutable.

    Parameters
    ----------
    W : (n, n) array
        Weights ``W[to, from]``; columns of excitatory units are not negative, those of inhibitory ones not positive.
    tau : float, array of n, or dict by population
        Time constants, in ms (or as ``units`` says).
    f : Transfer, list, or dict by population
        Transfer functions; linear if left out.
    h : float, array of n, or dict
        Constant input.
    kinds : str, list or dict
        ``"EI"`` (a letter for each unit), or ``{"E": 80, "I": 20}``. Left out, the signs of ``W`` tell.
    names : list of str
        Then every unit is a population of its own.
    sigma : float or dict
        Standard deviation of the input's fluctuations, for ``LIF``.
    form : "rate" or "voltage"
        ``tau dr/dt = -r + f(W r + h)``, or ``tau dV/dt = -V + W f(V) + h``.
    slow : dict by population
        Slow states, as the circuit file's tables: ``slow={"E": {"adaptation": dict(tau=200, strength=0.5)}}``.
    delays : dict
        ``{"E <- I": 2}``, as ``[delays]``.
    units, stimuli, noise, run : dict
        As the tables of the circuit file: ``stimuli={"kick": dict(to="E", kind="pulse", area=20)}``,
        ``noise={"slow": dict(to="*", kind="ou", time=20, sd=1)}``.

    Examples
    --------
    >>> net = Circuit(W=[[1.25, -0.65], [1.2, -0.5]], tau=[20, 10], f=Power(k=0.04, n=2), h=20, kinds="EI")
    >>> net.fixed_points().stable[0].r.round(3)
    array([39.481, 58.361])
    """

    _rust: _neurate.Circuit

    def __init__(
        self,
        W: ArrayLike,
        tau: Any,
        f: Any = None,
        h: Any = 0.0,
        kinds: Any = None,
        names: Sequence[str] | None = None,
        *,
        sigma: Any = None,
        form: str = "rate",
        title: str = "",
        slow: Mapping[str, Mapping[str, Any]] | None = None,
        delays: Mapping[str, Any] | None = None,
        units: Mapping[str, str] | None = None,
        stimuli: Mapping[str, Mapping[str, Any]] | None = None,
        noise: Mapping[str, Mapping[str, Any]] | None = None,
        run: Mapping[str, Any] | None = None,
    ) -> None:
        w = _build.square(W)
        rows = _build.populations(w, kinds, names)
        described = _build.description(
            w,
            rows,
            tau=tau,
            f=f,
            h=h,
            sigma=sigma,
            form=form,
            title=title,
            units=units,
            stimuli=stimuli,
            noise=noise,
            run=run,
            slow=slow,
            delays=delays,
        )
        self._rust = _neurate.Circuit(described, "Circuit(...)", "", [])

    @classmethod
    def _of(cls, rust: _neurate.Circuit) -> Circuit:
        self = cls.__new__(cls)
        self._rust = rust
        return self

    def __reduce__(self) -> Any:
        return _unpickle, self._rust.parts()

    # What it is.

    @property
    def title(self) -> str:
        """Its title."""
        return self._rust.title

    @property
    def form(self) -> str:
        """``rate``, ``voltage`` or ``conductance``."""
        return self._rust.form

    @property
    def equation(self) -> str:
        """The state equation."""
        return self._rust.equation

    @property
    def n(self) -> int:
        """Number of units."""
        return self._rust.n

    @property
    def names(self) -> list[str]:
        """Names of the units: ``E``, or ``E[0]`` in a population of several."""
        return self._rust.unit_names

    @property
    def populations(self) -> list[Population]:
        """The populations, in the order of their units."""
        return [Population(a, b, c, (d, e), f, g) for a, b, c, d, e, f, g in self._rust.populations]

    @property
    def population_of(self) -> NDArray[np.intp]:
        """For each unit the position of its population."""
        return np.asarray(self._rust.population_of, dtype=np.intp)

    @property
    def W(self) -> NDArray[np.float64]:
        """Weights ``W[to, from]`` (n x n; read-only, a copy may be changed)."""
        return read_only(self._rust.weights())

    @property
    def tau(self) -> NDArray[np.float64]:
        """Time constants of the units."""
        return read_only(self._rust.tau)

    @property
    def h(self) -> NDArray[np.float64]:
        """Constant inputs of the units."""
        return read_only(self._rust.h)

    @property
    def units(self) -> dict[str, str]:
        """Units of time, rate, state, input, drive (of h and stimuli) and weight; empty where there is none."""
        return self._rust.units

    @property
    def toml(self) -> str:
        """The circuit file's text, without the changes made by :meth:`set`; of a circuit from arrays, one that says the
        same, with ``file = "W"`` in place of the weights."""
        return self._rust.text

    @property
    def warnings(self) -> list[str]:
        """What a careful reader would want to look at."""
        return self._rust.warnings

    def params(self) -> dict[str, str | None]:
        """Every address that :meth:`set` takes, with its value as the file writes it."""
        return dict(self._rust.addresses())

    def set(self, changes: Mapping[str, Any]) -> Circuit:
        """A copy with parameters changed by address.

        >>> net = loads(template("ei")).set({"W.E<-E": 2.5, "tau": "10 ms"})
        >>> float(net.W[0, 0]), net.tau.tolist()
        (2.5, [10.0, 10.0])
        """
        return Circuit._of(self._rust.with_changes(_changes(changes)))

    @property
    def conditions(self) -> list[str]:
        """The names of the conditions that the file describes, as ``[conditions.NAME]``."""
        return self._rust.conditions

    def under(self, condition: str) -> Circuit:
        """A copy under a condition: with the changes that the file describes by that name.

        >>> net = loads(template("ssn") + "[conditions.attention]\\n'E.h' = 12\\n")
        >>> net.conditions, float(net.under("attention").h[0])
        (['attention'], 12.0)
        """
        return Circuit._of(self._rust.under(condition))

    # What it does.

    def field(self, states: ArrayLike) -> NDArray[np.float64]:
        """``dx/dt`` under the constant input at states of shape (..., n), per unit of time.

        Slow states are at their steady values for these states, and delays are over.
        """
        x = np.asarray(states, dtype=float)
        return self._rust.field(np.ascontiguousarray(x.reshape(-1, x.shape[-1]))).reshape(x.shape)

    def fixed_points(self, starts: int | None = None, seed: int = 1) -> FixedPoints:
        """All fixed points found, by rising total rate; ``.coverage`` says how exhaustive the search was.

        ``starts`` random starts (by size if left out) from ``seed``. Linear and piecewise-linear circuits need none:
        there every fixed point is found.
        """
        return FixedPoints(self, *self._rust.fixed_points(starts, seed))

    def simulate(
        self,
        duration: float | str | None = None,
        *,
        start: Any = None,
        every: float | str | None = None,
        dt: float | str | None = None,
        method: str | None = None,
        at: int | None = None,
        seed: int | None = None,
        noise: bool | None = None,
        trials: int | None = None,
        threads: int | None = None,
        progress: Callable[[float], object] | None = None,
    ) -> Run:
        """The time course under the circuit's stimuli and noise: arrays, or an ``xarray.Dataset`` when it is asked for.

        What is given here takes the place of the file's ``[run]``: ``duration`` and ``every`` (between recorded times)
        in the circuit's unit of time or as text (``"400 ms"``), ``start`` (``"rest"``, ``"fixed point"``, a dict by
        population, or n numbers), ``method`` (``adaptive``, ``rk4``, ``exponential-euler``, ``euler-maruyama``) and its
        ``dt``. ``at``: the fixed point, by its number from 1, to start from.

        A circuit with ``[noise]`` runs with it, from the ``seed`` (``run.seed``, or else ``seed``, if left out; weights that are drawn
        stay the same); ``noise=False`` leaves it
        out. ``trials`` are many such runs at once, on so many ``threads`` (all cores, if left out); a trial is the same
        among any number of others. ``progress`` is called with the share that is done, and may raise to stop; Ctrl-C
        works.

        Returns a :class:`neurate.Run`. As a dataset it has ``r`` (time, unit), and ``V`` where the state is a voltage; with
        ``trials``, (trial, time, unit); without, also ``slow`` (time, slow_state) where the circuit has slow states, such as
        ``"adaptation of E"``. A run that ran away ends before its time, a trial is not a number from then on; ``stopped``
        says which unit and when.

        >>> text = template("ei") + "[noise]\\nx = { to = '*', kind = 'white', intensity = 8 }\\n"
        >>> sim = loads(text).simulate("100 ms", seed=3, trials=200)
        >>> sim["r"].dims, bool(sim["r"].std("trial")[-1, 0] > 0.4)
        (('trial', 'time', 'unit'), True)
        """
        from ._run import Run

        circuit = self._to_run(duration=duration, start=start, every=every, dt=dt, method=method, noise=noise)
        seed_used = circuit._rust.run_seed if seed is None else seed
        if trials is None:
            times, states, rates, stopped, start_words, slow_names, slow = circuit._rust.simulate(at, seed)
            ended = [stopped] if stopped else []
        else:
            if trials < 1:
                raise ValueError(f"there cannot be {trials} trials")
            found = circuit._rust.trials(trials, at, seed, threads or os.cpu_count() or 1, progress)
            times, states, rates, ended, start_words = found
            states, rates = (x.reshape(trials, len(times), -1) for x in (states, rates))
            slow_names, slow = [], np.zeros((len(times), 0))
        return Run(
            circuit, times, states, rates, start=start_words, stopped=ended, slow_names=slow_names, slow=slow, seed=seed_used
        )

    def _to_run(self, **given: Any) -> Circuit:
        """With what is given in place of the file's ``[run]``."""
        changes: dict[str, Any] = {f"run.{k}": v for k, v in given.items() if v is not None}
        return self.set(changes) if changes else self

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
        progress: Callable[[int, int], object] | None = None,
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
        rows, of, stopped = _neurate.record(circuit._rust, os.fspath(path), at, seed, threads, progress)
        ds = open_recording(path)
        if stopped:
            ds = ds.isel(time=slice(0, rows))
            ds.attrs["stopped"] = stopped
        return ds

    def ask(
        self,
        question: str,
        *,
        at: int | None = None,
        order: str | Sequence[int] = "sum-first",
        from_: str | None = None,
        to: str | None = None,
        starts: int | None = None,
        search_seed: int = 1,
        trials: int | None = None,
        threads: int = 1,
        perturb: Sequence[str] = (),
        seed: int = 1,
        samples: int | None = None,
    ) -> Any:
        """The answer to a question as an object of a class of :mod:`neurate.answers`: numbers, names and verdicts, with
        arrays at any size. ``neurate.questions()`` lists the questions.

        ``at``: the fixed point that is analyzed, by its number from 1; ``order`` of the Schur modes; ``from_`` and ``to``:
        where transient amplification begins and is seen (``"E"``, ``"unit E[3]"``, ``"mean"``); ``starts`` and
        ``search_seed`` of the search for fixed points; ``trials`` and ``threads`` of noisy runs; ``perturb``: parts of
        populations to stimulate (``["I:0.3"]``, ``["I[0],I[4]"]``); ``seed`` and ``samples`` of those and of uncertain
        weights. Questions with the same choices share what they compute.

        >>> net = loads(template("ei"))
        >>> answer = net.ask("normality")
        >>> answer.normal, round(answer.feedforward_share, 4)
        (False, 0.9977)
        """
        return self._rust.ask(
            question, at, _build.order_text(order), from_, to, starts, search_seed, trials, threads, list(perturb), seed, samples
        )

    def analyze(
        self, section: str, *, at: int | None = None, order: str | Sequence[int] = "sum-first", seed: int = 1
    ) -> Section:
        """One section of the report: words, tables, and the numbers behind them in ``.data``.

        >>> s = loads(template("ei")).analyze("amplification")
        >>> round(s.data["max"], 3)
        2.793
        """
        if section not in section_names():
            raise ValueError(f"there is no section {section!r}\nhelp: one of {', '.join(section_names())}")
        report = self._report([section], at, order, None, seed, None)
        for s in report.sections:
            if s.name == section:
                return s
        raise ValueError(f"section {section!r} does not apply to this circuit (no fixed point, or another form)")

    def report(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        at: int | None = None,
        order: str | Sequence[int] = "sum-first",
        starts: int | None = None,
        seed: int = 1,
        progress: Callable[[str, int, int], object] | None = None,
    ) -> Report:
        """The whole report; written to ``path`` (``.html`` or ``.json``) if one is given. It shows itself in Jupyter.

        ``progress(section, k, n)`` is called before each section. Ctrl-C works between sections.
        """
        report = self._report(None, at, order, starts, seed, progress)
        if path is not None:
            report.save(path)
        return report

    def _report(
        self,
        names: list[str] | None,
        at: int | None,
        order: str | Sequence[int],
        starts: int | None,
        seed: int,
        progress: Callable[[str, int, int], object] | None,
    ) -> Report:
        return Report(*self._rust.report(names, at, _build.order_text(order), starts, seed, progress))

    def sweep(
        self,
        axes: Mapping[str, Any],
        find: Sequence[str] = (),
        out: str | os.PathLike[str] | None = None,
        *,
        executor: Any = None,
        threads: int | None = None,
        shard: tuple[int, int] = (1, 1),
        chunk: Sequence[int] | None = None,
        starts: int | None = None,
        seed: int = 1,
        progress: Callable[[int, int], object] | None = None,
    ) -> xarray.Dataset:
        """Analyses over a grid of parameters.

        Parameters
        ----------
        axes : dict
            Address to values: ``{"W.E<-E": (0.2, 1.6, 200), "h": [5, 10, 20]}``; ``(10, 20, 5, "ms")`` with a unit.
        find : list of str
            What to find at every cell (``neurate.sweep_quantities()``); everything if left out.
        out : path
            The Zarr store. The same call goes on with a store that is not complete; another circuit or grid is refused.
            Without it the results are in memory only.
        executor
            ``None``: ``threads`` threads here. Else any ``concurrent.futures.Executor`` or a Dask client; its workers
            write whole chunks into ``out``, which they must all see.
        shard : (k, n)
            Only every n-th chunk, from the k-th on (from 1): for job arrays.
        chunk : list of int
            Cells of a chunk along each axis; about a second of work if left out.
        progress : callable
            Called with finished and all cells (with an executor: chunks). It may raise to stop.

        Returns
        -------
        xarray.Dataset
            See :func:`neurate.open_sweep`.

        >>> net = loads(template("ssn"))
        >>> sw = net.sweep({"h": (5, 20, 3)}, find=["fixed points", "isn"])
        >>> sw["r"].dims, sw["isn"].values.tolist()
        (('h', 'population'), [0, 1, 1])
        """
        from ._sweep import sweep

        return sweep(
            self, axes, find, out, executor=executor, threads=threads, shard=shard, chunk=chunk, starts=starts, seed=seed,
            progress=progress,
        )  # fmt: skip

    def ensemble(self, values: Mapping[str, Any]) -> Ensemble:
        """Many members of this circuit, which differ in the values of some addresses and are run side by side.

        ``values``: address to an array with one value for each member, or one number for all; ``(array, "ms")`` with a
        unit. Faster than :meth:`sweep` by orders of magnitude, for steady states and fixed points only.

        >>> ensemble = loads(template("ssn")).ensemble({"h": np.linspace(1, 40, 1000)})
        >>> settled = ensemble.steady_states()
        >>> settled["r"].shape, bool((settled["ending"] == 0).all())
        ((1000, 2), True)
        """
        from ._ensemble import Ensemble

        return Ensemble(self, values)

    def steady_states(self, values: Mapping[str, Any], **options: Any) -> xarray.Dataset:
        """``ensemble(values).steady_states(**options)``; see :meth:`neurate.Ensemble.steady_states`.

        >>> loads(template("ssn")).steady_states({"h": [5.0, 20.0]})["r"].values.round(2).tolist()
        [[1.32, 1.39], [39.48, 58.36]]
        """
        return self.ensemble(values).steady_states(**options)

    # How it looks.

    def plot_phase_plane(
        self, x: str | int = 0, y: str | int = 1, *, at: FixedPoint | None = None, ax: Any = None, **limits: Any
    ) -> matplotlib.axes.Axes:
        """Nullclines, flow and fixed points over two units (others held at the operating point)."""
        from ._plots import phase_plane

        return phase_plane(self, x, y, at=at, ax=ax, **limits)

    def __repr__(self) -> str:
        names = ", ".join(f"{p.name} ({p.kind[:4] if p.kind != 'unconstrained' else 'any'}, {p.size})" for p in self.populations)
        return f"<neurate.Circuit {self.title!r}: {self.equation}; {names}>"

    def _repr_html_(self) -> str:
        e = _html.escape
        time = self.units["time"]
        rows = "".join(
            f"<tr><td><b>{e(p.name)}</b></td><td>{e(p.kind)}</td><td>{p.size}</td>"
            f"<td>{'–'.join(dict.fromkeys(f'{t:g}' for t in p.tau))}</td><td><code>{e(p.equation)}</code></td></tr>"
            for p in self.populations
        )
        weights = ""
        if self.n <= 8:
            w = self.W
            head = "".join(f"<th>{e(n)}</th>" for n in self.names)
            body = "".join(
                f"<tr><th>{e(n)}</th>" + "".join(f"<td>{w[i, j]:.4g}</td>" for j in range(self.n)) + "</tr>"
                for i, n in enumerate(self.names)
            )
            unit = f" ({e(self.units['weight'])})" if self.units["weight"] else ""
            weights = f"<table><tr><th>W{unit}: to ← from</th>{head}</tr>{body}</table>"
        return (
            f"<div><b>{e(self.title or 'circuit')}</b> &nbsp; <code>{e(self.equation)}</code>"
            f"<table><tr><th>population</th><th>kind</th><th>units</th><th>τ ({e(time)})</th><th>f</th></tr>"
            f"{rows}</table>{weights}</div>"
        )


def _unpickle(described: Any, name: str, folder: os.PathLike[str], changes: list[tuple[str, Any]]) -> Circuit:
    return Circuit._of(_neurate.Circuit(described, name, folder, changes))


class FixedPoint(Renamed):
    """A fixed point, and how far it can be trusted."""

    def __init__(self, circuit: Circuit, rust: _neurate.FixedPoint) -> None:
        self.circuit = circuit
        self._rust = rust

    @property
    def r(self) -> NDArray[np.float64]:
        """Rates of the units."""
        return read_only(self._rust.rates)

    @property
    def state(self) -> NDArray[np.float64]:
        """The state: rates in rate form, voltages otherwise."""
        return read_only(self._rust.state)

    @property
    def input(self) -> NDArray[np.float64]:
        """Inputs to the transfer functions."""
        return read_only(self._rust.input)

    @property
    def gains(self) -> NDArray[np.float64]:
        """Gains there; at a kink the slope from the right."""
        return read_only(self._rust.gains)

    @property
    def eigenvalues(self) -> NDArray[np.complex128]:
        """Eigenvalues of the Jacobian, per unit of time, rightmost first."""
        return read_only(self._rust.eigenvalues)

    @property
    def stability(self) -> str:
        """``stable``, ``unstable``, or ``marginal``: an eigenvalue at zero to rounding."""
        return self._rust.stability

    @property
    def stable(self) -> bool:
        """Whether it attracts."""
        return self.stability == "stable"

    @property
    def residual(self) -> float:
        """The largest ``|target - x| / (1 + |x|)``."""
        return self._rust.residual

    @property
    def error(self) -> float:
        """Length of the last Newton step over ``1 + |x|``: an estimate of the state's error."""
        return self._rust.error

    @property
    def reached_from_rest(self) -> bool:
        """Whether a run from rest settles here."""
        return self._rust.reached_from_rest

    @property
    def at_kink(self) -> list[str]:
        """Units at a kink of their transfer function: there the Jacobian is one-sided."""
        return self._rust.at_kink

    def linearize(self) -> Linearization:
        """The circuit linearized here."""
        return Linearization(self.circuit.names, self.circuit.populations, self.circuit.units, self._rust.linearize())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name} {r:.4g}" for name, r in list(zip(self.circuit.names, self.r))[:6])
        more = ", ..." if self.circuit.n > 6 else ""
        return f"<{self.stability} fixed point: {shown}{more} {self.circuit.units['rate']}, residual {self.residual:.1e}>"


class StablePoints(list[FixedPoint]):
    """The stable ones among fixed points; where there is none, asking for one says why."""

    def __init__(self, points: list[FixedPoint], among: FixedPoints) -> None:
        super().__init__(points)
        self._among = among

    def __getitem__(self, index: Any) -> Any:
        if not self and not isinstance(index, slice):
            found = len(self._among)
            what = "no fixed point was found" if found == 0 else f"none of the {found} fixed points found is stable"
            raise IndexError("; ".join([f"{what} ({self._among.search})", *self._among.remarks]))
        return super().__getitem__(index)


class FixedPoints(Sequence[FixedPoint]):
    """The fixed points that a search found, by rising total rate."""

    def __init__(
        self,
        circuit: Circuit,
        points: list[_neurate.FixedPoint],
        coverage: str,
        exhaustive: bool,
        remarks: list[str],
        operating: int | None,
    ) -> None:
        self._points = [FixedPoint(circuit, p) for p in points]
        self.search = coverage
        """What the search covered, in words."""
        self.exhaustive = exhaustive
        """Whether every fixed point there is was found."""
        self.remarks = remarks
        """What a reader should know besides: lines of fixed points, a run from rest that ran away."""
        self.operating = None if operating is None else self._points[operating]
        """The one that analyses take: the stable one reached from rest, else the stable one of lowest rates."""

    @property
    def stable(self) -> StablePoints:
        """Those that attract."""
        return StablePoints([p for p in self._points if p.stable], self)

    def __len__(self) -> int:
        return len(self._points)

    def __getitem__(self, index: Any) -> Any:
        return self._points[index]

    def __iter__(self) -> Iterator[FixedPoint]:
        return iter(self._points)

    def __repr__(self) -> str:
        stable = f"{len(self.stable)} of them stable; " if len(self) > 1 else ""
        return f"<{len(self)} fixed point{'s' if len(self) != 1 else ''}: {stable}{self.search}>"

    def __str__(self) -> str:
        lines = [f"{len(self)} fixed point{'s' if len(self) != 1 else ''} ({self.search})"]
        lines += [f"  {k}: {p!r}" for k, p in enumerate(self._points[:20])]
        return "\n".join(lines + [f"  note: {r}" for r in self.remarks])

    def _repr_html_(self) -> str:
        e = _html.escape
        shown = self._points[:50]
        names = shown[0].circuit.names[:12] if shown else []
        unit = f" ({e(shown[0].circuit.units['rate'])})" if shown and shown[0].circuit.units["rate"] else ""
        head = "".join(f"<th>{e(n)}{unit}</th>" for n in names) + ("<th>...</th>" if shown and len(shown[0].r) > 12 else "")
        body = "".join(
            f"<tr><td>{k}</td><td>{p.stability}</td>"
            + "".join(f"<td>{r:.4g}</td>" for r in p.r[:12])
            + ("<td>...</td>" if len(p.r) > 12 else "")
            + f"<td>{p.residual:.1e}</td></tr>"
            for k, p in enumerate(shown)
        )
        notes = "".join(f"<p>{e(r)}</p>" for r in (self.search, *self.remarks))
        return f"<table><tr><th></th><th>stability</th>{head}<th>residual</th></tr>{body}</table>{notes}"
