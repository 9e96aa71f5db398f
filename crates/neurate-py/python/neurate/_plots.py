"""Figures by matplotlib: each takes ``ax`` and returns it. Colors as in the reports."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._optional import need
from ._palette import COLORS, GUIDE, INK, OTHER, UNSTABLE

SIGNED = "RdBu_r"
MANY = 12
"""Units up to which each has a curve or a name."""


def axes(ax: Any, size: tuple[float, float] = (4.2, 3.2)) -> Any:
    """The given axes, or new ones."""
    if ax is not None:
        return ax
    plt = need("matplotlib.pyplot", "this is a plot")
    return plt.subplots(figsize=size, layout="constrained")[1]


def with_unit(label: str, unit: str) -> str:
    """``rate (Hz)``."""
    return f"{label} ({unit})" if unit else label


def courses(dataset: Any, variable: str | None, ax: Any) -> Any:
    """Time courses."""
    name = variable or ("V" if "V" in dataset else "r")
    ax = axes(ax)
    kinds = dataset.nr._kinds()
    colors = Shades(kinds)
    many = dataset.sizes["unit"] > MANY
    values = dataset.nr.population_means()[name] if many else dataset[name]
    units = dataset["label"] if "label" in dataset.coords else dataset["unit"]
    shown = {}
    if "population_label" in dataset.coords:
        shown = dict(zip(dataset["population"].values.tolist(), dataset["population_label"].values.tolist()))
    for k in range(values.shape[1]):
        population = str(values["population"].values[k])
        label = shown.get(population, population) if many else str(units.values[k])
        ax.plot(dataset["time"], values.values[:, k], color=colors.next(population), label=label)
    ax.set_xlabel(with_unit("time", dataset["time"].attrs["units"]))
    long = dataset[name].attrs["long_name"]
    ax.set_ylabel(with_unit(f"mean {long}" if many else long, dataset[name].attrs["units"]))
    ax.legend(frameon=False)
    if dataset.attrs.get("stopped"):
        ax.set_title(f"stopped: {dataset.attrs['stopped']}", fontsize="small")
    return ax


class Shades:
    """A color for each curve: the population's, as in the reports; further units of a population have colors that no other
    population of its kind has, while there are enough."""

    def __init__(self, kinds: dict[str, str]) -> None:
        self.kinds = kinds
        self.used: dict[str, int] = {}

    def next(self, population: str) -> str:
        """The color of the next curve of this population."""
        kind = self.kinds.get(population, "unconstrained")
        alike = [p for p, k in self.kinds.items() if k == kind]
        place = alike.index(population) if population in alike else 0
        unit = self.used.get(population, 0)
        self.used[population] = unit + 1
        colors = COLORS[kind]
        return colors[(place + unit * max(len(alike), 1)) % len(colors)]


def heat(ax: Any, m: Any, label: str) -> Any:
    """A signed matrix, white at zero; numbers in small ones."""
    scale = np.nanmax(np.abs(m)) if np.isfinite(m).any() else 1.0
    # Zero to rounding is zero.
    m = np.where(np.abs(m) < 1e-13 * scale, 0.0, m)
    image = ax.imshow(m, cmap=SIGNED, vmin=-scale, vmax=scale)
    ax.figure.colorbar(image, ax=ax, label=label, shrink=0.85)
    if len(m) <= 8:
        for (i, j), v in np.ndenumerate(m):
            if np.isfinite(v):
                # White on dark cells.
                ax.text(j, i, f"{v:.3g}".replace("-", "−"), ha="center", va="center", color="white" if abs(v) > 0.6 * scale else "black")
    return ax


def named(ax: Any, names: list[str], rows: str, columns: str) -> None:
    """Names on both axes, if there are few."""
    ax.set_xlabel(columns)
    ax.set_ylabel(rows)
    if len(names) <= MANY:
        ax.set_xticks(range(len(names)), names)
        ax.set_yticks(range(len(names)), names)


def schur_matrix(lin: Any, order: Any, ax: Any) -> Any:
    """The Schur matrix as a heat map."""
    s = lin.schur(order)
    ax = axes(ax)
    t = np.where(np.tril(np.ones_like(s.T), -1) > 0, np.nan, s.T)
    for start, end in s.blocks:
        t[start:end, start:end] = s.T[start:end, start:end]
    heat(ax, t, "weight")
    named(ax, [str(k + 1) for k in range(len(t))], "to mode", "from mode")
    ax.set_title(f"Schur modes: Σ|W_FF|² = {s.feedforward_squared:.4g}")
    return ax


def spectrum(lin: Any, ax: Any) -> Any:
    """Eigenvalues of the modes' matrix."""
    ax = axes(ax)
    values = lin.eigen.values
    ax.axvline(1.0, color=GUIDE, ls="--", lw=1, label="boundary of stability")
    ax.plot(values.real, values.imag, "o", color="#333333", ms=4 if len(values) > 20 else 6)
    span = max(np.ptp(values.real), np.ptp(values.imag), 1.0)
    if np.ptp(values.imag) < 0.2 * span:
        ax.set_ylim(-0.3 * span, 0.3 * span)
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xlabel("Re λ")
    ax.set_ylabel("Im λ")
    ax.legend(frameon=False)
    return ax


def amplification_curve(lin: Any, ax: Any) -> Any:
    """The norm of the propagator over time."""
    g = lin.amplification
    ax = axes(ax)
    ax.plot(g.times, g.norms, color="#333333", label="‖exp(At)‖")
    if g.spectral_abscissa is not None:
        ax.plot(g.times, np.exp(g.spectral_abscissa * g.times), color=GUIDE, ls="--", label="eigenvalues alone")
    if np.isfinite(g.max):
        ax.plot(g.time, g.max, "o", color=COLORS["excitatory"][0])
        unit = lin.units["time"]
        ax.annotate(f"{g.max:.3g}-fold at {g.time:.3g} {unit}", (g.time, g.max), (6, 4), textcoords="offset points")
    ax.set_xlabel(with_unit("time", lin.units["time"]))
    ax.set_ylabel("largest amplification of a pattern")
    ax.set_ylim(0, 1.15 * float(np.max(g.norms)))
    ax.legend(frameon=False)
    return ax


def response_matrix(lin: Any, ax: Any) -> Any:
    """The response matrix over populations."""
    r = lin.verdicts["response"]
    if r is None:
        raise ValueError("a direction integrates: the response to a constant input grows without bound")
    ax = axes(ax)
    unit = "" if lin.units["rate"] == lin.units["drive"] else f"{lin.units['rate']}/{lin.units['drive'] or '1'}"
    heat(ax, r, with_unit("change of mean rate per input", unit))
    named(ax, [p.label for p in lin.populations], "response of", "input to")
    rectangle = need("matplotlib.patches", "this is a plot").Rectangle
    paradoxical = [k for k, row in enumerate(lin.verdicts["populations"]) if row["paradoxical"]]
    for k in paradoxical:
        ax.add_patch(rectangle((k - 0.5, k - 0.5), 1, 1, fill=False, lw=2.5, ec="black"))
    isn = {True: "inhibition-stabilized", False: "not inhibition-stabilized"}.get(bool(lin.isn), "") if lin.isn is not None else lin.verdicts["isn"]
    ax.set_title(f"{isn}; outlined: paradoxical" if paradoxical else isn, fontsize="medium")
    return ax


def phase_plane(
    net: Any, x: str | int | None, y: str | int | None, *, at: Any, ax: Any, xlim: Any = None, ylim: Any = None
) -> Any:
    """The phase plane of two states; with ``at`` or limits a slice by contours, through a fixed point of one's own."""
    if at is None and xlim is None and ylim is None:
        return whole_plane(net, net.phase_plane(x, y), axes(ax))
    first, second = (0 if x is None else x), (1 if y is None else y)
    return plane_slice(net, first, second, at=at, ax=ax, xlim=xlim, ylim=ylim)


def whole_plane(net: Any, plane: Any, ax: Any) -> Any:
    """Nullclines, flow, manifolds, limit cycles, time courses and fixed points of the answer ``phase_plane``."""
    line = need("matplotlib.lines", "this is a plot").Line2D
    f, window = plane.flow, plane.window
    width, height = (window[k, 1] - window[k, 0] for k in (0, 1))
    arrows(ax, f.x, f.y, f.dx / width, f.dy / height)
    handles = []
    kinds = {p.name: p.kind for p in net.populations}
    labels = {**dict(zip(net.names, net.labels)), **{p.name: p.label for p in net.populations}}
    shown = [labels.get(n, n) for n in plane.names]
    shades = Shades(kinds)
    # Two units of one population, two populations, or slow states.
    colors = [shades.next(n if n in kinds else n.rpartition("[")[0]) for n in plane.names]
    moved: list[int] = list(np.nonzero(plane.driven.added)[0]) if plane.driven is not None else []
    for k in moved:
        for branch in plane.driven.nullclines[k].branches:
            ax.plot(branch.x, branch.y, color=colors[k], lw=1.4, alpha=0.5)
    for k, n in enumerate(plane.nullclines):
        for branch in n.branches:
            ax.plot(branch.x, branch.y, color=colors[k], lw=2.2)
        if n.branches:
            handles.append(line([], [], color=colors[k], lw=2.2, label=f"nullcline of {shown[k]}"))
    handles += [line([], [], color=colors[k], lw=1.4, alpha=0.5, label=f"{shown[k]} under the stimulus") for k in moved]
    orbits = [("manifold", m, OTHER[0], 1.4, not m.stable) for m in plane.manifolds]
    orbits += [("limit cycle", c, INK, 1.8, c.stable) for c in plane.cycles]
    told = set()
    for word, curve, ink, lw, solid in orbits:
        style = {"color": ink, "lw": lw, "ls": "-" if solid else "--"}
        ax.plot(curve.x, curve.y, **style)
        name = f"{'stable' if curve.stable else 'unstable'} {word}"
        if name not in told:
            handles.append(line([], [], label=name, **style))
        told.add(name)
    courses = [("from rest", plane.from_rest), ("under the stimulus", plane.run)]
    drawn = [(label, course) for label, course in courses if course is not None]
    for k, (label, course) in enumerate(drawn):
        ink = INK if k + 1 == len(drawn) else GUIDE
        ax.plot(course.x, course.y, color=ink, lw=1.2)
        handles.append(line([], [], color=ink, lw=1.2, label=label))
    signs = {
        word: dict(marker="o", mec=INK, color=INK, mfc=face, fillstyle=fill, markerfacecoloralt="white")
        for word, fill, face in [("stable", "full", INK), ("saddle", "left", INK), ("unstable", "none", "white")]
    }
    words = ["saddle" if p.kind == "saddle" else "stable" if p.stable else "unstable" for p in plane.points]
    for p, word in zip(plane.points, words):
        ax.plot(p.x, p.y, ls="", ms=8, zorder=5, **signs[word])
    handles += [line([], [], ls="", label=word, **sign) for word, sign in signs.items() if word in words]
    unit, symbol = net.units["state"], "rate" if net.form == "rate" else "voltage"
    names = [with_unit(f"{symbol} of {n}", unit) if n in labels.values() else n for n in shown]
    ax.set_xlabel(names[0])
    ax.set_ylabel(names[1])
    ax.set_xlim(*window[0])
    ax.set_ylim(*window[1])
    if plane.held:
        ax.set_title(f"a slice: {len(plane.held)} other states held at their steady state", fontsize="small")
    ax.legend(handles=handles, frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def arrows(ax: Any, x: Any, y: Any, u: Any, v: Any) -> None:
    """A flow: arrows of one length on the page; the paler, the slower."""
    speed = np.hypot(u, v)
    fast = np.nanquantile(speed, 0.9) or 1.0
    shade = 0.25 + 0.6 * np.clip(np.sqrt(speed / fast), 0, 1)
    scale = np.where(speed > 0, speed, 1.0)
    color = np.zeros((*speed.shape, 4))
    color[..., :3] = need("matplotlib.colors", "this is a plot").to_rgb(GUIDE)
    color[..., 3] = np.where(np.isfinite(shade), shade, 0)
    ax.quiver(x, y, u / scale, v / scale, color=color.reshape(-1, 4), pivot="mid", angles="uv", scale=34, width=0.003, headwidth=4.5)


def plane_slice(
    net: Any, x: str | int, y: str | int, *, at: Any, ax: Any, xlim: Any = None, ylim: Any = None
) -> Any:
    """Nullclines by contours of the field, the flow, and the fixed points."""
    names = net.labels
    i, j = (net.names.index(u) if isinstance(u, str) else int(u) for u in (x, y))
    if net.n < 2 or i == j:
        raise ValueError("a phase plane needs two different units")
    points = net.fixed_points()
    held = at or points.operating or (points[0] if len(points) else None)
    state = np.zeros(net.n) if held is None else held.state
    inside = np.array([p.state[[i, j]] for p in points]) if net.n == 2 and len(points) else state[None, [i, j]]
    rate_form = net.form == "rate"

    def limits(k: int, given: Any) -> tuple[float, float]:
        if given is not None:
            return float(given[0]), float(given[1])
        low, high = inside[:, k].min(), inside[:, k].max()
        pad = 0.6 * max(high - low, abs(high), abs(low), 1.0)
        return (min(0.0, low - pad) if rate_form and low < 0 or not rate_form else 0.0), high + pad

    (x0, x1), (y0, y1) = limits(0, xlim), limits(1, ylim)
    gx, gy = np.meshgrid(np.linspace(x0, x1, 201), np.linspace(y0, y1, 201))
    states = np.broadcast_to(state, (*gx.shape, net.n)).copy()
    states[..., i], states[..., j] = gx, gy
    field = net.field(states)
    ax = axes(ax)
    ax.streamplot(gx, gy, field[..., i], field[..., j], color="#d5d5d5", density=0.9, linewidth=0.7, arrowsize=0.8)
    handles = []
    line = need("matplotlib.lines", "this is a plot").Line2D
    shades = Shades({p.name: p.kind for p in net.populations})
    for k in (i, j):
        color = shades.next(net.populations[net.population_of[k]].name)
        if field[..., k].min() < 0 < field[..., k].max():
            ax.contour(gx, gy, field[..., k], levels=[0], colors=[color])
        handles.append(line([], [], color=color, label=f"d{names[k]}/dt = 0"))
    for p in points:
        if net.n == 2 or p is held:
            ax.plot(p.state[i], p.state[j], "o", ms=8, mec="black", mfc="black" if p.stable else "white", zorder=5)
    handles += [
        line([], [], ls="", marker="o", mec="black", mfc="black", label="stable"),
        line([], [], ls="", marker="o", mec="black", mfc="white", label="unstable"),
    ]
    unit = net.units["state"]
    symbol = "r" if rate_form else "V"
    ax.set_xlabel(with_unit(f"{symbol} of {names[i]}", unit))
    ax.set_ylabel(with_unit(f"{symbol} of {names[j]}", unit))
    ax.set_xlim(x0, x1)
    ax.set_ylim(y0, y1)
    ax.legend(handles=handles, frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    return ax


SIGNS = {
    "fold": ("s", "fold"),
    "hopf": ("o", "Hopf"),
    "transcritical": ("X", "crossing"),
    "pitchfork": ("P", "pitchfork"),
    "degenerate": ("*", "several eigenvalues vanish"),
    "kink": ("v", "kink"),
    "cycle_fold": ("D", "fold of cycles"),
    "period_doubling": ("^", "period doubling"),
    "torus": ("h", "torus"),
    "unresolved": ("x", "not confirmed"),
}
"""Markers of special points, and what they are called."""


def diagram(d: Any, show: str, ax: Any) -> Any:
    """A diagram along one parameter: branches by their stability, limit cycles as envelopes, special points with shapes."""
    net = d.circuit
    ax = axes(ax, (5.4, 3.6))
    kinds = {p.name: p.kind for p in net.populations}
    units = [i for i, p in enumerate(net.population_of) if net.populations[p].name == show]
    states = d.answer.states
    if units:
        columns, color = units, Shades(kinds).next(show)
    elif show in states:
        columns, color = [states.index(show)], INK
    else:
        names = [*kinds, *states[net.n :]]
        raise ValueError(f"there is no population or state {show!r} to show; there are {', '.join(names)}")
    label = {p.name: p.label for p in net.populations}.get(show, show)

    def shown(rows: Any) -> Any:
        return rows[:, columns].mean(axis=1)

    told = set()
    for b in d.branches:
        y = shown(b.states)
        for piece, stable in b.pieces:
            word = "stable" if stable else "unstable"
            ax.plot(b.p[piece], y[piece], color=color, ls="-" if stable else "--", lw=2.0 if stable else 1.3,
                    label=None if word in told else f"{word} steady state")  # fmt: skip
            told.add(word)
    for c in d.cycles:
        top, bottom = shown(c.max), shown(c.min)
        for piece, stable in c.pieces:
            word = "stable cycle" if stable else "unstable cycle"
            style = {"color": color, "ls": "-" if stable else ":", "lw": 1.1}
            ax.fill_between(c.p[piece], bottom[piece], top[piece], color=color, alpha=0.14 if stable else 0.06, lw=0)
            ax.plot(c.p[piece], top[piece], label=None if word in told else f"{word}: max, min", **style)
            ax.plot(c.p[piece], bottom[piece], **style)
            told.add(word)
    for q in d.points:
        marker, word = SIGNS[q.kind]
        y = float(shown(q.state[None])[0])
        filled = {} if marker in "xX" else {"mfc": "white"}
        ax.plot(q.p, y, ls="", marker=marker, ms=6, mec=INK, color=INK, zorder=5, label=None if word in told else word, **filled)
        told.add(word)
    for stop in d.early_stops:
        ends = d.cycles[stop.branch] if stop.cycles else d.branches[stop.branch]
        rows = ends.max if stop.cycles else ends.states
        at = 0 if abs(ends.p[0] - stop.p) <= abs(ends.p[-1] - stop.p) else -1
        ax.plot(stop.p, shown(rows)[at], ls="", marker="x", ms=9, mew=2.2, color=UNSTABLE, zorder=6,
                label=None if "unfinished" in told else "unfinished")  # fmt: skip
        told.add("unfinished")
    ax.set_xlim(*d.range)
    ax.set_xlabel(with_unit(d.parameter.name, d.parameter.unit))
    symbol = "rate" if net.form == "rate" else "voltage"
    ax.set_ylabel(with_unit(f"{symbol} of {label}", net.units["state"]) if units else show)
    ax.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def sweep_map(ds: Any, variable: str | None, ax: Any, contour: str | None = None, **choice: Any) -> Any:
    """A sweep's variable over its axes: the first one to the right, the second one upwards."""
    addresses = {a["dimension"]: a["address"] for a in ds.attrs["neurate"]["axes"]}
    dims = list(addresses)
    name = variable or ("r" if "r" in ds else next(v for v in ds.data_vars if ds[v].dims[: len(dims)] == tuple(dims)))
    values = ds[name]
    plain = {address: d for d, address in addresses.items()}
    choice = {plain.get(k, k): v for k, v in choice.items()}
    given = {k: v for k, v in choice.items() if k in values.dims}
    unknown = [k for k in choice if k not in ds.dims]
    if unknown:
        raise ValueError(f"there is no dimension {unknown[0]!r}; there are {', '.join(map(str, ds.dims))}")
    given = {k: nearest(ds[k], v) if k in dims else v for k, v in given.items()}
    values = values.sel(given)
    for extra in [d for d in values.dims if d not in dims]:
        values = values.isel({extra: 0})
        given[extra] = values[extra].item()
    left = [d for d in dims if d in values.dims]
    if len(left) not in (1, 2):
        raise ValueError(f"a sweep over {len(left)} axes has no plain picture: pick values of {len(left) - 2} of {', '.join(left)}")
    ax = axes(ax, (4.8, 3.6))
    shown_as = {**{k: k for k in given}, **addresses}
    chosen = ", ".join(f"{shown_as[k]} {v:.4g}" if isinstance(v, float) else f"{shown_as[k]} {v}" for k, v in given.items())
    label = with_unit(f"{name} ({chosen})" if chosen else name, values.attrs.get("units", ""))
    states = stable_states(ds, given, left) if name == "r" else None
    x = left[0]
    ax.set_xlabel(with_unit(addresses[x], ds[x].attrs.get("units", "")))
    if len(left) == 1:
        line_of_sweep(ax, ds[x].values, numbers(values), states)
        ax.set_ylabel(label)
        return ax
    y = left[1]
    shown = numbers(values.transpose(y, x))
    several = None if states is None else np.isfinite(states).sum(0) > 1
    within = shown if states is None else np.concatenate([shown.ravel(), states[:, several].ravel()])
    norm, cmap, extend = color_scale(within, "flag_values" in values.attrs)
    image = ax.pcolormesh(ds[x].values, ds[y].values, shown, shading="nearest", cmap=cmap, norm=norm)
    ax.figure.colorbar(image, ax=ax, label=label, extend=extend)
    handles = []
    line, patch = need("matplotlib.lines", "this is a plot").Line2D, need("matplotlib.patches", "this is a plot").Patch
    picked = {k: v for k, v in given.items() if k in dims}
    if states is not None and several is not None and several.any():
        bands(ax, ds[x].values, ds[y].values, states, several, norm, cmap)
        handles.append(patch(fill=False, label="bands in a cell: all of its stable states"))
    status = ds["status"].sel(picked).transpose(y, x).values
    if (status == 2).any() and not handles:
        ax.contourf(ds[x].values, ds[y].values, (status == 2).astype(float), levels=[0.5, 1.5], colors="none", hatches=["////"])
        handles.append(patch(fill=False, hatch="////", label="several stable states"))
    if contour is not None:
        # The index passes zero where the flag changes: between cells, not along their rims.
        exact = contour == "isn" and "isn_index" in ds
        source = ds["isn_index" if exact else contour]
        border = numbers(source.sel({k: v for k, v in given.items() if k in source.dims}).transpose(y, x))
        level = 0.0 if exact else 0.5
        if np.isfinite(border).any() and np.nanmin(border) < level < np.nanmax(border):
            ax.contour(ds[x].values, ds[y].values, border, levels=[level], colors="white", linewidths=2.6)
            ax.contour(ds[x].values, ds[y].values, border, levels=[level], colors=INK, linewidths=1.3)
            handles.append(line([], [], color=INK, label="ISN boundary (isn_index = 0)" if exact else f"boundary of {contour}"))
    if handles:
        ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=1, frameon=False, fontsize="small")
    ax.set_ylabel(with_unit(addresses[y], ds[y].attrs.get("units", "")))
    return ax


def nearest(axis: Any, value: Any) -> float:
    """The value of a sweep's axis that is nearest: 1.8 is seldom exactly among values between 1 and 2.2."""
    low, high = float(axis.min()), float(axis.max())
    if not low - 1e-9 * abs(low) <= value <= high + 1e-9 * abs(high):
        raise ValueError(f"{axis.attrs['address']} runs from {low:g} to {high:g}; {value:g} lies outside")
    values = axis.values
    return float(values[np.argmin(np.abs(values - value))])


def stable_states(ds: Any, given: dict[str, Any], left: list[str]) -> Any:
    """The rate of a population in every stable state of each cell, by rising total rate, NaN where there are fewer (state,
    then the axes, the last one first); None where the sweep did not find them."""
    if "points_r" not in ds or "points_stable" not in ds:
        return None
    order = ["point", *reversed(left)]
    rates = ds["points_r"].sel({k: v for k, v in given.items() if k in ds["points_r"].dims}).transpose(*order).values
    stable = ds["points_stable"].sel({k: v for k, v in given.items() if k in ds["points_stable"].dims}).transpose(*order).values
    kept = np.where(stable == 1, rates.astype(float), np.nan)
    # Those that are there first.
    return np.take_along_axis(kept, np.argsort(~np.isfinite(kept), axis=0, kind="stable"), axis=0)


def line_of_sweep(ax: Any, x: Any, y: Any, states: Any) -> None:
    """A curve that ends where the values jump; further stable states are hollow points."""
    order = np.argsort(x, kind="stable")
    x, y = np.asarray(x, dtype=float)[order], y[order]
    ax.plot(x, y, "o", ms=3, color=INK)
    steps = np.abs(np.diff(y))
    size = np.nanmax(y) - np.nanmin(y) if np.isfinite(y).any() else 0.0
    beside = np.fmax(np.r_[np.nan, steps[:-1]], np.r_[steps[1:], np.nan]) if len(steps) > 1 else np.full(len(steps), np.inf)
    jumps = (steps > 0.05 * size) & (steps > 4 * beside)
    if states is not None:
        # Where the number of states changes, a smaller step is one to another state.
        count = np.isfinite(states[:, order]).sum(0)
        jumps |= (np.diff(count) != 0) & (steps > 0.05 * size) & (steps > 1.5 * beside)
        for k in range(len(states)):
            other = np.where(np.isclose(states[k][order], y, rtol=1e-9, atol=0), np.nan, states[k][order])
            ax.plot(x, other, "o", ms=3.5, mfc="white", mec=INK)
    for piece in np.split(np.arange(len(x)), np.nonzero(jumps)[0] + 1):
        ax.plot(x[piece], y[piece], "-", lw=1.2, color=INK)


def color_scale(values: Any, flags: bool) -> tuple[Any, str, str]:
    """Norm, color map and open ends of a color bar: logarithmic or cut at quantiles where a few values span most of the range."""
    colors = need("matplotlib.colors", "this is a plot")
    v = np.asarray(values, dtype=float)
    v = v[np.isfinite(v)]
    if flags or not len(v) or v.min() == v.max():
        return colors.Normalize(*((v.min(), v.max()) if len(v) else (0, 1))), "viridis", "neither"
    low, high = np.quantile(v, [0.02, 0.98])
    if v.min() < 0 < v.max():
        size = max(abs(low), abs(high)) or np.abs(v).max()
        cut = np.abs(v).max() > 2 * size
        return colors.Normalize(-size if cut else -np.abs(v).max(), size if cut else np.abs(v).max()), SIGNED, "both" if cut else "neither"
    positive = v[v > 0]
    if len(positive) and v.min() >= 0 and positive.max() > 100 * max(np.quantile(positive, 0.02), 1e-300):
        bottom = max(np.quantile(positive, 0.02), 1e-6 * high if high > 0 else positive.min())
        top = positive.max() if positive.max() <= 1e3 * max(high, bottom) else high
        if top > bottom:
            return colors.LogNorm(bottom, top), "viridis", "both" if top < positive.max() else "min" if v.min() < bottom else "neither"
    span = high - low
    if span > 0 and v.max() - v.min() > 3 * span:
        return colors.Normalize(low, high), "viridis", "both"
    return colors.Normalize(v.min(), v.max()), "viridis", "neither"


def bands(ax: Any, x: Any, y: Any, states: Any, several: Any, norm: Any, cmap: str) -> None:
    """Cells with several stable states in bands: the lowest state at the bottom."""
    collection = need("matplotlib.collections", "this is a plot").PolyCollection

    def edges(v: Any) -> Any:
        v = np.asarray(v, dtype=float)
        if len(v) == 1:
            return np.array([v[0] - 0.5, v[0] + 0.5])
        middle = 0.5 * (v[1:] + v[:-1])
        return np.r_[v[0] - (middle[0] - v[0]), middle, v[-1] + (v[-1] - middle[-1])]

    ex, ey = edges(x), edges(y)
    corners, values = [], []
    for i, j in zip(*np.nonzero(several)):
        found = states[np.isfinite(states[:, i, j]), i, j]
        rims = np.linspace(ey[i], ey[i + 1], len(found) + 1)
        for k, value in enumerate(found):
            corners.append([(ex[j], rims[k]), (ex[j + 1], rims[k]), (ex[j + 1], rims[k + 1]), (ex[j], rims[k + 1])])
            values.append(value)
    ax.add_collection(collection(corners, array=np.array(values), norm=norm, cmap=cmap, edgecolors="none"), autolim=False)


def numbers(values: Any) -> Any:
    """Numbers to draw: flags that are not decided are left out."""
    v = np.asarray(values.values, dtype=float)
    return np.where(v < 0, np.nan, v) if "flag_values" in values.attrs else v
