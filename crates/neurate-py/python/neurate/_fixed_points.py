"""Fixed points, and what the search for them covered."""

from __future__ import annotations

import html as _html
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import _neurate
from ._answer import Same
from ._build import read_only
from ._linear import Linearization
from ._words import Renamed

if TYPE_CHECKING:
    from ._circuit import Circuit

__all__ = ["FixedPoint", "FixedPoints"]


class FixedPoint(Same, Renamed):
    """A fixed point, and how far it can be trusted."""

    def __init__(self, circuit: Circuit, rust: _neurate.FixedPoint) -> None:
        self.circuit = circuit
        self._rust = rust

    def _compared(self) -> Any:
        return self.circuit, self._rust.parts()

    def __hash__(self) -> int:
        return hash((self.circuit, self.stability, self.multiplicity))

    def __reduce__(self) -> Any:
        return _fixed_point, (self.circuit, self._rust.parts())

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
    def multiplicity(self) -> str:
        """``one``; ``double`` or ``triple`` where rounding hides how many there are, as at a fold; one of a ``line``."""
        return self._rust.multiplicity

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
        return Linearization(self, self._rust.linearize())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name} {r:.4g}" for name, r in list(zip(self.circuit.labels, self.r))[:6])
        more = ", ..." if self.circuit.n > 6 else ""
        return f"<{self.stability} fixed point: {shown}{more} {self.circuit.units['rate']}, residual {self.residual:.1e}>"


def _fixed_point(circuit: Circuit, parts: Any) -> FixedPoint:
    return FixedPoint(circuit, circuit._rust.fixed_point(parts))


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


class FixedPoints(Same, Sequence[FixedPoint]):
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
        """Remarks: lines of fixed points, a run from rest that ran away."""
        self.operating = None if operating is None else self._points[operating]
        """The one that analyses take: the stable one reached from rest, else the stable one of lowest rates."""

    @property
    def stable(self) -> StablePoints:
        """Those that attract."""
        return StablePoints([p for p in self._points if p.stable], self)

    def _compared(self) -> Any:
        return self._points, self.operating, self.search, self.exhaustive, self.remarks

    def __hash__(self) -> int:
        return hash((*self._points, self.search))

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
        names = shown[0].circuit.labels[:12] if shown else []
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
