"""Figures of reports: data that can be drawn by matplotlib, a drawing for each kind."""

from __future__ import annotations

import html as _html
from typing import TYPE_CHECKING, Any

import numpy as np

from ._optional import need
from ._palette import GUIDE, INK, OTHER, UNSTABLE, Palette

if TYPE_CHECKING:
    import matplotlib.axes

__all__ = ["Figure"]

DASHES = {"dashed": "--", "dotted": ":"}


class Figure(dict[str, Any]):
    """A figure of a report: its data (``docs/report-json.md``) as a dict, and :meth:`plot`.

    >>> import neurate as nr
    >>> figure = nr.loads(nr.template("ei")).analyze("response").figures[0]
    >>> figure.id, figure.kind
    ('response', 'matrix')
    """

    palette: Palette | None = None

    @classmethod
    def _of(cls, data: dict[str, Any], palette: Palette) -> Figure:
        self = cls(data)
        self.palette = palette
        return self

    @property
    def id(self) -> str:
        """Its machine name, unique in a report."""
        return str(self["id"])

    @property
    def kind(self) -> str:
        """``lines``, ``areas``, ``intervals``, ``plane``, ``matrix``, ``chain``, ``circuit``, ``patterns``,
        ``phase_plane``, ``branches`` or ``regimes``."""
        return str(self["kind"])

    @property
    def title(self) -> str:
        """What it shows."""
        return str(self["title"])

    @property
    def caption(self) -> str:
        """How to read it."""
        return str(self["caption"])

    def plot(self, ax: Any = None) -> matplotlib.axes.Axes:
        """Draws it with matplotlib, in the colors of the report, into ``ax`` or new axes; returns the axes."""
        from ._plots import axes

        draw = DRAWINGS[self.kind]
        ax = axes(ax, SIZES.get(self.kind, (4.6, 3.2)))
        draw(self, self.palette or Palette([{"figures": [self], "data": None}]), ax)
        ax.set_title(self.title, fontsize="medium")
        return ax

    def __repr__(self) -> str:
        return f"<neurate.Figure {self.id}: {self.title} ({self.kind.replace('_', ' ')})>"

    def _repr_html_(self) -> str:
        e = _html.escape
        return f"<p><b>{e(self.title)}</b> ({e(self.kind.replace('_', ' '))}; <code>.plot()</code> draws it)</p><p>{e(self.caption)}</p>"


def values(items: Any) -> Any:
    """Numbers of JSON; null is not a number."""
    return np.array([np.nan if v is None else v for v in items], dtype=float)


def labeled(ax: Any, x: dict[str, Any] | None, y: dict[str, Any] | None) -> None:
    """Names, units and scales of both axes; logarithmic ones say 0.1, 1, 10."""
    from ._plots import with_unit

    ticker = need("matplotlib.ticker", "this is a plot")
    for axis, side in [(x, "x"), (y, "y")]:
        if axis is None:
            continue
        getattr(ax, f"set_{side}label")(with_unit(axis["label"], axis["unit"]))
        if axis.get("logarithmic"):
            getattr(ax, f"set_{side}scale")("log")
            getattr(ax, f"{side}axis").set_major_formatter(ticker.FuncFormatter(lambda v, _: f"{v:g}"))


def legend(ax: Any, count: int) -> None:
    """A legend, where curves have to be distinguished."""
    if count > 1 and ax.get_legend_handles_labels()[1]:
        ax.legend(frameon=False, fontsize="small")


def lines(f: Figure, palette: Palette, ax: Any) -> None:
    """Curves over a common axis, with marked points."""
    series = f["series"]
    for s, color in zip(series, palette.colors(series)):
        x, y = values(s["x"]), values(s["y"])
        if s["stroke"] == "band":
            ax.fill(x[np.isfinite(x + y)], y[np.isfinite(x + y)], color=color, alpha=0.22, lw=0, label=s["name"])
        elif s["role"] == "guide":
            ax.plot(x, y, color=color, lw=1, ls=DASHES.get(s["stroke"], "-"), label=s["name"])
        else:
            pale = s["stroke"] == "pale"
            ax.plot(x, y, color=color, lw=1.3 if pale else 1.8, alpha=0.5 if pale else 1, ls=DASHES.get(s["stroke"], "-"), label=s["name"])
    labeled(ax, f["x"], f["y"])
    heights = np.concatenate([np.empty(0), *(values(s["y"]) for s in series)])
    heights = heights[np.isfinite(heights)]
    # Rates are read against zero.
    if len(heights) and not f["y"].get("logarithmic") and 0 < heights.min() < 0.4 * heights.max():
        ax.set_ylim(bottom=0)
    for m in f["marks"]:
        if m["x"] is None:
            continue
        color = palette.mark(m["label"], m["role"])
        if m["y"] is None:
            ax.axvline(m["x"], color=color, lw=1)
            ax.annotate(m["label"], (m["x"], 1), (3, -10), xycoords=("data", "axes fraction"), textcoords="offset points", fontsize="small")
        else:
            ax.plot(m["x"], m["y"], "o", color=color, ms=5)
            ax.annotate(m["label"], (m["x"], m["y"]), (5, 5), textcoords="offset points", fontsize="small")
    legend(ax, len(series))


def areas(f: Figure, palette: Palette, ax: Any) -> None:
    """Contributions to a sum: positive ones upwards, negative ones downwards."""
    series = f["series"]
    above = below = np.zeros(len(series[0]["x"])) if series else np.zeros(0)
    for s, color in zip(series, palette.colors(series)):
        x, y = values(s["x"]), np.nan_to_num(values(s["y"]))
        ax.fill_between(x, above, above + np.maximum(y, 0), color=color, alpha=0.75, lw=0, label=s["name"])
        ax.fill_between(x, below, below + np.minimum(y, 0), color=color, alpha=0.75, lw=0)
        above, below = above + np.maximum(y, 0), below + np.minimum(y, 0)
    total = f["total"]
    if total is not None:
        ax.plot(values(total["x"]), values(total["y"]), color=INK, lw=1.5, label=total["name"])
    labeled(ax, f["x"], f["y"])
    legend(ax, len(series) + (total is not None))


def intervals(f: Figure, palette: Palette, ax: Any) -> None:
    """Values with intervals, side by side in each category."""
    sets, names = f["sets"], f["categories"]
    step = 0.6 / max(len(sets), 1)
    ax.axhline(0, color=GUIDE, lw=0.8)
    for k, (s, color) in enumerate(zip(sets, palette.colors(sets))):
        x = np.arange(len(names)) + step * (k - 0.5 * (len(sets) - 1))
        low, center, high = (values(s[key]) for key in ("low", "center", "high"))
        known = np.isfinite(low + high)
        ax.vlines(x[known], low[known], high[known], color=color, lw=1.4)
        ax.plot(x, center, "osD^v<>p"[k % 8], color=color, ms=5, label=s["name"])
    if f["reference"] is not None:
        ax.axhline(f["reference"], color=UNSTABLE, lw=1, ls="--")
    labeled(ax, f["x"], f["y"])
    ax.set_xticks(range(len(names)), names, rotation=90 if len("".join(names)) > 40 else 0)
    legend(ax, len(sets))


def plane(f: Figure, palette: Palette, ax: Any) -> None:
    """Points and curves with equal scales: a spectrum."""
    curves, clouds = f["curves"], f["clouds"]
    levels = [c for c in curves if c["role"] == "other"]
    for c in curves:
        strength = 1 - 0.55 * (len(levels) - 1 - levels.index(c)) / max(len(levels) - 1, 1) if c in levels else 1.0
        color = palette.other(1) if c in levels else palette.role(c["role"])
        ax.plot(values(c["x"]), values(c["y"]), color=color, alpha=strength, lw=1.2, ls=DASHES.get(c["stroke"], "-"), label=c["name"])
    many = sum(len(c["x"]) for c in clouds) > 60
    for k, (c, color) in enumerate(zip(clouds, palette.colors(clouds))):
        ax.plot(values(c["x"]), values(c["y"]), "osD^"[k % 4], color=color, ms=2.5 if many else 5, label=c["name"])
    circle = need("matplotlib.patches", "this is a plot").Circle
    for x, y, radius, name in f["circles"]:
        if None not in (x, y, radius):
            ax.add_patch(circle((x, y), radius, fill=False, ec=GUIDE, ls="--", label=name))
    ax.axhline(0, color=GUIDE, lw=0.6)
    if np.ptp(ax.get_ylim()) < 0.4 * np.ptp(ax.get_xlim()):
        middle, half = np.mean(ax.get_ylim()), 0.2 * np.ptp(ax.get_xlim())
        ax.set_ylim(middle - half, middle + half)
    if f["border"] is not None:
        right = max(ax.get_xlim()[1], f["border"] + 0.2 * (f["border"] - ax.get_xlim()[0]))
        ax.set_xlim(right=right)
        ax.axvline(f["border"], color=UNSTABLE, lw=1.2)
        ax.axvspan(f["border"], right, color=UNSTABLE, alpha=0.08, lw=0)
        ax.annotate("unstable", (1, 1), (-4, -4), xycoords="axes fraction", textcoords="offset points", ha="right", va="top", color=UNSTABLE)
    ax.set_aspect("equal")
    labeled(ax, f["x"], f["y"])
    legend(ax, len(clouds) + len(curves) + len(f["circles"]))


def matrix(f: Figure, palette: Palette, ax: Any) -> None:
    """A heat map, white at zero; numbers in small ones."""
    from ._plots import MANY, heat

    m = np.array([values(row) for row in f["values"]])
    heat(ax, m, f["unit"])
    for names, count, set_ticks in [(f["row_names"], m.shape[0], ax.set_yticks), (f["column_names"], m.shape[1], ax.set_xticks)]:
        if len(names) == count and count <= MANY:
            turned = set_ticks == ax.set_xticks and len("".join(names)) > 30
            set_ticks(range(count), names, rotation=90 if turned else 0)
    ax.set_ylabel(f["rows_are"])
    ax.set_xlabel(f["columns_are"])
    rectangle = need("matplotlib.patches", "this is a plot").Rectangle
    for row, column, _ in f["outlined"]:
        ax.add_patch(rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, lw=2, ec="black"))


def chain(f: Figure, palette: Palette, ax: Any) -> None:
    """Schur modes: the last one, the source, at the left."""
    nodes, last = f["nodes"], len(f["nodes"]) - 1
    for k, d in enumerate(nodes):
        imaginary = "" if not d["im"] else f" {'−' if d['im'] < 0 else '+'} {abs(d['im']):.3g}i"
        tau = "∞" if d["tau"] is None else f"{d['tau']:.3g}"
        words = f"{d['name']}\nλ = {number(d['re'])}{imaginary}\nτ = {tau} {f['time_unit']}".rstrip()
        box = {"boxstyle": "round,pad=0.5", "fc": "#f5f7f9", "ec": GUIDE}
        ax.text(last - k, 0, words, ha="center", va="center", fontsize="small", bbox=box, zorder=3)
    most = max((abs(link["weight"]) for link in f["links"] if link["weight"]), default=1.0)
    for link in f["links"]:
        if link["weight"]:
            a, b = last - link["from"], last - link["to"]
            bend = 0.0 if b - a == 1 else -0.35
            arrow(ax, (a, 0), (b, 0), INK, 0.8 + 3 * abs(link["weight"]) / most, bend, "-|>", 34)
            ax.annotate(number(link["weight"]), ((a + b) / 2, 0.12 - 0.5 * bend * (b - a)), ha="center", fontsize="small", weight="bold")
    span = max((abs(k["from"] - k["to"]) for k in f["links"] if k["weight"]), default=1)
    ax.set_xlim(-0.6, last + 0.6)
    ax.set_ylim(-0.6, 0.6 + 0.25 * (span - 1))
    ax.set_axis_off()


def circuit(f: Figure, palette: Palette, ax: Any) -> None:
    """Populations on a circle, links between them: arrows excite, balls inhibit."""
    nodes = f["nodes"]
    patches = need("matplotlib.patches", "this is a plot")
    turn = 2 * np.pi * np.arange(len(nodes)) / max(len(nodes), 1)
    angle = np.pi - turn if len(nodes) == 2 else np.pi / 2 - turn
    out = np.c_[np.cos(angle), np.sin(angle)]
    at = out * (0 if len(nodes) == 1 else 1)
    links = sorted((k for k in f["links"] if k["weight"]), key=lambda k: -abs(k["weight"]))
    most = abs(links[0]["weight"]) if links else 1.0
    radius = 0.26 if len(nodes) <= 5 else 0.8 * np.sin(np.pi / len(nodes)) * 0.6
    for rank, link in enumerate(links):
        source = nodes[link["from"]]
        color = palette.named(source["name"], source["role"]) or palette.role(source["role"])
        inhibits = source["role"] == "inhibitory" or source["role"] != "excitatory" and link["weight"] < 0
        width = 0.8 + 3 * abs(link["weight"]) / most
        a, b = at[link["from"]], at[link["to"]]
        if link["from"] == link["to"]:
            u = out[link["from"]]
            middle = a + 1.35 * radius * u
            ax.add_patch(patches.Circle(middle, 0.75 * radius, fill=False, ec=color, lw=width, zorder=1))
            place = a + 2.5 * radius * u
        else:
            style = "-[,widthB=0.35,lengthB=0" if inhibits else "-|>"
            shift = 36 if len(nodes) <= 5 else 18
            arrow(ax, a, b, color, width, 0.22, style, shift)
            d = b - a
            place = 0.5 * (a + b) + 0.11 * np.array([d[1], -d[0]])
        if rank < 24:
            box = {"fc": "white", "ec": "none", "pad": 0.5, "alpha": 0.85}
            ax.text(*place, number(link["weight"]), color=color, ha="center", va="center", fontsize="small", bbox=box, zorder=4)
    for k, d in enumerate(nodes):
        color = palette.named(d["name"], d["role"]) or palette.role(d["role"])
        ax.add_patch(patches.Circle(at[k], radius, fc=color, ec="none", zorder=2))
        notes = ([f"n = {d['size']}"] if d["size"] > 1 else []) + ([d["note"]] if d["note"] else [])
        ax.text(*at[k], d["name"], color="white", ha="center", va="bottom" if notes else "center", weight="bold", zorder=5)
        ax.text(at[k][0], at[k][1] - 0.1 * radius, "\n".join(notes), color="white", ha="center", va="top", fontsize="xx-small", zorder=5)
    reach = (0 if len(nodes) == 1 else 1) + 2.9 * radius
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-reach, reach) if len(nodes) != 2 else ax.set_ylim(-0.65, 0.65)
    ax.set_aspect("equal")
    ax.set_axis_off()


def patterns(f: Figure, palette: Palette, ax: Any) -> None:
    """Patterns over units as bars, one below the other, all on one scale."""
    from ._plots import MANY

    named, units, roles = f["patterns"], f["units"], f["roles"]
    top = max((np.nanmax(np.abs(values(v)), initial=0.0) for _, v in named), default=1.0) or 1.0
    for k, (_, v) in enumerate(named):
        y = values(v) / top
        colors = []
        for i in range(len(y)):
            role = roles[i] if i < len(roles) else "unconstrained"
            colors.append((palette.named(units[i], role) if i < len(units) else None) or palette.role(role))
        ax.bar(np.arange(len(y)), y, bottom=-2.3 * k, color=colors, width=0.7 if len(y) <= MANY else 1.0)
        ax.axhline(-2.3 * k, color=GUIDE, lw=0.6)
    ax.set_ylim(-2.3 * (len(named) - 1) - 1.1, 1.1)
    ax.set_yticks([-2.3 * k for k in range(len(named))], [name for name, _ in named])
    count = max((len(v) for _, v in named), default=0)
    if len(units) == count and count <= MANY:
        ax.set_xticks(range(count), units)
    ax.set_xlabel("unit")
    ax.set_ylabel(f"pattern (height {number(top)})")


def phase_plane(f: Figure, palette: Palette, ax: Any) -> None:
    """Nullclines, flow, trajectories and fixed points."""
    from ._plots import arrows

    (x0, x1), (y0, y1) = f["x_range"], f["y_range"]
    if f["flow"]:
        gx, gy, u, v = (values(column) for column in zip(*f["flow"]))
        arrows(ax, gx, gy, u / (x1 - x0), v / (y1 - y0))
    for curves, style in [(f["driven"], {"lw": 1.4, "alpha": 0.5}), (f["nullclines"], {"lw": 2.2})]:
        for s, color in zip(curves, palette.colors(curves)):
            ax.plot(values(s["x"]), values(s["y"]), color=color, label=s["name"], **style)
    for curves, color, lw in [(f["manifolds"], OTHER[0], 1.4), (f["cycles"], INK, 1.8)]:
        for s in curves:
            ax.plot(values(s["x"]), values(s["y"]), color=color, lw=lw, ls="--" if s["stroke"] == "dashed" else "-", label=s["name"])
    for k, s in enumerate(f["series"]):
        color = INK if k + 1 == len(f["series"]) else GUIDE
        ax.plot(values(s["x"]), values(s["y"]), color=color, lw=1.2, label=s["name"])
    for p in f["points"]:
        strength = 0.55 if p["driven"] else 1.0
        if p["sign"] == "cross":
            ax.plot(p["x"], p["y"], "x", color=INK, ms=8, mew=1.8, alpha=strength, zorder=5)
            continue
        fill = {"filled": "full", "half": "left", "hollow": "none"}[p["sign"]]
        face = "white" if fill == "none" else INK
        ax.plot(p["x"], p["y"], "o", ms=8, mec=INK, mfc=face, fillstyle="full" if fill == "none" else fill,
                markerfacecoloralt="white", alpha=strength, zorder=5)  # fmt: skip
    ax.set_xlim(x0, x1)
    ax.set_ylim(y0, y1)
    labeled(ax, f["x"], f["y"])
    ax.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))


def regimes(f: Figure, palette: Palette, ax: Any) -> None:
    """A regime map: regions filled and in words, curves by their kind, lettered points."""
    patches, path_of = need("matplotlib.patches", "this is a plot"), need("matplotlib.path", "this is a plot").Path
    moving = palette.other(0)
    small: list[str] = []
    for area in f["areas"]:
        corners: list[Any] = []
        codes: list[Any] = []
        for ring in area["rings"]:
            corners += [*ring, ring[0]]
            codes += [path_of.MOVETO, *[path_of.LINETO] * (len(ring) - 1), path_of.CLOSEPOLY]
        if not corners:
            continue
        color, strength = (GUIDE, 0.2) if area["stable"] > 1 else (GUIDE, 0.07)
        if area["moves"]:
            color, strength = moving, 0.24
        if area["leaves"]:
            color, strength = UNSTABLE, 0.16
        path = path_of(corners, codes)
        ax.add_patch(patches.PathPatch(path, fc=color, ec="none", alpha=strength, zorder=0))
        if area["several"]:
            ax.add_patch(patches.PathPatch(path, fc="none", ec=GUIDE, lw=0, hatch="//", alpha=0.5, zorder=0.5))
        if area["label"]:
            fits = breadth(area, area["at"]) > 0.013 * len(area["label"]) * (f["x_range"][1] - f["x_range"][0])
            if not fits and area["label"] not in small:
                small.append(area["label"])
            word = area["label"] if fits else str(small.index(area["label"]) + 1)
            ax.text(*area["at"], word, ha="center", va="center", fontsize="x-small", weight="normal" if fits else "bold", zorder=3)
    named = {
        "fold": ("fold", INK, "-"),
        "supercritical": ("Hopf, supercritical", moving, "-"),
        "subcritical": ("Hopf, subcritical", moving, "--"),
    }
    known: set[str] = set()
    for line in f["lines"]:
        name, color, style = named[line["kind"]]
        if line["faint"]:
            name, color = "the same of unstable states", GUIDE
        label = None if name in known else name
        known.add(name)
        ax.plot(values(line["x"]), values(line["y"]), style, color=color, lw=0.9 if line["faint"] else 1.8, label=label, zorder=2)
    width, height = (f[r][1] - f[r][0] for r in ("x_range", "y_range"))
    for p in f["points"]:
        ax.plot(p["x"], p["y"], "o", ms=5, color=INK, mec="white", zorder=4)
        near = any(abs(q["x"] - p["x"]) < 0.06 * width and abs(q["y"] - p["y"]) < 0.06 * height for q in f["points"][: f["points"].index(p)])
        side = {"xytext": (4, -5), "va": "top", "ha": "left"} if near else {"xytext": (-4, 4), "va": "bottom", "ha": "right"}
        ax.annotate(p["label"], (p["x"], p["y"]), textcoords="offset points", fontsize="small", weight="bold", zorder=5, **side)
    for k, word in enumerate(small):
        ax.plot([], [], " ", label=f"{k + 1}: {word}")
    if f["own"] is not None:
        ax.plot(*f["own"], "o", ms=8, color=UNSTABLE, mec="white", label="this circuit", zorder=6)
    ax.set_xlim(*f["x_range"])
    ax.set_ylim(*f["y_range"])
    labeled(ax, f["x"], f["y"])
    if known or f["own"] is not None:
        ax.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))


def breadth(area: dict[str, Any], at: Any) -> float:
    """How far an area goes to both sides of a point in it."""
    cuts = []
    for ring in area["rings"]:
        for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]]):
            if (y0 > at[1]) != (y1 > at[1]):
                cuts.append(x0 + (at[1] - y0) / (y1 - y0) * (x1 - x0))
    left, right = [c for c in cuts if c <= at[0]], [c for c in cuts if c > at[0]]
    return float(min(right) - max(left)) if left and right else 0.0


def branches(f: Figure, palette: Palette, ax: Any) -> None:
    """Branches of steady states and limit cycles over a parameter, named points, the regimes beneath, periods above them."""
    color = palette.colors(f["branches"])[0] if f["branches"] else INK
    low, high = f["x_range"]
    for s in f["branches"]:
        solid = s["stroke"] == "solid"
        name = "stable steady state" if solid else "unstable steady state"
        ax.plot(values(s["x"]), values(s["y"]), color=color, lw=2.2 if solid else 1.4, ls="-" if solid else "--", label=name)
    for b in f["cycles"]:
        x, top, bottom = (values(b[key]) for key in ("x", "high", "low"))
        style = "-" if b["stable"] else ":"
        if b["stable"]:
            ax.fill_between(x, bottom, top, color=color, alpha=0.22, lw=0)
        ax.plot(x, top, color=color, lw=1.1, ls=style, label="stable cycle" if b["stable"] else "unstable cycle")
        ax.plot(x, bottom, color=color, lw=1.1, ls=style)
    named: set[str] = set()
    for p in f["points"]:
        marker, full = SIGNS[p["sign"]]
        edge = UNSTABLE if p["sign"] == "unfinished" else INK
        ax.plot(p["x"], p["y"], marker, ms=6, mec=edge, mfc=INK if full else "white", mew=1.2, zorder=5)
        # Of many points the first of each name says what the sign means.
        if len(f["points"]) <= 10 or p["label"] not in named:
            ax.annotate(p["label"], (p["x"], p["y"]), (5, 5), textcoords="offset points", fontsize="x-small")
            named.add(p["label"])
    if f["own"] is not None and low < f["own"] < high:
        ax.axvline(f["own"], color=GUIDE, lw=0.8, ls=":")
    ax.set_xlim(low, high)
    labeled(ax, f["x"], f["y"])
    ax.tick_params(labelbottom=False)
    # Panels beneath share the parameter: periods, then the regimes.
    bottom = -0.05
    if f["cycles"]:
        bottom -= 0.3
        small = ax.inset_axes((0, bottom, 1, 0.28), sharex=ax)
        longest = 8 * min(min(b["period"]) for b in f["cycles"] if b["period"])
        for b in f["cycles"]:
            period = values(b["period"])
            small.plot(values(b["x"]), np.where(period <= longest, period, np.nan), color=color, lw=1.4, ls="-" if b["stable"] else ":")
        small.set_ylim(bottom=0)
        small.tick_params(labelbottom=False)
        labeled(small, None, f["period"])
        bottom -= 0.03
    bottom -= 0.08
    strip = ax.inset_axes((0, bottom, 1, 0.08))
    strip.set_xlim(low, high)
    strip.set_ylim(0, 1)
    strip.set_yticks([])
    for r in f["regimes"]:
        strip.axvspan(r["from"], r["to"], facecolor="#f5f7f9", edgecolor=GUIDE, lw=0.6)
        if r["to"] - r["from"] > 0.016 * (high - low) * len(r["label"]):
            strip.text(0.5 * (r["from"] + r["to"]), 0.5, r["label"], ha="center", va="center", fontsize="x-small")
    for start, end in f["isn"] or []:
        strip.axvspan(start, end, ymin=0, ymax=0.2, facecolor="none", edgecolor=palette.role("inhibitory"), hatch="/////", lw=0)
    ax.xaxis.set_label_coords(0.5, bottom - 0.1)
    handles, names = ax.get_legend_handles_labels()
    first = {name: handle for handle, name in zip(reversed(handles), reversed(names))}
    if first:
        ax.legend([first[n] for n in sorted(first)], sorted(first), frameon=False, fontsize="small")


def arrow(ax: Any, a: Any, b: Any, color: str, width: float, bend: float, style: str, shrink: float) -> None:
    """A bent link between two places, ``shrink`` points short of both."""
    link = need("matplotlib.patches", "this is a plot").FancyArrowPatch
    ax.add_patch(
        link(
            tuple(a), tuple(b), connectionstyle=f"arc3,rad={bend}", arrowstyle=style, mutation_scale=12, color=color, lw=width,
            shrinkA=shrink, shrinkB=shrink, zorder=1,
        )
    )  # fmt: skip


def number(v: float | None) -> str:
    """Three digits, with the minus sign of the reports."""
    return "–" if v is None else f"{v:.3g}".replace("-", "−")


DRAWINGS = {
    "lines": lines,
    "areas": areas,
    "intervals": intervals,
    "plane": plane,
    "matrix": matrix,
    "chain": chain,
    "circuit": circuit,
    "patterns": patterns,
    "phase_plane": phase_plane,
    "regimes": regimes,
    "branches": branches,
}
# Signs of named points: matplotlib's marker, and whether it is filled.
SIGNS = {
    "fold": ("s", True),
    "hopf": ("o", True),
    "subcritical_hopf": ("o", False),
    "crossing": ("D", True),
    "kink": ("^", True),
    "cycle": ("s", False),
    "infinite_period": ("*", True),
    "unresolved": ("^", False),
    "unfinished": ("x", True),
}
SIZES = {"matrix": (4.2, 3.4), "circuit": (4.4, 3.8), "chain": (6.4, 2.6), "phase_plane": (5.6, 3.4), "branches": (6.0, 4.2),
    "regimes": (6.4, 4.2), "patterns": (4.6, 3.6)}
