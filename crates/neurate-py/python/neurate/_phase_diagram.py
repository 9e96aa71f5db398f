"""Regime maps over two parameters: regions, curves of bifurcations, the points where they meet, and the picture."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._answer import Same

if TYPE_CHECKING:
    import matplotlib.axes

    from . import answers
    from ._circuit import Circuit
    from ._report import Section

__all__ = ["PhaseDiagram"]

LETTERS = {"BT": "bogdanov_takens", "CP": "cusp", "GH": "generalized_hopf", "ZH": "zero_hopf", "HH": "hopf_hopf"}
"""Kinds of points of codimension 2 by the letters that the picture shows."""


class PhaseDiagram(Same):
    """The regime map over two parameters, :meth:`neurate.Circuit.phase_diagram`. ``answer``, a
    :class:`neurate.answers.RegimeMap`, has every number."""

    def __init__(self, circuit: Circuit, along: list[tuple[Any, ...]], options: tuple[int | None, int], answer: answers.RegimeMap) -> None:
        self.circuit = circuit
        self.answer = answer
        self._along = along
        self._options = options
        self._section: Section | None = None

    def _compared(self) -> Any:
        return [self.circuit, self.answer]

    def __reduce__(self) -> Any:
        return PhaseDiagram, (self.circuit, self._along, self._options, self.answer)

    @property
    def parameters(self) -> list[answers.DiagramParameter]:
        """Both parameters, the horizontal one first: name, unit, value in the circuit."""
        return self.answer.parameters

    @property
    def ranges(self) -> NDArray[np.float64]:
        """The values between which each was looked at: one row each."""
        return self.answer.ranges

    @property
    def regions(self) -> list[answers.MapRegion]:
        """Regions in which the numbers of steady states, and of stable ones, do not change; the largest first."""
        return self.answer.regions

    @property
    def curves(self) -> list[answers.MapCurve]:
        """Curves of folds and Hopf points: ``kind``, ``p`` (one row a point: both parameters), ``states``, ``omega``, ``l1``."""
        return self.answer.curves

    @property
    def points(self) -> dict[str, list[answers.MapPoint]]:
        """Points of codimension 2 by their letters: ``BT`` (Bogdanov-Takens), ``CP`` (cusp), ``GH`` (generalized Hopf), ``ZH``
        (zero-Hopf), ``HH`` (Hopf-Hopf). Every letter is there, with an empty list where there is none."""
        return {letters: [q for q in self.answer.points if q.kind == kind] for letters, kind in LETTERS.items()}

    @property
    def complete(self) -> answers.MapCompleteness:
        """How complete the curves and the numbers of steady states are: ``proved``, ``exact``, ``audited`` or ``sampled``."""
        return self.answer.complete

    def regime_at(self, p: float, q: float) -> answers.MapRegion | None:
        """The region at values of both parameters: its ``kind``, ``steady`` and ``stable`` states, and what runs in it do. Next to a
        curve the side counts. None where two curves are nearer to each other than the cells of the map, a hundred in each direction.

        >>> net = Circuit(W=[[12.0]], tau=10, f=nr.Logistic(), h=-6, kinds="E")
        >>> m = net.phase_diagram("E.h", (-10, -2), "W.E<-E", (2, 14))
        >>> m.regime_at(-6.0, 12.0).kind, m.regime_at(-6.0, 3.0).kind
        ('bistable', 'steady')
        """
        for value, (low, high), parameter in zip((p, q), self.ranges.tolist(), self.parameters):
            if not low <= value <= high:
                raise ValueError(f"the map has {parameter.name} from {low:g} to {high:g}, and {value:g} lies outside")
        (found,) = self._rust.phase_diagram_regions(self._along, *self._options, [(float(p), float(q))])
        return None if found is None else self.regions[found]

    @property
    def _rust(self) -> Any:
        return self.circuit._rust

    @property
    def section(self) -> Section:
        """What it says: the section that ``neurate diagram`` prints, with sentences, tables and the figure."""
        if self._section is None:
            from ._palette import Palette
            from ._report import Section

            data = json.loads(self._rust.phase_diagram_report(self._along, *self._options))
            self._section = Section(data["sections"][0], Palette(data["sections"]))
        return self._section

    def plot(self, *, ax: Any = None) -> matplotlib.axes.Axes:
        """Regions in words (hatched: more than one attractor), fold and Hopf curves, lettered points, and this circuit."""
        return self.section.figures[0].plot(ax)

    def __repr__(self) -> str:
        x, y = (p.name for p in self.parameters)
        points = ", ".join(f"{len(v)} {k}" for k, v in self.points.items() if v) or "no special points"
        return f"<neurate.PhaseDiagram over {x} and {y}: {len(self.regions)} regions, {len(self.curves)} curves, {points}; curves {self.complete.curves}>"

    def _repr_html_(self) -> str:
        names = [p.name for p in self.parameters]
        letters = {kind: word for word, kind in LETTERS.items()}
        head = "".join(f"<th>{html.escape(word)}</th>" for word in ("point", *names))
        rows = "".join(f"<tr><td>{letters[q.kind]}</td>" + "".join(f"<td>{v:.10g}</td>" for v in q.p) + "</tr>" for q in self.answer.points[:20])
        return f"<p>{html.escape(repr(self)[1:-1])}</p><table><tr>{head}</tr>{rows}</table>"


def along(
    x: Any, x_range: Sequence[float] | None, y: Any, y_range: Sequence[float] | None
) -> list[tuple[str, list[tuple[str, float]], tuple[float, float] | None]]:
    """Both parameters, as the library takes them."""
    from ._diagram import parameter

    if isinstance(x, dict) and isinstance(y, dict):
        raise ValueError("one of the two parameters may be joint; the other is an address")
    return [parameter(x, x_range), parameter(y, y_range)]
