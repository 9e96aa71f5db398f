"""Phase planes: the answer, and its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._answer import Same

if TYPE_CHECKING:
    import matplotlib.axes

    from . import answers
    from ._circuit import Circuit

__all__ = ["PhasePlane"]


class PhasePlane(Same):
    """The phase plane of two states, :meth:`neurate.Circuit.phase_plane`. Every field of the answer
    (:class:`neurate.answers.PhasePlane`) is an attribute: ``names``, ``window``, ``nullclines``, ``points``, ``manifolds``,
    ``cycles``, ``flow``, ``from_rest``, ``run``, ``driven``, ``held``, ``outside``."""

    def __init__(self, circuit: Circuit, answer: answers.PhasePlane) -> None:
        self.circuit = circuit
        self.answer = answer

    def __getattr__(self, name: str) -> Any:
        # Asked for only where there is no attribute of its own; not while it is being unpickled.
        if name.startswith("_") or name == "answer":
            raise AttributeError(name)
        return getattr(self.answer, name)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(name for name, _ in self.answer._items())]

    def _compared(self) -> Any:
        return [self.circuit, self.answer]

    def plot(self, *, ax: Any = None) -> matplotlib.axes.Axes:
        """Nullclines in the colors of their populations, flow, fixed points (filled: stable; hollow: unstable; half: saddle),
        manifolds of saddles (stable ones dashed), limit cycles (unstable ones dashed), the run from rest and under the stimulus."""
        from ._plots import axes, whole_plane

        return whole_plane(self.circuit, self, axes(ax))

    def __repr__(self) -> str:
        kinds = ", ".join(p.kind.replace("_", " ") for p in self.answer.points) or "no fixed points"
        held = f"; {len(self.answer.held)} other states held" if self.answer.held else ""
        return f"<neurate.PhasePlane of {' and '.join(self.answer.names)}: {kinds}{held}>"

    def _repr_html_(self) -> str:
        return self.answer._repr_html_()
