"""Long runs on disk."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from ._optional import need

if TYPE_CHECKING:
    import xarray


def open_recording(path: str | os.PathLike[str]) -> xarray.Dataset:
    """A recorded run, finished or not, as an ``xarray.Dataset``: ``state`` by ``time`` and ``readout``.

    Rows that are not there yet are not numbers. ``xarray.open_zarr`` reads the same store, without names of readouts.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = nr.loads(nr.template("ei")).record(folder + "/run.zarr", "50 ms", record="mean *")
    ...     ds = nr.open_recording(folder + "/run.zarr").load()
    >>> ds["state"].sel(readout="mean E").dims
    ('time',)
    """
    xr = need("xarray", "a recording opens as an xarray.Dataset")
    ds = xr.open_zarr(os.fspath(path), consolidated=True, chunks=None, mask_and_scale=False)
    about: dict[str, Any] = ds.attrs.get("neurate", {})
    if "readouts" not in about:
        raise ValueError(f"{os.fspath(path)} is no recording of a run")
    return ds.assign_coords(readout=np.array(about["readouts"]))
