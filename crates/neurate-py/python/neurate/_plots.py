"""Figures by matplotlib: each takes ``ax`` and returns it. Colors as in the reports."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._optional import need


COLORS = {"excitatory": "#c8452c", "inhibitory": "#2b62a8", "unconstrained": "#4f7f4f"}
GUIDE = "#888888"
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
    """Courses over time."""
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
    """A color for each curve: the kind's, lighter for each further curve of that kind."""

    def __init__(self, kinds: dict[str, str]) -> None:
        self.kinds = kinds
        self.used: dict[str, int] = {}

    def next(self, population: str) -> Any:
        """The color of the next curve of this population."""
        to_rgb = need("matplotlib.colors", "this is a plot").to_rgb
        kind = self.kinds.get(population, "unconstrained")
        k = self.used.get(kind, 0)
        self.used[kind] = k + 1
        rgb = np.array(to_rgb(COLORS[kind]))
        return tuple(rgb + (1 - rgb) * min(0.22 * k, 0.7))


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
                ax.text(j, i, f"{v:.3g}", ha="center", va="center", color="white" if abs(v) > 0.6 * scale else "black")
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
    ax.axvline(1.0, color=GUIDE, ls="--", lw=1, label="border of stability")
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
        ax.plot(g.time, g.max, "o", color=COLORS["excitatory"])
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


def sweep_map(ds: Any, variable: str | None, ax: Any, contour: str | None = None, **choice: Any) -> Any:
    """A sweep's variable over its axes."""
    dims = [a["address"] for a in ds.attrs["neurate"]["axes"]]
    name = variable or ("r" if "r" in ds else next(v for v in ds.data_vars if ds[v].dims[: len(dims)] == tuple(dims)))
    values = ds[name]
    given = {k: v for k, v in choice.items() if k in values.dims}
    unknown = [k for k in choice if k not in ds.dims]
    if unknown:
        raise ValueError(f"there is no dimension {unknown[0]!r}; there are {', '.join(map(str, ds.dims))}")
    values = values.sel(given)
    for extra in [d for d in values.dims if d not in dims]:
        values = values.isel({extra: 0})
        given[extra] = values[extra].item()
    left = [d for d in dims if d in values.dims]
    if len(left) not in (1, 2):
        raise ValueError(f"a sweep over {len(left)} axes has no plain picture: pick values of {len(left) - 2} of {', '.join(left)}")
    ax = axes(ax, (4.8, 3.6))
    chosen = ", ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in given.items())
    label = with_unit(f"{name} ({chosen})" if chosen else name, values.attrs.get("units", ""))
    picked = {k: v for k, v in given.items() if k in dims}
    if len(left) == 1:
        ax.plot(values[left[0]], numbers(values), "o-", ms=3, color="#333333")
        ax.set_xlabel(with_unit(left[0], ds[left[0]].attrs.get("units", "")))
        ax.set_ylabel(label)
        return ax
    y, x = left
    image = ax.pcolormesh(ds[x], ds[y], numbers(values.transpose(y, x)), shading="nearest", cmap="viridis")
    ax.figure.colorbar(image, ax=ax, label=label)
    handles = []
    line, patch = need("matplotlib.lines", "this is a plot").Line2D, need("matplotlib.patches", "this is a plot").Patch
    status = ds["status"].sel(picked).transpose(y, x).values
    if (status == 2).any():
        ax.contourf(ds[x], ds[y], (status == 2).astype(float), levels=[0.5, 1.5], colors="none", hatches=["////"])
        handles.append(patch(fill=False, hatch="////", label="several stable states"))
    if contour is not None:
        flags = ds[contour].sel({k: v for k, v in given.items() if k in ds[contour].dims}).transpose(y, x)
        border = np.where(flags.values < 0, np.nan, flags.values.astype(float))
        if np.nanmin(border) < 0.5 < np.nanmax(border):
            ax.contour(ds[x], ds[y], border, levels=[0.5], colors="white", linewidths=2.2)
            ax.contour(ds[x], ds[y], border, levels=[0.5], colors="black", linewidths=1.2)
        handles.append(line([], [], color="black", label=f"border of {contour}"))
    if handles:
        ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(handles), frameon=False)
    ax.set_xlabel(with_unit(x, ds[x].attrs.get("units", "")))
    ax.set_ylabel(with_unit(y, ds[y].attrs.get("units", "")))
    return ax


def numbers(values: Any) -> Any:
    """Numbers to draw: flags that are not decided are left out."""
    v = np.asarray(values.values, dtype=float)
    return np.where(v < 0, np.nan, v) if "flag_values" in values.attrs else v
