"""The figures of reports, drawn by matplotlib from their data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import _plots

__all__ = ["Figure"]

OTHER = ["#009e73", "#e69f00", "#cc79a7", "#56b4e9", "#5b3f99", "#8a7a1f"]
"""Colors of modes and of second methods."""
STROKES = {"solid": "-", "dashed": "--", "dotted": ":", "pale": "-"}


class Figure(dict[str, Any]):
    """A figure of a report as data, with the keys of ``docs/report-json.md``; :meth:`plot` draws it.

    >>> import neurate as nr
    >>> figure = nr.loads(nr.template("ei")).analyze("response").figures[0]
    >>> figure.id, figure["kind"]
    ('response', 'matrix')
    """

    @property
    def id(self) -> str:
        """Its machine name."""
        return str(self["id"])

    @property
    def title(self) -> str:
        """Its title."""
        return str(self["title"])

    def __repr__(self) -> str:
        return f"<neurate.Figure {self.id}: {self.title}>"

    def plot(self, ax: Any = None) -> Any:
        """Draws it into ``ax``, or into new axes; returns them."""
        patterns = self["kind"] == "patterns"
        ax = _plots.axes(ax, (6.0, 2.6) if patterns else (4.2, 3.2))
        DRAWERS[self["kind"]](self, ax, Colors())
        ax.set_title(self.title, fontsize="medium")
        return ax


class Colors:
    """One color for each name, by the role that it has first."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], str] = {}

    def of(self, name: str, role: str) -> str:
        """The color of this name."""
        if role == "guide":
            return _plots.GUIDE
        # A curve of the same thing by another method: `E (exact)`, `E, linear`, `E ± sd`.
        first = name.split(" (")[0].split(", ")[0].split(" ± ")[0]
        if (first, role) not in self.known:
            shades = np.atleast_1d(_plots.COLORS.get(role, OTHER))
            used = sum(r == role for _, r in self.known)
            self.known[first, role] = str(shades[used % len(shades)])
        return self.known[first, role]


def numbers(values: Any) -> Any:
    """An array; what is missing is NaN."""
    return np.array(values, dtype=float)


def on_axes(f: Figure, ax: Any) -> None:
    """Labels and scales of both axes."""
    for which in "xy":
        axis = f[which]
        label = _plots.with_unit(axis["label"], axis["unit"])
        (ax.set_xlabel if which == "x" else ax.set_ylabel)(label)
        if axis.get("logarithmic"):
            (ax.set_xscale if which == "x" else ax.set_yscale)("log")


def curve(s: dict[str, Any], ax: Any, colors: Colors, **how: Any) -> None:
    """A series as a line, or as the band that it surrounds."""
    x, y = numbers(s["x"]), numbers(s["y"])
    color = colors.of(s["name"], s["role"])
    if s["stroke"] == "band":
        ax.fill(x, y, color=color, alpha=0.2, lw=0, label=s["name"])
    else:
        pale = {"lw": 0.8, "alpha": 0.6} if s["stroke"] == "pale" else {}
        ax.plot(x, y, **{"color": color, "ls": STROKES[s["stroke"]], "label": s["name"], **pale, **how})


def legend(ax: Any) -> None:
    """A legend, if there is something to tell apart."""
    if len(ax.get_legend_handles_labels()[1]) > 1:
        ax.legend(frameon=False, fontsize="small")


def marks(f: Figure, ax: Any, colors: Colors) -> None:
    """Marked points and vertical lines with their words."""
    for m in f["marks"]:
        color = colors.of(m["label"] if m["role"] == "other" else "", m["role"])
        if m["y"] is None:
            ax.axvline(m["x"], color=color, lw=0.8)
            ax.annotate(m["label"], (m["x"], 1), xycoords=("data", "axes fraction"), fontsize="small", va="top")
        else:
            ax.plot(m["x"], m["y"], "o", color=color)
            ax.annotate(m["label"], (m["x"], m["y"]), xytext=(4, 4), textcoords="offset points", fontsize="small")


def lines(f: Figure, ax: Any, colors: Colors) -> None:
    """Curves over a common axis."""
    for s in f["series"]:
        curve(s, ax, colors)
    marks(f, ax, colors)
    on_axes(f, ax)
    legend(ax)


def areas(f: Figure, ax: Any, colors: Colors) -> None:
    """Contributions to a sum, positive ones upwards, negative ones downwards."""
    x = numbers(f["series"][0]["x"])
    top, bottom = np.zeros_like(x), np.zeros_like(x)
    for s in f["series"]:
        y = np.nan_to_num(numbers(s["y"]))
        color = colors.of(s["name"], s["role"])
        ax.fill_between(x, top, top + y.clip(min=0), color=color, alpha=0.5, lw=0, label=s["name"])
        ax.fill_between(x, bottom, bottom + y.clip(max=0), color=color, alpha=0.5, lw=0)
        top, bottom = top + y.clip(min=0), bottom + y.clip(max=0)
    if f["total"]:
        curve(f["total"], ax, colors)
    on_axes(f, ax)
    legend(ax)


def intervals(f: Figure, ax: Any, colors: Colors) -> None:
    """Values with intervals, side by side in each category."""
    places = np.arange(len(f["categories"]))
    for k, s in enumerate(f["sets"]):
        low, center, high = (numbers(s[key]) for key in ("low", "center", "high"))
        x = places + 0.6 * ((k + 0.5) / len(f["sets"]) - 0.5)
        color = colors.of(s["name"], s["role"])
        ax.errorbar(x, center, yerr=[center - low, high - center], fmt="o", color=color, label=s["name"])
    if f["reference"] is not None:
        ax.axhline(f["reference"], color=_plots.GUIDE, lw=0.8)
    on_axes(f, ax)
    ax.set_xticks(places, f["categories"])
    legend(ax)


def plane(f: Figure, ax: Any, colors: Colors) -> None:
    """Points and curves in a plane with equal scales."""
    for s in f["curves"]:
        curve(s, ax, colors, lw=0.9)
    for c in f["clouds"]:
        ax.plot(numbers(c["x"]), numbers(c["y"]), "o", ms=4, color=colors.of(c["name"], c["role"]), label=c["name"])
    angle = np.linspace(0, 2 * np.pi, 200)
    for x, y, radius, name in f["circles"]:
        ax.plot(x + radius * np.cos(angle), y + radius * np.sin(angle), color=_plots.GUIDE, ls="--", lw=1, label=name)
    if f["border"] is not None:
        ax.axvline(f["border"], color=_plots.GUIDE, lw=1)
    on_axes(f, ax)
    ax.set_aspect("equal", adjustable="datalim")
    legend(ax)


def matrix(f: Figure, ax: Any, colors: Colors) -> None:
    """A heat map, white at zero."""
    _plots.heat(ax, numbers(f["values"]), f["unit"])
    ax.set_xlabel(f["columns_are"])
    ax.set_ylabel(f["rows_are"])
    if f["row_names"]:
        ax.set_yticks(range(len(f["row_names"])), f["row_names"])
    if f["column_names"]:
        ax.set_xticks(range(len(f["column_names"])), f["column_names"], rotation=90 if len(f["column_names"]) > 6 else 0)
    for i, j, _ in f["outlined"]:
        ax.plot([j - 0.5, j + 0.5, j + 0.5, j - 0.5, j - 0.5], [i - 0.5, i - 0.5, i + 0.5, i + 0.5, i - 0.5], color="black")


def graph(f: Figure, places: Any, names: list[str], shades: list[str], ax: Any) -> None:
    """Nodes with their names, and weighted arrows between them."""
    top = max((abs(k["weight"]) for k in f["links"]), default=1.0)
    for k in f["links"]:
        (x0, y0), (x1, y1) = places[k["from"]], places[k["to"]]
        color = (np.atleast_1d(_plots.COLORS["excitatory" if k["weight"] > 0 else "inhibitory"]))[0]
        if k["from"] == k["to"]:
            ax.annotate(f"{k['weight']:.3g} ↻", (x0, y0), xytext=(0, 20), textcoords="offset points", ha="center", color=color)
            continue
        arrow = {"arrowstyle": "->", "color": color, "lw": 0.6 + 2 * abs(k["weight"]) / top, "shrinkA": 18, "shrinkB": 18}
        ax.annotate("", (x1, y1), xytext=(x0, y0), arrowprops={**arrow, "connectionstyle": "arc3,rad=0.25"})
        # The arc bends to the right of its way.
        ax.text((x0 + x1) / 2 + 0.16 * (y1 - y0), (y0 + y1) / 2 - 0.16 * (x1 - x0), f"{k['weight']:.3g}", color=color, ha="center", fontsize="small")
    for (x, y), name, shade in zip(places, names, shades, strict=True):
        ax.plot(x, y, "o", ms=32, color=shade)
        ax.annotate(name, (x, y), ha="center", va="center", color="white", fontsize="x-small")
    ax.margins(0.3)
    ax.set_axis_off()


def circuit(f: Figure, ax: Any, colors: Colors) -> None:
    """Populations on a circle."""
    angle = 2 * np.pi * np.arange(len(f["nodes"])) / len(f["nodes"])
    places = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    graph(f, places, [n["name"] for n in f["nodes"]], [colors.of(n["name"], n["role"]) for n in f["nodes"]], ax)
    ax.set_aspect("equal")


def chain(f: Figure, ax: Any, colors: Colors) -> None:
    """Schur modes in a row, the first rightmost."""
    n = len(f["nodes"])
    names = [f"{k['name']}\n{k['re']:.3g}" for k in f["nodes"]]
    graph(f, [(n - 1.0 - k, 0.0) for k in range(n)], names, [_plots.GUIDE] * n, ax)
    # The places lie on a line, and the arcs need height.
    ax.set_ylim(-1, 1)


def patterns(f: Figure, ax: Any, colors: Colors) -> None:
    """Bars over units, pattern beside pattern."""
    gap = 1.0
    for k, (_, values) in enumerate(f["patterns"]):
        n = len(values)
        x = np.arange(n) + k * (n + gap)
        shades = [np.atleast_1d(_plots.COLORS.get(role, _plots.GUIDE))[0] for role in f["roles"]] if len(f["roles"]) == n else _plots.GUIDE
        ax.bar(x, numbers(values), color=shades)
    width = len(f["patterns"][0][1]) if f["patterns"] else 0
    ax.axhline(0, color=_plots.GUIDE, lw=0.8)
    ax.set_xticks([k * (width + gap) + (width - 1) / 2 for k in range(len(f["patterns"]))], [name for name, _ in f["patterns"]], fontsize="small")
    ax.set_ylabel("entry")


def phase_plane(f: Figure, ax: Any, colors: Colors) -> None:
    """Nullclines, flow, courses and fixed points."""
    if f["flow"]:
        x, y, u, v = numbers(f["flow"]).T
        length = np.hypot(u / np.ptp(f["x_range"]), v / np.ptp(f["y_range"]))
        length[length == 0] = 1
        ax.quiver(x, y, u / length, v / length, color=_plots.GUIDE, alpha=0.5, angles="xy", width=0.003)
    for s in f["driven"]:
        curve(s, ax, colors, alpha=0.4, label=None)
    for s in [*f["nullclines"], *f["series"]]:
        curve(s, ax, colors)
    face = {"filled": "black", "hollow": "white", "half": "gray", "cross": "black"}
    for p in f["points"]:
        shape = "x" if p["sign"] == "cross" else "o"
        ax.plot(p["x"], p["y"], shape, mec="black", mfc=face[p["sign"]], alpha=0.4 if p["driven"] else 1)
    ax.set_xlim(*f["x_range"])
    ax.set_ylim(*f["y_range"])
    on_axes(f, ax)
    legend(ax)


DRAWERS: dict[str, Callable[[Figure, Any, Colors], None]] = {
    "lines": lines,
    "areas": areas,
    "intervals": intervals,
    "plane": plane,
    "matrix": matrix,
    "chain": chain,
    "circuit": circuit,
    "patterns": patterns,
    "phase_plane": phase_plane,
}
