"""Circuits: read, changed, analyzed, run."""

from __future__ import annotations

import html as _html
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _build, _labels, _neurate
from ._build import read_only
from ._fixed_points import FixedPoint, FixedPoints
from ._population import Population
from ._progress import bar
from ._report import Report, Section, framed, section_names
from ._runs import Runs
from ._transfer import transfer
from ._warnings import warn_of
from ._words import Renamed

if TYPE_CHECKING:
    import matplotlib.axes
    import xarray

    from ._ensemble import Ensemble

__all__ = ["Circuit", "FixedPoint", "FixedPoints", "Population", "load", "loads", "template"]

SHOWN_UNITS = 100
"""Units up to which a notebook shows what a circuit does, and not only its populations."""
SHOWN_SECONDS = 5.0
"""How long it may take to find that out."""


def load(
    path: str | os.PathLike[str], set: Mapping[str, Any] | None = None, *, memory: str | None = None
) -> Circuit:
    """The circuit of a file, with changes by address: ``load("ssn.toml", {"W.E<-E": 1.5})``.

    Weights that would take more than half of the machine's memory are refused before it is taken; ``memory="40GB"`` allows
    more, from then on in the whole process.

    Raises ``OSError`` if it cannot be read, ``ValueError`` if it breaks a rule of the format: with the line, and what
    would be right. What may be a slip is a :class:`neurate.NeurateWarning`.
    """
    if memory is not None:
        _neurate.allow_memory(memory)
    return Circuit._told(_neurate.Circuit.open(os.fspath(path), _changes(set)))


def loads(text: str, set: Mapping[str, Any] | None = None, *, name: str = "text", folder: str = "") -> Circuit:
    r"""The circuit of a circuit file's text; the files that it names are looked for in ``folder``.

    >>> loads("neurate = 1\n[populations]\nE = { tau = 20 }\n[W]\n'E <- E' = 0.5\n").n
    1
    """
    return Circuit._told(_neurate.Circuit(text, name, folder, _changes(set)))


def template(name: str = "ei") -> str:
    """The text of a starting file; ``neurate new --list`` names them.

    >>> net = loads(template("ssn"))
    >>> [p.name for p in net.populations]
    ['E', 'I']
    """
    return _neurate.template(name)


def _changes(changes: Mapping[str, Any] | None, populations: Sequence[Population] = ()) -> list[tuple[str, Any]]:
    return [(str(address), _value(str(address), value, populations)) for address, value in (changes or {}).items()]


def _value(address: str, value: Any, populations: Sequence[Population]) -> Any:
    """A value as a description takes it: a function as its formula, labeled arrays by their numbers."""
    if callable(value):
        return transfer(value)
    if address.partition(".")[0] in ("delays", "connect", "synapses"):
        shown = {p.name: p.label for p in populations}
        return _build.of_pairs(value, list(shown), shown, address)
    if address == "W.file" and not isinstance(value, (str, os.PathLike)):
        w = _build.weights(value).values
        return w.toarray() if isinstance(w, _labels.Triplets) else w
    if np.ma.isMaskedArray(value):
        return _labels.numbers(value, address)
    return value


class Circuit(Runs, Renamed):
    """A rate model of a circuit, checked and immutable.

    Parameters
    ----------
    W : (n, n) array
        Weights ``W[to, from]``; columns of excitatory units are not negative, those of inhibitory ones not positive. Also a
        sparse array of SciPy, a DataFrame, DataArray or AnnData object, whose rows are aligned with its columns by name
        and whose labels name the populations, or the path of a file (``.npy``, ``.npz``, ``.csv``, ``.mat``, ...).
    tau : float, array of n, or dict by population
        Time constants, in ms (or as ``units`` says); a Series is aligned with the labels of ``W``.
    f : Transfer, function, list, or dict by population
        Transfer functions; linear if left out. A function of Python becomes a formula: :meth:`neurate.Expression.trace`.
    h : float, array of n, or dict
        Constant input.
    kinds : str, list or dict
        ``"EI"`` (a letter for each unit), or ``{"E": 80, "I": 20}``. If omitted, the signs of ``W`` decide; signs that fit Dale's
        principle only in ``W.T`` are an error.
    names : list of str
        Then every unit is a population of its own.
    labels : dict by population
        What people read in the place of names: ``labels={"L23E": "L2/3 E"}``. Labels of ``W`` that cannot be names are taken
        as they stand.
    sigma : float or dict
        Standard deviation of the input's fluctuations, for ``LIF``.
    form : "rate" or "voltage"
        ``tau dr/dt = -r + f(W r + h)``, or ``tau dV/dt = -V + W f(V) + h``.
    slow : dict by population
        Slow states, as the circuit file's tables: ``slow={"E": {"adaptation": dict(tau=200, strength=0.5)}}``.
    delays : dict, or (p, p) array over populations
        ``{"E <- I": 2}``, as ``[delays]``; or ``delays[to, from]``, whose labels are aligned with the populations by name.
    units, stimuli, noise, run : dict
        As the tables of the circuit file: ``stimuli={"kick": dict(to="E", kind="pulse", area=20)}``,
        ``noise={"slow": dict(to="*", kind="ou", time=20, sd=1)}``.
    array : str
        Which array of a file with several.

    Two circuits are equal if they have the same description and the same weights; they can be keys of a dict.

    Examples
    --------
    >>> net = Circuit(W=[[1.25, -0.65], [1.2, -0.5]], tau=[20, 10], f=Power(k=0.04, n=2), h=20, kinds="EI")
    >>> net.fixed_points().stable[0].r.round(3)
    array([39.481, 58.361])
    """

    _rust: _neurate.Circuit

    def __init__(
        self,
        W: Any,
        tau: Any,
        f: Any = None,
        h: Any = 0.0,
        kinds: Any = None,
        names: Sequence[str] | None = None,
        *,
        labels: Mapping[str, str] | None = None,
        sigma: Any = None,
        form: str = "rate",
        title: str = "",
        slow: Mapping[str, Mapping[str, Any]] | None = None,
        delays: Any = None,
        units: Mapping[str, str] | None = None,
        stimuli: Mapping[str, Mapping[str, Any]] | None = None,
        noise: Mapping[str, Mapping[str, Any]] | None = None,
        run: Mapping[str, Any] | None = None,
        array: str | None = None,
    ) -> None:
        w = _build.weights(W, array)
        rows = _build.populations(w, kinds, names)
        described = _build.description(
            w,
            rows,
            labels=labels,
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
        t = w.values
        sparse = (w.n, t.rows, t.columns, t.values) if isinstance(t, _labels.Triplets) else None
        self._rust = _neurate.Circuit(described, "Circuit(...)", "", [], sparse)
        warn_of(self.warnings)

    @classmethod
    def _of(cls, rust: _neurate.Circuit) -> Circuit:
        self = cls.__new__(cls)
        self._rust = rust
        return self

    @classmethod
    def _told(cls, rust: _neurate.Circuit, known: Sequence[str] = ()) -> Circuit:
        """The circuit, after warnings that are new."""
        self = cls._of(rust)
        warn_of(self.warnings, known)
        return self

    def __eq__(self, other: object) -> bool:
        return self._rust.same(other._rust) if isinstance(other, Circuit) else NotImplemented

    def __hash__(self) -> int:
        # + 0.0: zeros of both signs are equal.
        return hash((self.form, tuple(self.names), (self.h + 0.0).tobytes(), (self.tau + 0.0).tobytes()))

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
    def labels(self) -> list[str]:
        """The units as they are shown, in figures, reports and at the prompt: their :attr:`names`, with the labels of the
        populations that have one.

        >>> net = Circuit([[0.2]], 20, names=["L23E"], labels={"L23E": "L2/3 E"})
        >>> net.names, net.labels
        (['L23E'], ['L2/3 E'])
        """
        return self._rust.unit_labels

    @property
    def populations(self) -> list[Population]:
        """The populations, in the order of their units."""
        return [Population(a, b, c, (d, e), f, g, h) for a, b, c, d, e, f, g, h in self._rust.populations]

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

    def set(self, changes: Mapping[str, Any] | None = None, /, **named: Any) -> Circuit:
        """A copy with parameters changed by address; one without a dot can be a keyword.

        ``h``, ``tau`` and ``sigma`` take a number for all, a dict by population, or an array of a number for each unit. A whole
        stimulus or source of noise is added by its name, as a dict: ``"stimuli.kick"``.

        >>> net = loads(template("ei")).set({"W.E<-E": 2.5}, tau="10 ms", h={"E": 3})
        >>> float(net.W[0, 0]), net.tau.tolist(), net.h.tolist()
        (2.5, [10.0, 10.0], [3.0, 0.0])
        """
        given: dict[str, Any] = {}
        for address, value in {**(changes or {}), **named}.items():
            given.update(self._by_population(address, value) if address in ("h", "tau", "sigma") else {address: value})
        return Circuit._told(self._rust.with_changes(_changes(given, self.populations)), self.warnings)

    def _by_population(self, key: str, value: Any) -> dict[str, Any]:
        """Values of ``h``, ``tau`` or ``sigma`` as changes of each population."""
        if isinstance(value, str) or (np.ndim(value) == 0 and not isinstance(value, Mapping)):
            return {key: value}
        populations = self.populations
        names = [p.name for p in populations]
        value = _labels.of_units(value, self.names, names, key)
        if isinstance(value, Mapping):
            of = {p.label: p.name for p in populations}
            value = {n if n in names else of.get(n, n): x for n, x in value.items()}
            _build.check_populations(value, names, key)
            return {f"populations.{name}.{key}": x for name, x in value.items()}
        rows = [(p.name, p.kind, p.size) for p in populations]
        return {f"populations.{n}.{key}": x for n, x in zip(names, _build.per_population(value, rows, key))}

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
        return Circuit._told(self._rust.under(condition), self.warnings)

    # What it does.

    def field(self, states: ArrayLike) -> NDArray[np.float64]:
        """``dx/dt`` under the constant input at states of shape (..., n), per unit of time.

        Slow states are at their steady values for these states, and delays are over.
        """
        x = _labels.numbers(states, "states")
        return self._rust.field(np.ascontiguousarray(x.reshape(-1, x.shape[-1]))).reshape(x.shape)

    def fixed_points(
        self, starts: int | None = None, seed: int = 1, *, progress: Callable[[float], object] | bool | None = None
    ) -> FixedPoints:
        """All fixed points found, by rising total rate; ``.coverage`` says how exhaustive the search was.

        ``starts`` random starts (by size if left out) from ``seed``. Linear and piecewise-linear circuits need none:
        there every fixed point is found. ``progress`` is as in :meth:`simulate`.
        """
        with bar(progress, "fixed points") as listener:
            return FixedPoints(self, *self._rust.fixed_points(starts, seed, listener))

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

    def diagram(
        self,
        along: str | Mapping[str, float] | None = None,
        range: Sequence[float] | None = None,
        *,
        show: str | None = None,
        effort: int = 1,
        cycles: bool = True,
        at: int | None = None,
        starts: int | None = None,
        search_seed: int = 1,
    ) -> Any:
        """The bifurcation diagram along a parameter, as a :class:`neurate.Diagram`: every steady state and limit cycle found between two
        values, every special point polished, the regimes between them, and how complete each list is.

        ``along``: an address (``"E.h"``, ``"W.E<-I"``), or several that move together, with gains: ``{"E.h": 1, "I.h": 1.1}``
        adds the parameter's value times each gain to what the circuit has there. ``range``: two values; without it the range is
        grown from the circuit's own value. ``show``: the population that is drawn; ``effort``: 1 to 3, at how many values searches
        are made; ``cycles=False`` leaves limit cycles out.

        Without ``along``: a :class:`neurate.answers.NearestChanges`, which parameter brings the operating point (or the fixed point
        ``at``) nearest to a change of regime, for each parameter by itself.

        >>> net = Circuit(W=[[12.0]], tau=10, f=nr.Logistic(), h=-6, kinds="E")
        >>> d = net.diagram("E.h", (-10, -2))
        >>> [round(q.p, 6) for q in d.folds], d.complete.equilibria in ("proved", "audited")
        ([-8.606548, -3.393452], True)
        >>> nearest = net.set({"E.h": -3.6}).diagram()
        >>> [(c.kind, round(c.at, 6)) for c in nearest.changes if c.parameter == "E.h"]
        [('fold', -3.393452)]
        """
        if along is None and range is None:
            return self._rust.nearest_changes(at, starts, search_seed)
        from ._diagram import Diagram, parameter

        if at is not None:
            raise ValueError("at chooses the fixed point whose nearest changes are asked for; a diagram along a parameter has all of them")
        name, gains, window = parameter(along, range)
        return Diagram(self, self._rust.diagram(name, gains, window, show, effort, cycles, starts, search_seed))

    def phase_diagram(
        self,
        x: str | Mapping[str, float],
        x_range: Sequence[float] | None,
        y: str | Mapping[str, float],
        y_range: Sequence[float] | None = None,
        *,
        starts: int | None = None,
        search_seed: int = 1,
    ) -> Any:
        """The regime map over two parameters, as a :class:`neurate.PhaseDiagram`: regions in which the numbers of steady states do not
        change and what runs in them do, curves of folds and Hopf points, and the points where these meet or change their kind.

        ``x``, ``y``: addresses; one of them may move several together, ``{"E.h": 1, "I.h": 1.1}``. A range is two values; None: it
        is grown from the circuit's own value.

        >>> net = Circuit(W=[[10, -10], [10, 2]], tau=1, f=nr.Logistic(), h=[-4, -4], names=["E", "I"])
        >>> m = net.phase_diagram("E.h", (-6, 4), "I.h", (-12, 0))
        >>> [q.p.round(6).tolist() for q in m.points["BT"]]
        [[-5.908595, -10.554437], [-3.178439, -5.708288], [3.178439, -6.291712]]
        """
        from ._phase_diagram import PhaseDiagram, along

        parameters = along(x, x_range, y, y_range)
        return PhaseDiagram(self, parameters, (starts, search_seed), self._rust.phase_diagram(parameters, starts, search_seed))

    def phase_plane(
        self,
        x: str | int | None = None,
        y: str | int | None = None,
        *,
        at: int | None = None,
        starts: int | None = None,
        search_seed: int = 1,
    ) -> Any:
        """The phase plane of two states as a :class:`neurate.PhasePlane`: nullclines, flow, fixed points, manifolds of saddles, limit
        cycles, the run from rest; ``.plot()`` draws it.

        ``x`` and ``y``: populations, units (by name or position) or slow states (``"adaptation of E"``); by default the circuit's
        first two. Where the circuit has other states it is a slice, with those held at the operating point (or at fixed point ``at``).

        >>> net = loads(template("ssn"))
        >>> plane = net.phase_plane("E", "I")
        >>> plane.names, [p.kind for p in plane.points], len(plane.held)
        (['E', 'I'], ['stable_node'], 0)
        """
        from ._plane import PhasePlane

        first, second = (self.names[u] if isinstance(u, (int, np.integer)) else u for u in (x, y))
        return PhasePlane(self, self._rust.phase_plane(first, second, at, starts, search_seed))

    def verdict(self, *, at: int | None = None, starts: int | None = None, search_seed: int = 1) -> Any:
        """What the circuit does and why, as :class:`neurate.answers.Verdict`: what each strongly connected component
        amplifies and how slow it is, inhibition stabilization, paradoxical responses, conditions. In sentences
        it is ``net.analyze("verdict")``, and the first section of a report.

        >>> pair = loads(template("ei")).verdict().components[0]
        >>> pair.kind, round(pair.amplification.max, 3), round(pair.slowest.tau, 6)
        ('balanced', 2.793, 20.0)
        """
        return self.ask("verdict", at=at, starts=starts, search_seed=search_seed)

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
        progress: Callable[[str, int, int], object] | bool | None = None,
    ) -> Report:
        """The whole report; written to ``path`` (``.html`` or ``.json``) if one is given. A notebook shows its first screens.

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
        progress: Callable[[str, int, int], object] | bool | None,
    ) -> Report:
        with bar(progress, "report") as listener:
            return Report(*self._rust.report(names, at, _build.order_text(order), starts, seed, listener))

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
        memory: str | None = None,
        progress: Callable[[int, int], object] | bool | None = None,
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
        memory : str
            What the process may use from now on, such as ``"40GB"``; half of what the machine has if left out (8 GB where that is not known).
        progress : callable
            Called with finished and all cells (with an executor: chunks). It may raise to stop. Left out, a bar appears in
            terminals and notebooks; False leaves that out.

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

        if memory is not None:
            _neurate.allow_memory(memory)
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
        self, x: str | int | None = None, y: str | int | None = None, *, at: FixedPoint | None = None, ax: Any = None, **limits: Any
    ) -> matplotlib.axes.Axes:
        """``net.phase_plane(x, y).plot(ax=ax)``. With ``at``, a fixed point, or ``xlim`` or ``ylim``: a slice over two units through it."""
        from ._plots import phase_plane

        return phase_plane(self, x, y, at=at, ax=ax, **limits)

    def __repr__(self) -> str:
        names = ", ".join(f"{p.label} ({p.kind[:4] if p.kind != 'unconstrained' else 'any'}, {p.size})" for p in self.populations)
        return f"<neurate.Circuit {self.title!r}: {self.equation}; {names}>"

    def _repr_html_(self) -> str:
        """The first screens of the report, and the populations; the latter alone where those take long."""
        e = _html.escape
        title = f"<b>{e(self.title or 'circuit')}</b> &nbsp; <code>{e(self.equation)}</code>"
        screens = self._first_screens()
        if screens is None:
            return f"<div>{title}{self._tables()}<p><code>.report()</code> says what the circuit does.</p></div>"
        return f"<div>{title}{framed(screens)}<details><summary>Populations and weights</summary>{self._tables()}</details></div>"

    def _first_screens(self) -> str | None:
        if self.n > SHOWN_UNITS:
            return None
        try:
            return self._rust.glance(SHOWN_SECONDS)
        except (OSError, RuntimeError, ValueError):
            # It takes too long, or a question has no answer: a circuit is shown all the same.
            return None

    def _tables(self) -> str:
        e = _html.escape
        time = self.units["time"]
        rows = "".join(
            f"<tr><td><b>{e(p.label)}</b></td><td>{e(p.kind)}</td><td>{p.size}</td>"
            f"<td>{'–'.join(dict.fromkeys(f'{t:g}' for t in p.tau))}</td><td><code>{e(p.equation)}</code></td></tr>"
            for p in self.populations
        )
        weights = ""
        if self.n <= 8:
            w = self.W
            head = "".join(f"<th>{e(n)}</th>" for n in self.labels)
            body = "".join(
                f"<tr><th>{e(n)}</th>" + "".join(f"<td>{w[i, j]:.4g}</td>" for j in range(self.n)) + "</tr>"
                for i, n in enumerate(self.labels)
            )
            unit = f" ({e(self.units['weight'])})" if self.units["weight"] else ""
            weights = f"<table><tr><th>W{unit}: to ← from</th>{head}</tr>{body}</table>"
        return (
            "<table><tr><th>population</th><th>kind</th><th>units</th>"
            f"<th>τ ({e(time)})</th><th>f</th></tr>{rows}</table>{weights}"
        )


def _unpickle(*parts: Any) -> Circuit:
    return Circuit._of(_neurate.Circuit.of_parts(*parts))
