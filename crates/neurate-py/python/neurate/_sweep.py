"""Sweeps: any analysis over a grid of parameters, from a laptop to a cluster."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _neurate
from ._labels import numbers
from ._optional import need
from ._progress import bar
from ._warnings import warn

if TYPE_CHECKING:
    import xarray

__all__ = ["open_sweep", "sweep"]


def axis(address: str, values: Any) -> tuple[str, Any, str]:
    """``(start, stop, count)``, an array of values, or one of both with a unit behind: ``(10, 20, 5, "ms")``."""
    unit = ""
    if isinstance(values, tuple) and values and isinstance(values[-1], str):
        *rest, unit = values
        values = tuple(rest) if len(rest) > 1 else rest[0]
    if isinstance(values, tuple) and len(values) == 3 and isinstance(values[2], (int, np.integer)):
        start, stop, count = values
        values = np.linspace(float(start), float(stop), int(count))
    array = np.atleast_1d(numbers(values, f"axis {address}"))
    if array.ndim != 1 or not len(array):
        raise ValueError(f"axis {address}: write (start, stop, count), or an array of values")
    return address, np.ascontiguousarray(array), unit


def sweep(
    net: Any,
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
    progress: Callable[[int, int], object] | bool | None = None,
) -> xarray.Dataset:
    """See :meth:`neurate.Circuit.sweep`."""
    need("zarr", "a sweep is kept in a Zarr store")
    temporary = None
    if out is None:
        # In memory afterwards; the folder goes.
        temporary = tempfile.TemporaryDirectory(prefix="neurate-sweep-")
        out = os.path.join(temporary.name, "sweep.zarr")
    path = os.path.abspath(os.fspath(out))
    options: dict[str, Any] = {
        "axes": [axis(a, v) for a, v in axes.items()],
        "find": list(find),
        "starts": starts,
        "seed": seed,
        "chunk": None if chunk is None else [int(c) for c in chunk],
        "shard": (int(shard[0]), int(shard[1])),
    }
    store = _store(net, options, path)
    with bar(progress, "sweep") as listener:
        if executor is None:
            damaged = store.run(threads or os.cpu_count() or 1, listener)
        else:
            damaged = _through(executor, net, options, path, store, listener)
    for why in damaged:
        warn(f"{why}: the chunk was computed again")
    dataset = open_sweep(path)
    if temporary is not None:
        dataset = dataset.load()
        temporary.cleanup()
    return dataset


def _store(net: Any, options: dict[str, Any], path: str) -> _neurate.Sweep:
    o = options
    return _neurate.Sweep(net._rust, o["axes"], o["find"], o["starts"], o["seed"], o["chunk"], o["shard"], path)


def _chunk(net: Any, options: dict[str, Any], path: str, k: int) -> int:
    """A unit of work: one whole chunk, computed and written where it runs."""
    _store(net, options, path).compute(k)
    return k


def _through(
    executor: Any,
    net: Any,
    options: dict[str, Any],
    path: str,
    store: _neurate.Sweep,
    progress: Callable[..., object] | None,
) -> list[str]:
    """The missing chunks by any ``concurrent.futures.Executor`` or Dask client; what was wrong with those that were finished
    once."""
    found = store.missing()
    missing = [k for k, _ in found]
    if type(executor).__module__.startswith("distributed"):
        as_completed = need("distributed", "a Dask client").as_completed
        futures = [executor.submit(_chunk, net, options, path, k, pure=False) for k in missing]
    else:
        from concurrent.futures import as_completed

        futures = [executor.submit(_chunk, net, options, path, k) for k in missing]
    try:
        for done, future in enumerate(as_completed(futures), 1):
            future.result()
            if progress is not None:
                progress(done, len(missing))
    except BaseException:
        for future in futures:
            future.cancel()
        raise
    store.tidy()
    return [why for _, why in found if why is not None]


def open_sweep(path: str | os.PathLike[str]) -> xarray.Dataset:
    """The results of a sweep. Dimensions have names that can be attributes and keywords: of ``W.E<-E``
    ``sw.W_E_from_E``, ``sw.sel(W_E_from_E=1.25, method="nearest")``; ``sw.W_E_from_E.attrs["address"]`` is the address, which
    figures show. Populations have their names.

    ``xarray.open_zarr`` reads the same store with the same names. Cells that are not
    computed have ``status`` 0; ``ds.nr.status()`` puts it into words, ``ds.nr.errors()`` says why cells failed.
    """
    xr = need("xarray", "a sweep comes back as an xarray.Dataset")
    need("zarr", "a sweep is kept in a Zarr store")
    from ._dataset import register

    register(xr)
    ds = xr.open_zarr(os.fspath(path), consolidated=True, chunks=None, mask_and_scale=False)
    about = ds.attrs.get("neurate")
    if about is None:
        raise ValueError(f"{path} is a Zarr store, but no sweep")
    labels = {}
    for v in ds.variables.values():
        for dim in v.dims:
            if isinstance(v.attrs.get(str(dim)), list):
                labels[str(dim)] = v.attrs[str(dim)]
    for dim, values in labels.items():
        ds = ds.assign_coords({dim: [int(v) if v.isdigit() else v for v in values]})
    ds.attrs["path"] = os.path.abspath(os.fspath(path))
    return ds
