"""Diagrams along a parameter: branches with arrays, special points, figures and tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._answer import Same, short
from ._optional import need

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas  # type: ignore[import-untyped, unused-ignore]
    import xarray

    from . import answers
    from ._circuit import Circuit

__all__ = ["Branch", "Cycles", "Diagram", "DiagramAt"]

CROSSINGS = ("transcritical", "pitchfork", "degenerate")
"""Kinds of points at which branches cross."""


def parameter(
    along: str | Mapping[str, float] | None, range: Sequence[float] | None
) -> tuple[str, list[tuple[str, float]], tuple[float, float] | None]:
    """Name, gains of a joint parameter, and range, as the library takes them."""
    window = None
    if range is not None:
        ends = [float(v) for v in range]
        if len(ends) != 2:
            raise ValueError(f"the range of a diagram has {len(ends)} numbers; give two, the smaller one first: (-3, 8)")
        window = (ends[0], ends[1])
    if along is None:
        raise ValueError('a range needs its parameter: net.diagram("E.h", (-3, 8))')
    if isinstance(along, str):
        return along, [], window
    gains = [(str(address), float(gain)) for address, gain in along.items()]
    if not gains:
        raise ValueError('a joint parameter moves at least one address: {"E.h": 1, "I.h": 1.1}')
    return "drive", gains, window


class Branch(Same):
    """A branch of steady states: points in their order along it, special points included."""

    def __init__(self, answer: answers.DiagramBranch) -> None:
        self.answer = answer

    def _compared(self) -> Any:
        return [self.answer]

    @property
    def p(self) -> NDArray[np.float64]:
        """The parameter at each point."""
        return self.answer.p

    @property
    def r(self) -> NDArray[np.float64]:
        """Rates: one row a point, one column a unit."""
        return self.answer.r

    @property
    def states(self) -> NDArray[np.float64]:
        """States: one row a point; units, then slow states."""
        return self.answer.states

    @property
    def eigenvalues(self) -> NDArray[np.complex128] | None:
        """Eigenvalues, rightmost first, per unit of time: one row a point. None above 60 states."""
        return self.answer.eigenvalues

    @property
    def unstable(self) -> NDArray[np.int64]:
        """Number of eigenvalues with a positive real part; at a special point, of those that have it on both sides."""
        return self.answer.unstable.astype(np.int64)

    @property
    def stable(self) -> NDArray[np.bool_]:
        """Whether each point is stable; a special point is if one of its sides is."""
        return self.answer.unstable == 0

    @property
    def ends(self) -> list[answers.DiagramEnd]:
        """How it ends at its first and at its last point."""
        return self.answer.ends

    @property
    def pieces(self) -> list[tuple[slice, bool]]:
        """Pieces between changes of stability, with whether they are stable; neighbors share the point between them."""
        return pieces(self.answer.unstable)

    def __len__(self) -> int:
        return len(self.p)

    def __repr__(self) -> str:
        ends = ", ".join(e.kind.replace("_", " ") for e in self.ends)
        return f"<Branch of {len(self)} steady states from {self.p.min():.4g} to {self.p.max():.4g}; ends: {ends}>"


class Cycles(Same):
    """A branch of limit cycles, in their order along it."""

    def __init__(self, answer: answers.DiagramCycles) -> None:
        self.answer = answer

    def _compared(self) -> Any:
        return [self.answer]

    @property
    def p(self) -> NDArray[np.float64]:
        """The parameter of each cycle."""
        return self.answer.p

    @property
    def period(self) -> NDArray[np.float64]:
        """The period of each cycle, in the unit of time."""
        return self.answer.period

    @property
    def max(self) -> NDArray[np.float64]:
        """Maximum of each state: one row a cycle."""
        return self.answer.max

    @property
    def min(self) -> NDArray[np.float64]:
        """Minimum of each state: one row a cycle."""
        return self.answer.min

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean of each state over the cycle: one row a cycle."""
        return self.answer.mean

    @property
    def multipliers(self) -> NDArray[np.complex128]:
        """Floquet multipliers without the one that is 1 on every cycle, largest modulus first: one row a cycle."""
        return self.answer.multipliers

    @property
    def unstable(self) -> NDArray[np.int64]:
        """Number of multipliers outside the unit circle."""
        return self.answer.unstable.astype(np.int64)

    @property
    def stable(self) -> NDArray[np.bool_]:
        """Whether each cycle is stable."""
        return self.answer.unstable == 0

    @property
    def ends(self) -> list[answers.CycleFamilyEnd]:
        """How it ends at its first and at its last cycle."""
        return self.answer.ends

    @property
    def pieces(self) -> list[tuple[slice, bool]]:
        """Pieces between changes of stability, with whether they are stable; neighbors share the cycle between them."""
        return pieces(self.answer.unstable)

    def orbit(self, i: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """One turn of cycle ``i``: times from 0 to its period, and states, one row a time."""
        states = self.answer.orbits[i]
        return np.linspace(0.0, float(self.period[i]), len(states)), states

    def __len__(self) -> int:
        return len(self.p)

    def __repr__(self) -> str:
        if not len(self):
            return "<Cycles: none>"
        ends = ", ".join(e.kind.replace("_", " ") for e in self.ends)
        return f"<Cycles: {len(self)} from {self.p.min():.4g} to {self.p.max():.4g}; ends: {ends}>"


def pieces(unstable: NDArray[np.float64]) -> list[tuple[slice, bool]]:
    """Pieces of a branch between changes of the number of unstable directions that make it stable or not. At a special point that
    number is the smaller one of both sides, so that a piece is stable if both of its ends are."""
    if len(unstable) < 2:
        return [(slice(0, len(unstable)), bool(np.all(unstable == 0)))]
    between = np.maximum(unstable[:-1], unstable[1:]) == 0
    starts = np.flatnonzero(np.diff(between)) + 1
    edges = [0, *starts.tolist(), len(between)]
    return [(slice(a, b + 1), bool(between[a])) for a, b in zip(edges[:-1], edges[1:])]


class DiagramAt(Same):
    """What a diagram has at one value of its parameter, :meth:`Diagram.at`."""

    def __init__(self, p: float, steady: list[dict[str, Any]], cycles: list[dict[str, Any]]) -> None:
        self.p = p
        """The value."""
        self.steady = steady
        """Steady states: each with ``r``, ``state``, ``stable``, ``unstable`` and the position of its ``branch``."""
        self.cycles = cycles
        """Limit cycles: each with ``period``, ``max``, ``min``, ``mean``, ``stable``, ``unstable`` and its ``branch``."""

    def _compared(self) -> Any:
        return [self.p, self.steady, self.cycles]

    @property
    def stable(self) -> list[dict[str, Any]]:
        """The stable steady states."""
        return [s for s in self.steady if s["stable"]]

    def __repr__(self) -> str:
        cycles = f", {len(self.cycles)} limit cycles ({sum(c['stable'] for c in self.cycles)} stable)" if self.cycles else ""
        return f"<At {self.p:.6g}: {len(self.steady)} steady states ({len(self.stable)} stable){cycles}>"


class Diagram(Same):
    """Steady states and limit cycles over one parameter, :meth:`neurate.Circuit.diagram`. Every field of the answer
    (:class:`neurate.answers.Diagram`) is an attribute; branches and cycles have arrays."""

    def __init__(self, circuit: Circuit, answer: answers.Diagram) -> None:
        self.circuit = circuit
        self.answer = answer

    def _compared(self) -> Any:
        return [self.circuit, self.answer]

    def __reduce__(self) -> Any:
        return Diagram, (self.circuit, self.answer)

    @property
    def parameter(self) -> answers.DiagramParameter:
        """The parameter: its name, unit, and value in the circuit."""
        return self.answer.parameter

    @property
    def range(self) -> tuple[float, float]:
        """The values between which it was looked at."""
        low, high = self.answer.range.tolist()
        return low, high

    @property
    def points(self) -> list[answers.DiagramPoint]:
        """All special points, by rising parameter."""
        return self.answer.points

    @property
    def folds(self) -> list[answers.DiagramPoint]:
        """Where two steady states meet and disappear."""
        return self._of("fold")

    @property
    def hopf(self) -> list[answers.DiagramPoint]:
        """Where an oscillation begins or ends: ``omega``, ``period``, ``l1``, ``criticality``."""
        return self._of("hopf")

    @property
    def crossings(self) -> list[answers.DiagramPoint]:
        """Where branches of steady states cross."""
        return self._of(*CROSSINGS)

    @property
    def cycle_folds(self) -> list[answers.DiagramPoint]:
        """Where two limit cycles meet and disappear."""
        return self._of("cycle_fold")

    @property
    def ends(self) -> list[answers.CycleFamilyEnd]:
        """How the branches of limit cycles end: at a Hopf point, on a fold with infinite period (``snic``), at a ``homoclinic`` orbit,
        at an edge of the range."""
        return [e for c in self.answer.cycles or [] for e in c.ends]

    @property
    def branches(self) -> list[Branch]:
        """Branches of steady states."""
        return [Branch(b) for b in self.answer.branches]

    @property
    def cycles(self) -> list[Cycles]:
        """Branches of limit cycles; none if they were not looked for (``complete.cycles`` is None then)."""
        return [Cycles(c) for c in self.answer.cycles or []]

    @property
    def regimes(self) -> list[answers.Regime]:
        """Intervals of the parameter in which the numbers of steady states and limit cycles do not change."""
        return self.answer.regimes

    @property
    def complete(self) -> answers.DiagramCompleteness:
        """How complete the lists are: ``proved``, ``exact``, ``audited`` or ``sampled``, for each kind."""
        return self.answer.complete

    @property
    def early_stops(self) -> list[answers.EarlyStop]:
        """Branches that go on inside the range and were not followed."""
        return self.answer.early_stops

    def _of(self, *kinds: str) -> list[answers.DiagramPoint]:
        return [p for p in self.points if p.kind in kinds]

    def at(self, p: float) -> DiagramAt:
        """What there is at a value of the parameter: steady states by rising first rate, limit cycles by rising period. Numbers lie on
        straight lines between the points of the branches; ``net.set({"E.h": 2.5}).fixed_points()`` has them to the last
        digit.

        >>> net = nr.Circuit(W=[[12.0]], tau=10, f=nr.Logistic(), h=-6, kinds="E")
        >>> len(net.diagram("E.h", (-10, -2)).at(-6.0).steady)
        3
        """
        low, high = self.range
        if not low <= p <= high:
            raise ValueError(f"the diagram is one from {low:g} to {high:g}, and {p:g} lies outside")
        steady = []
        for k, b in enumerate(self.answer.branches):
            for i, s in passes(b.p, p, high):
                unstable = int(max(b.unstable[i], b.unstable[i + 1]))
                steady.append(
                    {"r": mixed(b.r, i, s), "state": mixed(b.states, i, s), "stable": unstable == 0, "unstable": unstable, "branch": k}
                )
        cycles = []
        for k, c in enumerate(self.answer.cycles or []):
            for i, s in passes(c.p, p, high):
                unstable = int(max(c.unstable[i], c.unstable[i + 1]))
                values = {name: mixed(getattr(c, name), i, s) for name in ("max", "min", "mean")}
                period = float(mixed(c.period, i, s))
                cycles.append({"period": period, **values, "stable": unstable == 0, "unstable": unstable, "branch": k})
        steady.sort(key=lambda x: float(x["r"][0]))
        cycles.sort(key=lambda x: float(x["period"]))
        return DiagramAt(float(p), steady, cycles)

    def plot(self, show: str | None = None, *, ax: Any = None) -> matplotlib.axes.Axes:
        """The state of a population (``show``; by default the one that the answer names) over the parameter: stable steady states
        solid, unstable ones dashed, limit cycles by their maximum and minimum, special points with shapes."""
        from ._plots import diagram

        return diagram(self, show or self.answer.show, ax)

    def to_dataset(self) -> xarray.Dataset:
        """As an xarray.Dataset: the points of all branches along ``point``, limit cycles along ``cycle``, special points along
        ``special``; ``branch`` and ``cycle_branch`` say which branch each belongs to."""
        xr = need("xarray", "a diagram with names and units is an xarray.Dataset")
        net, a = self.circuit, self.answer
        unit, of_state, of_rate = {"units": self.parameter.unit}, net.units["state"], net.units["rate"]
        branches = a.branches
        data: dict[str, Any] = {
            "p": ("point", joined([b.p for b in branches]), unit),
            "branch": ("point", joined([np.full(len(b.p), k) for k, b in enumerate(branches)])),
            "r": (("point", "unit"), joined([b.r for b in branches], net.n), {"units": of_rate}),
            "state": (("point", "state_name"), joined([b.states for b in branches], len(a.states)), {"units": of_state}),
            "unstable": ("point", joined([b.unstable for b in branches]).astype(int)),
        }
        spectra = [b.eigenvalues for b in branches]
        if all(s is not None for s in spectra):
            data["eigenvalues"] = (("point", "eigenvalue"), joined(spectra, len(a.states)))
        for name, of in (("cycle_p", "p"), ("period", "period"), ("cycle_unstable", "unstable")):
            data[name] = ("cycle", joined([getattr(c, of) for c in a.cycles or []]))
        data["cycle_branch"] = ("cycle", joined([np.full(len(c.p), k) for k, c in enumerate(a.cycles or [])]))
        for name in ("max", "min", "mean"):
            rows = joined([getattr(c, name) for c in a.cycles or []], len(a.states))
            data[name] = (("cycle", "state_name"), rows, {"units": of_state})
        data["special_p"] = ("special", np.array([q.p for q in self.points]), unit)
        data["special_kind"] = ("special", np.array([q.kind for q in self.points], dtype=str))
        data["special_state"] = (("special", "state_name"), joined([q.state[None] for q in self.points], len(a.states)))
        attrs = {"title": net.title, "parameter": self.parameter.name, "range": list(self.range), "complete": a.complete.equilibria}
        return xr.Dataset(data, coords={"unit": net.names, "state_name": a.states}, attrs=attrs)

    def to_frame(self) -> pandas.DataFrame:
        """As a pandas.DataFrame: a row for each point of a branch of steady states (``kind`` is ``steady``, with a rate for each
        unit) and for each limit cycle (``cycle``, with its period, and maximum and minimum of each state)."""
        pd = need("pandas", "a table with names is a pandas.DataFrame")
        a, name = self.answer, self.parameter.name
        frames = []
        for k, b in enumerate(a.branches):
            columns = {"kind": "steady", "branch": k, name: b.p, "stable": b.unstable == 0, "unstable": b.unstable.astype(int)}
            rates = {unit: b.r[:, i] for i, unit in enumerate(self.circuit.names)}
            frames.append(pd.DataFrame({**columns, **rates}))
        for k, c in enumerate(a.cycles or []):
            columns = {"kind": "cycle", "branch": k, name: c.p, "stable": c.unstable == 0, "unstable": c.unstable.astype(int), "period": c.period}
            extent = {f"{state} {what}": v[:, i] for i, state in enumerate(a.states) for what, v in (("max", c.max), ("min", c.min))}
            frames.append(pd.DataFrame({**columns, **extent}))
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def __repr__(self) -> str:
        low, high = self.range
        kinds: dict[str, int] = {}
        for q in self.points:
            kinds[q.kind] = kinds.get(q.kind, 0) + 1
        found = ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in kinds.items()) or "no special points"
        return f"<neurate.Diagram along {self.parameter.name} from {low:g} to {high:g}: {len(self.answer.branches)} branches, {found}; equilibria {self.complete.equilibria}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{q.kind.replace('_', ' ')}</td><td>{q.p:.10g}</td><td>{short(q.state)}</td></tr>" for q in self.points[:20]
        )
        name = re.sub("<", "&lt;", self.parameter.name)
        head = f"<tr><th>special point</th><th>{name}</th><th>state</th></tr>"
        return f"<table>{head}{rows}</table><p>Equilibria: {self.complete.equilibria}.</p>"


def passes(p: NDArray[np.float64], value: float, high: float) -> list[tuple[int, float]]:
    """Where a branch passes a value: the segment, and the share of it."""
    found = []
    for i in np.flatnonzero((p[:-1] <= value) != (p[1:] <= value)).tolist():
        found.append((i, float((value - p[i]) / (p[i + 1] - p[i]))))
    # At the upper edge nothing lies beyond.
    if value == high and len(p) > 1:
        found += [(0, 0.0)] if p[0] == value else []
        found += [(len(p) - 2, 1.0)] if p[-1] == value else []
    return list(dict.fromkeys(found))


def mixed(values: NDArray[Any], i: int, share: float) -> Any:
    """What lies at a share of the way between two rows."""
    return values[i] + share * (values[i + 1] - values[i])


def joined(parts: Sequence[Any], width: int | None = None) -> NDArray[Any]:
    """Arrays one after the other, also if there are none."""
    if parts:
        return np.concatenate(list(parts))
    return np.zeros(0) if width is None else np.zeros((0, width))
