"""Inputs over time from arrays: samples of the input become stimuli of the circuit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._labels import labeled, listed, numbers, word

if TYPE_CHECKING:
    from ._circuit import Circuit
    from ._population import Population

MAX_TARGETS = 2000
MAX_RECORDED = 20_000_000
"""More numbers than these are not recorded by themselves at every sample."""
SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6}
HOW = "give the times of its samples (times=), or the time between two of them (dt=)"


def added_stimuli(net: Circuit, stimuli: Any) -> dict[str, Any]:
    """Stimuli that are given for a run, as changes: a dict of tables by name, or a list of tables."""
    if isinstance(stimuli, Mapping):
        if "kind" in stimuli and not isinstance(stimuli["kind"], Mapping):
            stimuli = [stimuli]
        else:
            return {f"stimuli.{name}": dict(table) for name, table in stimuli.items()}
    changes: dict[str, Any] = {}
    taken = set(net._rust.stimuli)
    for k, given in enumerate(stimuli):
        if not isinstance(given, Mapping):
            raise TypeError(
                f"stimuli[{k}] is {given!r}: a stimulus is a dict such as dict(to=\"E\", kind=\"step\", at=50, amplitude=2)"
            )
        table = dict(given)
        name = table.pop("name", None) or _free(f"stimulus_{k + 1}", taken)
        taken.add(name)
        changes[f"stimuli.{name}"] = table
    return changes


def _free(name: str, taken: set[str]) -> str:
    """The name, with lines behind it while it is taken."""
    while name in taken:
        name += "_"
    return name


def _changes(net: Circuit, times: NDArray[np.float64], courses: Mapping[str, NDArray[np.float64]]) -> dict[str, Any]:
    """Time courses of the input to populations and units as changes: the constant input is that of the first sample, so that a
    run can start at rest with it; a stimulus is what the input differs by from then on."""
    changes: dict[str, Any] = {}
    taken = set(net._rust.stimuli)
    constant = np.array(net.h)
    places = dict(_places(net))
    for target, course in courses.items():
        constant[places[target]] = course[0]
        rest = course - course[0]
        if rest.any():
            name = _free("input_" + target.replace("[", "_").rstrip("]"), taken)
            taken.add(name)
            changes[f"stimuli.{name}"] = {"to": target, "kind": "samples", "times": times, "values": rest}
    for p, place in _blocks(net):
        part = constant[place]
        changes[f"populations.{p.name}.h"] = float(part[0]) if np.all(part == part[0]) else part.copy()
    return changes


def _blocks(net: Circuit) -> Iterator[tuple[Population, slice]]:
    """Populations, and where their units stand."""
    first = 0
    for p in net.populations:
        yield p, slice(first, first + p.size)
        first += p.size


def _places(net: Circuit) -> Iterator[tuple[str, slice]]:
    """Populations and units, and where they stand."""
    for p, place in _blocks(net):
        yield p.name, place
        if p.size > 1:
            for i in range(p.size):
                yield f"{p.name}[{i}]", slice(place.start + i, place.start + i + 1)


def input_changes(net: Circuit, h: Any, times: Any, dt: float | None) -> tuple[dict[str, Any], NDArray[np.float64] | None]:
    """The changes that give the circuit the input ``h``, and the times of its samples; None if it is constant."""
    alone = not isinstance(h, Mapping) and np.ndim(getattr(h, "values", h)) == 0
    if isinstance(h, str) or (alone and times is None and dt is None):
        return {"h": h}, None
    found = _courses(net, h, times, dt)
    if found is None:
        return net._by_population("h", h), None
    times_, courses = found
    _check(times_, courses)
    if len(courses) > MAX_TARGETS:
        raise ValueError(
            f"h has time courses of {len(courses)} units; at most {MAX_TARGETS} have one of their own\n"
            "help: give one for each population"
        )
    return _changes(net, times_, courses), times_


def _courses(
    net: Circuit, h: Any, times: Any, dt: float | None
) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]] | None:
    """Times of samples and their values; None if nothing changes over time."""
    if hasattr(h, "data_vars"):
        h = {name: h[name] for name in h.data_vars}
    if isinstance(h, Mapping):
        return _of_mapping(net, h, times, dt)
    h = _time_first(h)
    table, own = labeled(h, "h"), _own_times(h, net)
    values = numbers(table.values, "h")
    if values.ndim == 1 and times is None and dt is None and own is None and len(values) in (net.n, len(net.populations)):
        return None
    if values.ndim not in (1, 2):
        raise ValueError(f"h has shape {values.shape}; it is (time, units), (time, populations) or (time,)")
    at = _times(times if times is not None or dt is not None else own, len(values), dt, values.shape)
    if values.ndim == 1:
        return at, {p.name: values for p in net.populations}
    if table.columns is not None:
        names = [word(c) for c in table.columns]
        known = dict(_places(net))
        unknown = [n for n in names if n not in known]
        if unknown:
            raise ValueError(
                f"h has columns {listed(unknown)}, which are no populations or units\n"
                f"help: there are {listed([p.name for p in net.populations])}"
            )
        return at, {n: values[:, k] for k, n in enumerate(names)}
    return at, _columns(net, values)


def _columns(net: Circuit, values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """The columns of (time, populations) or (time, units)."""
    names = [p.name for p in net.populations]
    if values.shape[1] == 1:
        return {name: values[:, 0] for name in names}
    if values.shape[1] == len(names):
        return {name: values[:, k] for k, name in enumerate(names)}
    if values.shape[1] != net.n:
        turned = "\nhelp: time comes first: h.T" if len(values) in (net.n, len(names)) else ""
        raise ValueError(
            f"h has shape {values.shape}; it is (time, {len(names)} populations), (time, {net.n} units) or (time,){turned}"
        )
    courses = {}
    for p, place in _blocks(net):
        part = values[:, place]
        if p.size == 1 or (part == part[:, :1]).all():
            courses[p.name] = part[:, 0]
        else:
            courses.update({f"{p.name}[{i}]": part[:, i] for i in range(p.size)})
    return courses


def _of_mapping(
    net: Circuit, h: Mapping[Any, Any], times: Any, dt: float | None
) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]] | None:
    """A time course or a number for each population or unit."""
    known = dict(_places(net))
    given: dict[str, NDArray[np.float64]] = {}
    for name, course in h.items():
        if str(name) not in known:
            raise ValueError(f"h: there is no population {name!r}\nhelp: there are {listed([p.name for p in net.populations])}")
        course = _time_first(course)
        table = labeled(course, f"h of {name}")
        if times is None and dt is None:
            times = _own_times(course, net)
        given[str(name)] = numbers(table.values, f"h of {name}")
    lengths = {len(v) for v in given.values() if v.ndim}
    if not lengths:
        return None
    if times is None and dt is None and all(v.ndim == 0 or len(v) == known[n].stop - known[n].start for n, v in given.items()):
        return None
    if len(lengths) > 1:
        sizes = ", ".join(f"{n} {len(v)}" for n, v in given.items() if v.ndim)
        raise ValueError(f"h has time courses of several lengths: {sizes}\nhelp: give all of them at the same times")
    length = lengths.pop()
    at = _times(times, length, dt, (length,))
    courses: dict[str, NDArray[np.float64]] = {}
    for name, v in given.items():
        place = known[name]
        if v.ndim <= 1:
            courses[name] = np.broadcast_to(v, (length,))
        elif v.ndim == 2 and v.shape[1] == place.stop - place.start:
            courses.update({f"{name}[{i}]" if v.shape[1] > 1 else name: v[:, i] for i in range(v.shape[1])})
        else:
            raise ValueError(f"h of {name} has shape {v.shape}; it is (time,) or (time, {place.stop - place.start} units)")
    return at, courses


def _time_first(h: Any) -> Any:
    """A DataArray with time as its first axis."""
    dims: tuple[Any, ...] = getattr(h, "dims", ())
    return h.transpose("time", ...) if "time" in dims and dims[0] != "time" else h


def _own_times(h: Any, net: Circuit) -> NDArray[np.float64] | None:
    """The times that a DataFrame or a Series has for its index, a DataArray for its axis; in the circuit's unit if it says its
    own."""
    if hasattr(h, "dims") and hasattr(h, "coords"):
        if h.ndim == 0 or h.dims[0] not in h.coords:
            return None
        at = h.coords[h.dims[0]]
        own, wanted = str(at.attrs.get("units", "")), net.units["time"]
        factor = SECONDS[own] / SECONDS[wanted] if own in SECONDS and wanted in SECONDS else 1.0
        return numbers(at.values, "the time of h") * factor
    index = getattr(h, "index", None)
    if index is None or callable(index) or type(index).__name__ == "RangeIndex":
        return None
    return numbers(index.to_numpy(), "the index of h")


def _times(times: Any, length: int, dt: float | None, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """The times of the samples."""
    if times is None and dt is None:
        raise ValueError(f"h has {length} samples over time (shape {shape}), and nothing says when\nhelp: {HOW}")
    if times is None:
        return np.arange(length, dtype=float) * float(dt or 0.0)
    at = numbers(getattr(times, "values", times), "times")
    if at.shape != (length,):
        turned = len(shape) > 1 and at.shape == shape[1:]
        raise ValueError(
            f"times has shape {at.shape}, and h has {length} samples (shape {shape})\n"
            f"help: {'time comes first: h.T' if turned else HOW}"
        )
    return at


def _check(times: NDArray[np.float64], courses: Mapping[str, NDArray[np.float64]]) -> None:
    if len(times) < 2:
        raise ValueError(f"h has {len(times)} sample over time; it takes two at least\nhelp: a constant input is a number: h=5")
    bad = np.flatnonzero(~np.isfinite(times))
    falls = np.flatnonzero(np.diff(times) <= 0)
    if len(bad) or len(falls):
        k = int(bad[0] if len(bad) else falls[0] + 1)
        raise ValueError(f"times must rise: times[{k}] is {times[k]}, after {times[k - 1] if k else 'nothing'}")
    if times[0] > 0:
        raise ValueError(f"h begins at {times[0]:g}, and a run at 0: its input before is unknown\nhelp: times=times - times[0]")
    for name, course in courses.items():
        bad = np.flatnonzero(~np.isfinite(course))
        if len(bad):
            raise ValueError(f"h of {name} is {course[bad[0]]} in sample {bad[0]}: every input must be finite ({len(bad)} are not)")


def span(times: NDArray[np.float64], duration: float | None, every: Any, n: int) -> dict[str, Any]:
    """Changes of ``[run]`` that an input over time asks for: it ends with its last sample, and is recorded at every one."""
    length = float(times[-1] - times[0])
    if duration is not None and duration > length * (1 + 1e-9):
        raise ValueError(
            f"h ends at {times[-1]:g}, and the run lasts {duration:g}: its input from then on is unknown\n"
            "help: leave duration out, or go on with samples"
        )
    changes: dict[str, Any] = {} if duration is not None else {"run.duration": length}
    steps = np.diff(times)
    even = np.allclose(steps, steps[0], rtol=1e-6, atol=0.0)
    if every is None and even and len(times) * n <= MAX_RECORDED:
        changes["run.every"] = float(steps.mean())
    return changes
